using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Command = Bzt.Grains.Accounts.ChangeNumber;

namespace Bzt.Gateway.Accounts;

/// <summary>更换手机号 (M018).</summary>
internal static class ChangeNumber
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.NumberChanges, HandleAsync).WithSummary("Changes the account's number, or asks for the PIN that confirms it").Needs(PhoneAccess.RealNamed).LimitByAddress(AddressUse.Login).Produces<NumberChangeInfo>();
        phones.MapGet(Routes.Phone.NumberChange, GetAsync).WithName("getNumberChange").WithSummary("Where a change of number stands").Needs(PhoneAccess.RealNamed).Produces<NumberChangeInfo>();
    }

    private static async Task<IResult> HandleAsync(NumberChangeRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        if (!PhoneNumber.IsMobile(request.NewPhoneNumber))
        {
            return Invalid.Member("newPhoneNumber");
        }

        return LogIn.IsCode(request.Code)
            ? Answer(await grains.User(caller.UserId).ChangeNumber(new Command(request.OperationId, caller.DeviceId, request.NewPhoneNumber, request.Code)))
            : Invalid.Member("code");
    }

    private static async Task<IResult> GetAsync(Guid operationId, Caller caller, IGrainFactory grains) => Answer(await grains.User(caller.UserId).GetNumberChange(operationId));

    private static IResult Answer(Reply<NumberChangeView> reply) => reply.ToHttp(view => Results.Json(
        new NumberChangeInfo(view.Operation, view.Done, view.MaskedNumber, view.Certificate?.Value, view.ExpiresAt), BztJson.Default.NumberChangeInfo));
}
