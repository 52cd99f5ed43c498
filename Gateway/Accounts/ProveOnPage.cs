using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Accounts;

/// <summary>支付宝认证 (M016) and 中金认证 (M015): begins the check. Open to limited devices, as the bank card is.</summary>
internal static class ProveOnPage
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.RealNameByAlipay, ByAlipayAsync).WithName("proveByAlipay").WithSummary("Proves the real name by Alipay; answers the page to open").Needs(PhoneAccess.Device).Produces<RealNameCheckInfo>();
        phones.MapPost(Routes.Phone.RealNameByFace, ByFaceAsync).WithName("proveByFace").WithSummary("Proves the real name by face; answers the page to open").Needs(PhoneAccess.Device).Produces<RealNameCheckInfo>();
    }

    private static Task<IResult> ByAlipayAsync(PageRealNameRequest request, Caller caller, IGrainFactory grains, PublicAddress address) =>
        BeginAsync(Grains.Accounts.RealNameWay.Alipay, request, caller, grains, address);

    private static Task<IResult> ByFaceAsync(PageRealNameRequest request, Caller caller, IGrainFactory grains, PublicAddress address) =>
        BeginAsync(Grains.Accounts.RealNameWay.Face, request, caller, grains, address);

    private static async Task<IResult> BeginAsync(Grains.Accounts.RealNameWay way, PageRealNameRequest request, Caller caller, IGrainFactory grains, PublicAddress address)
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

        var back = new Uri(address.Of($"{Routes.PhoneApp}/real-name?operation={request.OperationId}"));
        return (await grains.User(caller.UserId).ProveOnPage(new Grains.Accounts.ProveOnPage(request.OperationId, caller.DeviceId, way, name, request.IdNumber, back)))
            .ToHttp(check => Results.Json(check.ToContract(), BztJson.Default.RealNameCheckInfo));
    }
}
