using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Certificates;
using RemedyKind = Bzt.Grains.Certificates.RemedyKind;

namespace Bzt.Tests.Certificates;

/// <summary>What lifts a certificate's state.</summary>
public class CertificateRemedyTests
{
    [Theory]
    [InlineData(CertificateState.Active, false, false, null)]
    [InlineData(CertificateState.Active, false, true, RemedyKind.Renewal)]
    [InlineData(CertificateState.Active, true, true, RemedyKind.Recovery)]
    [InlineData(CertificateState.Locked, false, false, RemedyKind.Wait)]
    [InlineData(CertificateState.Locked, true, false, RemedyKind.Recovery)]
    [InlineData(CertificateState.Frozen, true, false, RemedyKind.Recovery)]
    [InlineData(CertificateState.Expired, false, false, RemedyKind.Reapplication)]
    [InlineData(CertificateState.Revoked, false, false, RemedyKind.Reapplication)]
    [InlineData(CertificateState.Generating, false, false, null)]
    [InlineData(CertificateState.Abandoned, false, false, null)]
    public void Each_state_has_its_remedy(CertificateState state, bool recoverable, bool soon, RemedyKind? expected) => Assert.Equal(
        expected, CertificateRemedies.Of(new CertificateView(Facts(state), HeldHere: true, 5, null) { Recoverable = recoverable, ExpiresSoon = soon }));

    [Fact]
    public void A_recovery_costs_what_its_CA_says_in_the_certificates_group()
    {
        var authority = new AuthorityOffers(new CaId("yichang-ca"), "宜昌CA", []) { RecoveryFeeFen = 5000 };
        var elsewhere = new PlatformOffers(new PlatformId("other"), "外省平台", "hunan", [authority with { RecoveryFeeFen = 7000 }]);
        var here = new PlatformOffers(new PlatformId("yichang-ggzy"), "宜昌平台", "hubei", [authority with { Ca = new CaId("other-ca") }, authority]);
        var facts = Facts(CertificateState.Frozen);
        Assert.Equal(5000, CertificateRemedies.RecoveryFee(Catalogue(elsewhere, here), facts));
        Assert.Null(CertificateRemedies.RecoveryFee(Catalogue(elsewhere), facts));

        static CatalogueView Catalogue(params PlatformOffers[] places) => new([new ProvinceView("省", places)], []);
    }

    private static CertificateFacts Facts(CertificateState state) => new(
        new CertificateId(Guid.Empty), state, new UserId(Guid.Empty), new DeviceId(Guid.Empty), new CreditCode("91420500MA49ABCD28"), "宜昌测试有限公司",
        new CaId("yichang-ca"), "宜昌CA", "hubei", null, null);
}
