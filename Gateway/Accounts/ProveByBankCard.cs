using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Accounts;

/// <summary>银行卡四要素认证 (M017). Open to limited devices: it is the way out of being limited.</summary>
internal static class ProveByBankCard
{
    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.RealNameByBankCard, HandleAsync).WithSummary("Proves the real name by bank card").Needs(PhoneAccess.Device).Produces<RealNameInfo>();

    private static async Task<IResult> HandleAsync(BankCardRealNameRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        if (!PersonNames.TryRead(request.Name, out var name))
        {
            return Invalid.Member("name");
        }

        if (!IdNumber.TryReadBirth(request.IdNumber, out _))
        {
            return Invalid.Member("idNumber");
        }

        if (request.CardNumber.Length is < 12 or > 19 || !request.CardNumber.All(char.IsAsciiDigit))
        {
            return Invalid.Member("cardNumber");
        }

        if (!PhoneNumber.IsMobile(request.PhoneNumber))
        {
            return Invalid.Member("phoneNumber");
        }

        var reply = await grains.User(caller.UserId).ProveByBankCard(
            new Grains.Accounts.ProveByBankCard(request.OperationId, caller.DeviceId, name, request.IdNumber, request.CardNumber, request.PhoneNumber));
        return reply.ToHttp(proven => Results.Json(proven.ToContract(), BztJson.Default.RealNameInfo));
    }
}
