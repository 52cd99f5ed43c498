using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Certificates;

/// <summary>The states a certificate goes through as its holder's phone sees them: what they are called, who lifts them, how, at what fee.</summary>
public sealed class CertificateStatesTests
{
    [Fact]
    [Trait("Feature", "M061"), Trait("Surface", "api")]
    public async Task Each_state_says_how_it_is_lifted_by_whom_and_at_what_fee()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);

        // 待CA审核, 申请失败, 待付费, 待下载 are states of the application, and there is no certificate yet.
        using var phone = await CertifiedPhone.ReadyAsync(system);
        var states = (await phone.Client.GetApplicationAsync(phone.Application)).Timeline.Select(step => step.State).ToArray();
        Assert.Equal([ApplicationState.CaReview, ApplicationState.PaymentDue, ApplicationState.DownloadReady], states.Where(state => state != ApplicationState.Downloading).TakeLast(3));
        using var other = await CertifiedPhone.ActiveAsync(system);
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.GetCertificateAsync(phone.Certificate));

        // 生效中: nothing to lift.
        var active = Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin)).Certificate;
        Assert.Equal((CertificateState.Active, null, false, false), (active.State, active.Remedy, active.Recoverable, active.ExpiresSoon));

        // 已锁定: by itself, free, at a time that is told; after a restart too.
        for (var failure = 1; failure <= 5; failure++)
        {
            var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
            var outcome = await phone.ConfirmAsync(scanned, CertifiedPhone.WrongPin);
            Assert.True(failure < 5 ? outcome is PinOutcome.WrongPin : outcome is PinOutcome.Locked or PinOutcome.WrongPin, $"{outcome}");
        }

        await system.RestartAsync();
        await phone.ReconnectAsync();
        var locked = await phone.Client.GetCertificateAsync(phone.Certificate);
        Assert.Equal((CertificateState.Locked, RemedyKind.Wait, 0, false), (locked.State, locked.Remedy!.Kind, locked.Remedy.FeeFen, locked.Recoverable));
        Assert.InRange((locked.Remedy.Until!.Value - system.Clock.GetUtcNow()).TotalMinutes, 1, 30);

        // 即将过期: by renewal, which the administrator does alone; what it costs depends on the years.
        system.Clock.Advance(TimeSpan.FromDays(340));
        var soon = await GetAsync(phone);
        Assert.Equal((CertificateState.Active, true, RemedyKind.Renewal, false, null), (soon.State, soon.ExpiresSoon, soon.Remedy!.Kind, soon.Remedy.NeedsAdministrator, soon.Remedy.FeeFen));

        // 已失效: by applying again.
        system.Clock.Advance(TimeSpan.FromDays(60));
        await system.RestartAsync();
        var expired = await GetAsync(phone);
        Assert.Equal((CertificateState.Expired, RemedyKind.Reapplication, false), (expired.State, expired.Remedy!.Kind, expired.ExpiresSoon));
        await ClaimSteps.RefusedAsync(ErrorCodes.CertificateNotRenewable, () => phone.Client.ApplyAsync(
            new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Renewal) { CertificateId = phone.Certificate, Years = 1 }));
    }

    [Fact]
    [Trait("Feature", "M057"), Trait("Feature", "M058"), Trait("Feature", "M061"), Trait("Surface", "api")]
    public async Task A_new_phone_is_told_of_what_it_could_recover_and_recovers_it_and_the_old_one_serves_no_more()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var old = await CertifiedPhone.ActiveAsync(system);
        var platform = await old.PlatformAsync();
        await old.BindAsync(platform);

        // On its own phone nothing is to be recovered, after a restart (an update of the app, its cache gone) neither.
        await system.RestartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        await old.ReconnectAsync();
        old.Phone.Reconnect();
        Assert.Equal(0, (await old.Phone.MeAsync()).Recoverable);

        // At its login a new phone hears that there is something, and no more until it has proven who holds it.
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var limited = await system.LoggedInPhoneAsync(old.Phone.Person);
        var me = await limited.MeAsync();
        Assert.Equal((true, 1), (me.Limited, me.Recoverable));
        await ClaimSteps.RefusedAsync(ErrorCodes.DeviceLimited, () => limited.Http.GetAsync(Routes.Phone.Certificates, BztJson.Default.IReadOnlyListCertificateInfo));

        using var phone = await old.NewPhoneAsync();
        var recoverable = Assert.Single(await phone.Client.GetCertificatesAsync());
        Assert.Equal((true, false, RemedyKind.Recovery, 5000), (recoverable.Recoverable, recoverable.HeldHere, recoverable.Remedy!.Kind, recoverable.Remedy.FeeFen));
        var asked = await phone.Client.ApplyAsync(new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Recovery) { CertificateId = old.Certificate });
        await reviewer.ApproveAsync(asked.ApplicationId);
        await phone.Phone.PayForAsync(system, asked.ApplicationId);
        await system.RestartAsync();
        await phone.ReconnectAsync();
        phone.Phone.Reconnect();
        var recovered = Assert.IsType<DownloadOutcome.Active>(await phone.Client.DownloadAsync(asked.ApplicationId, CertifiedPhone.Pin)).Certificate;
        Assert.Equal((old.Certificate, true, false), (recovered.CertificateId, recovered.HeldHere, recovered.Recoverable));
        Assert.Equal(0, (await phone.Phone.MeAsync()).Recoverable);

        // The new phone serves at once; the old one's key is no key any more.
        await phone.BindAsync(await phone.PlatformAsync());
        Assert.Equal(CertificateState.Active, (await phone.Client.GetCertificateAsync(phone.Certificate)).State);
        await old.ReconnectAsync();
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.NotNull(await Record.ExceptionAsync(() => old.ConfirmAsync(scanned, CertifiedPhone.Pin)));
    }

    private static async Task<CertificateInfo> GetAsync(CertifiedPhone phone)
    {
        // A login lasts for months, not for a year.
        phone.Phone.Reconnect();
        await phone.Phone.LogInAsync();
        await phone.ReconnectAsync();
        return await phone.Client.GetCertificateAsync(phone.Certificate);
    }
}
