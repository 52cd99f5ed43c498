using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;

namespace Bzt.Gateway.Accounts;

internal static class RequestSmsCode
{
    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.SmsCodes, HandleAsync).WithSummary("Sends a code by SMS").Needs(PhoneAccess.Anyone).RequireRateLimiting(LoginRateLimit.Policy).Produces<SmsCodeSent>(StatusCodes.Status202Accepted);

    private static async Task<IResult> HandleAsync(SmsCodeRequest request, PhoneNumberIndex numbers)
    {
        if (!PhoneNumber.IsMobile(request.PhoneNumber))
        {
            return Invalid.Member("phoneNumber");
        }

        var reply = await numbers.Find(request.PhoneNumber).SendCode(request.PhoneNumber, ToGrain(request.Purpose));
        return reply.ToHttp(sent => Results.Json(
            new SmsCodeSent((int)sent.ResendAfter.TotalSeconds, (int)sent.ExpiresIn.TotalSeconds), BztJson.Default.SmsCodeSent, statusCode: StatusCodes.Status202Accepted));
    }

    private static SmsCodePurpose ToGrain(SmsPurpose purpose) => purpose switch
    {
        SmsPurpose.Login => SmsCodePurpose.Login,
        SmsPurpose.ChangeNumber => SmsCodePurpose.ChangeNumber,
        SmsPurpose.ResetPassword => SmsCodePurpose.ResetPassword,
        SmsPurpose.ChangePin => SmsCodePurpose.ChangePin,
        _ => throw new InvalidOperationException($"A code for {purpose}."),
    };
}
