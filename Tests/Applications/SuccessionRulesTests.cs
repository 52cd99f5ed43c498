using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;

namespace Bzt.Tests.Applications;

/// <summary>When a certificate may be renewed, replaced, recovered, and what its holder needs not be asked again: pure.</summary>
public sealed class SuccessionRulesTests
{
    private static readonly DateTimeOffset End = new(2027, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly CertificateId Id = new(new Guid("019ab000-0000-7000-8000-000000000001"));

    [Fact]
    public void Active_it_is_renewed_in_its_last_ninety_days()
    {
        Assert.False(SuccessionRules.IsRenewable(Certificate(), End.AddDays(-90).AddTicks(-1)));
        Assert.True(SuccessionRules.IsRenewable(Certificate(), End.AddDays(-90)));
        Assert.False(SuccessionRules.IsRenewable(Certificate() with { Issued = null }, End));
    }

    [Fact]
    public void With_something_left_of_it_it_is_recovered()
    {
        Assert.True(SuccessionRules.IsRecoverable(Certificate(), End.AddTicks(-1)));
        Assert.False(SuccessionRules.IsRecoverable(Certificate(), End));
        Assert.False(SuccessionRules.IsRecoverable(Certificate() with { Issued = null }, End.AddTicks(-1)));
    }

    [Fact]
    public void By_its_state_it_is_renewed_or_recovered_or_replaced()
    {
        foreach (var state in Enum.GetValues<CertificateState>())
        {
            var (certificate, now) = (Certificate() with { State = state }, End.AddDays(-1));
            Assert.Equal(state is CertificateState.Active, SuccessionRules.IsRenewable(certificate, now));
            Assert.Equal(state is CertificateState.Active or CertificateState.Locked or CertificateState.Frozen, SuccessionRules.IsRecoverable(certificate, now));
            Assert.Equal(state is CertificateState.Expired, SuccessionRules.IsReplaceable(certificate));
        }
    }

    [Fact]
    public void What_was_granted_with_it_goes_before_what_was_granted_last()
    {
        var other = new CertificateId(Guid.NewGuid());
        Assert.Null(SuccessionRules.LastGranted([], Id));
        Assert.Equal([AuthorisationScope.Seal], SuccessionRules.LastGranted([Granted(other, AuthorisationScope.Seal), Granted(other, AuthorisationScope.Login)], Id));
        Assert.Equal([AuthorisationScope.Login], SuccessionRules.LastGranted([Granted(other, AuthorisationScope.Seal), Granted(Id, AuthorisationScope.Login), Granted(Id, AuthorisationScope.Sign)], Id));
        Assert.Equal([AuthorisationScope.Seal], SuccessionRules.LastGranted([Granted(null, AuthorisationScope.Seal)], Id));
    }

    private static Authorisation Granted(CertificateId? certificate, AuthorisationScope scope) => new(
        Guid.NewGuid(), new UserId(Id.Value), new PlatformId("yichang-ggzy"), [scope], certificate, End.AddYears(-1), End, null, End.AddYears(-1));

    private static CertificateFacts Certificate() => new(
        Id, CertificateState.Active, new UserId(Id.Value), new DeviceId(Id.Value), new CreditCode("91420500MA49ABCD28"), "宜昌测试有限公司", new CaId("yichang-ca"), "宜昌CA", "hubei",
        new IssuedFacts("01", "02", End.AddYears(-1), End, [], [], [], []), null);
}
