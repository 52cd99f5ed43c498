using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;

namespace Bzt.Gateway.Accounts;

/// <summary>Codes by SMS: to log in, for whoever asks; for anything else, to the caller's own number.</summary>
internal static class RequestSmsCode
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.SmsCodes, ForLoginAsync).WithSummary("Sends a code by SMS to log in with").Needs(PhoneAccess.Anyone).LimitByAddress(AddressUse.SmsCode).Produces<SmsCodeSent>(StatusCodes.Status202Accepted);
        phones.MapPost(Routes.Phone.OwnSmsCodes, ForAccountAsync).WithName("requestOwnSmsCode").WithSummary("Sends a code by SMS to the account's own number, or to the one it changes to").Needs(PhoneAccess.FullDevice).LimitByAddress(AddressUse.SmsCode).Produces<SmsCodeSent>(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ForLoginAsync(SmsCodeRequest request, PhoneNumberIndex numbers)
    {
        if (!PhoneNumber.IsMobile(request.PhoneNumber))
        {
            return Invalid.Member("phoneNumber");
        }

        return request.Purpose is SmsPurpose.Login
            ? Answer(await numbers.Find(request.PhoneNumber).SendCode(request.PhoneNumber, SmsCodePurpose.Login))
            : Invalid.Member("purpose");
    }

    private static async Task<IResult> ForAccountAsync(OwnSmsCodeRequest request, Caller caller, IGrainFactory grains, PhoneNumberIndex numbers)
    {
        if (ToGrain(request.Purpose) is not { } purpose)
        {
            return Invalid.Member("purpose");
        }

        if (purpose is not SmsCodePurpose.ChangeNumber)
        {
            return request.NewPhoneNumber is null ? Answer(await grains.User(caller.UserId).SendCode(purpose)) : Invalid.Member("newPhoneNumber");
        }

        return PhoneNumber.IsMobile(request.NewPhoneNumber)
            ? Answer(await numbers.Find(request.NewPhoneNumber!).SendCode(request.NewPhoneNumber!, purpose))
            : Invalid.Member("newPhoneNumber");
    }

    private static IResult Answer(Reply<CodeSent> reply) => reply.ToHttp(sent => Results.Json(
        new SmsCodeSent((int)sent.ResendAfter.TotalSeconds, (int)sent.ExpiresIn.TotalSeconds), BztJson.Default.SmsCodeSent, statusCode: StatusCodes.Status202Accepted));

    private static SmsCodePurpose? ToGrain(SmsPurpose purpose) => purpose switch
    {
        SmsPurpose.ChangeNumber => SmsCodePurpose.ChangeNumber,
        SmsPurpose.ResetPassword => SmsCodePurpose.ResetPassword,
        SmsPurpose.ChangePin => SmsCodePurpose.ChangePin,
        SmsPurpose.RecoverPin => SmsCodePurpose.RecoverPin,
        SmsPurpose.Recovery => SmsCodePurpose.Recovery,
        SmsPurpose.CloseAccount => SmsCodePurpose.CloseAccount,
        SmsPurpose.ExportData => SmsCodePurpose.ExportData,
        _ => null,
    };
}
