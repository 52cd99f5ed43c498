using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Certificates;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Accounts;

internal static class GetMe
{
    public static void Map(RouteGroupBuilder phones) =>
        phones.MapGet(Routes.Phone.Me, HandleAsync).WithSummary("The account as this device sees it").Needs(PhoneAccess.Device).Produces<Me>();

    private static async Task<IResult> HandleAsync(Caller caller, IGrainFactory grains, TimeProvider time)
    {
        var recoverable = await RecoverableAsync(caller, grains);
        return (await grains.User(caller.UserId).GetAccount()).ToHttp(account => Results.Json(new Me(
            caller.UserId.Value,
            caller.DeviceId.Value,
            account.MaskedPhoneNumber,
            caller.Limited,
            account.RealName?.ToContract(),
            [.. account.Memberships.Select(ToContract)],
            time.GetUtcNow(),
            account.HasPassword,
            account.WeChatTied,
            account.FaceConsent,
            account.ConsentsDue ?? [],
            recoverable), BztJson.Default.Me));
    }

    private static async Task<int> RecoverableAsync(Caller caller, IGrainFactory grains)
    {
        var held = await grains.Holder(caller.UserId).GetCertificates();
        var views = await Task.WhenAll(held.Select(id => grains.Certificate(id).GetView(GetCertificate.From(caller)).IfReadableAsync()));
        return views.OfType<Done<CertificateView>>().Count(done => done.Value.Recoverable);
    }

    public static RealNameInfo ToContract(this RealName name) => new(name.MaskedName, name.MaskedIdNumber, name.Way.ToContract(), name.At);

    public static Contracts.Phone.RealNameWay ToContract(this Grains.Accounts.RealNameWay way) => way switch
    {
        Grains.Accounts.RealNameWay.BankCard => Contracts.Phone.RealNameWay.BankCard,
        Grains.Accounts.RealNameWay.Alipay => Contracts.Phone.RealNameWay.Alipay,
        Grains.Accounts.RealNameWay.Face => Contracts.Phone.RealNameWay.Face,
        _ => throw new InvalidOperationException($"A real name by way {way}."),
    };

    public static MembershipInfo ToContract(Membership membership) => new(membership.CreditCode.Value, membership.EnterpriseName, membership.Role switch
    {
        Grains.Accounts.MemberRole.Administrator => Contracts.Phone.MemberRole.Administrator,
        Grains.Accounts.MemberRole.Staff => Contracts.Phone.MemberRole.Staff,
        _ => throw new InvalidOperationException($"A membership in role {membership.Role}."),
    });
}
