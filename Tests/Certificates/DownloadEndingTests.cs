using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Certificates;

/// <summary>Downloads that do not reach an active certificate on the phone they began on.</summary>
[Collection(CertificateSystem.Name)]
public class DownloadEndingTests(CertificateSystem certificates)
{
    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    [Trait("Feature", "M034"), Trait("Surface", "api")]
    public async Task An_unfinished_download_begins_anew_on_the_users_new_phone()
    {
        using var lost = await CertifiedPhone.ReadyAsync(system);
        await StopWithKeyAsync(lost);
        var left = await certificates.StoredAsync(lost.Certificate);
        Assert.NotNull(left.Shares);

        using var phone = await lost.NewPhoneAsync();
        var active = Assert.IsType<DownloadOutcome.Active>(await phone.Client.DownloadAsync(lost.Application, CertifiedPhone.Pin)).Certificate;
        Assert.Equal((lost.Certificate, true), (active.CertificateId, active.HeldHere));
        Assert.NotEqual(left.Shares!.PublicKey, active.PublicKey);

        // The lost phone cannot reach what is there now.
        var caller = new CertificateCaller(new UserId(lost.Phone.Login!.UserId), new DeviceId(lost.Phone.Login.DeviceId));
        var refused = Assert.IsType<Refused<byte[]>>(await system.Grains.Certificate(new CertificateId(lost.Certificate)).Exchange([1], caller));
        Assert.Equal(RefusalCode.Forbidden, refused.Refusal.Code);

        // Active, it moves to no other phone by a download.
        using var third = await phone.NewPhoneAsync();
        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationStateWrong, () => third.Client.DownloadAsync(lost.Application, CertifiedPhone.Pin));
    }

    [Fact]
    [Trait("Feature", "M034"), Trait("Surface", "api")]
    public async Task What_the_ca_does_not_issue_is_told_and_ends_the_download()
    {
        // The CA has issued for the first phone's key: it does not issue for another one under the same number.
        using var lost = await CertifiedPhone.ReadyAsync(system);
        await StopArrivingAsync(lost);
        var serial = (await certificates.StoredAsync(lost.Certificate)).SigningCertificate!.Serial;

        using var phone = await lost.NewPhoneAsync();
        var stopped = Assert.IsType<DownloadOutcome.Stopped>(await phone.Client.DownloadAsync(lost.Application, CertifiedPhone.Pin));
        Assert.Equal((CertificateState.Abandoned, new PinOutcome.Ended()), (stopped.Certificate.State, stopped.Reason));
        Assert.Empty(await phone.Client.GetCertificatesAsync());
        var ended = await certificates.StoredAsync(lost.Certificate);
        Assert.Equal((null, null, null), (ended.Shares, ended.Request, ended.Issued));

        var application = await phone.Phone.UntilAsync(lost.Application, ApplicationState.Rejected);
        Assert.Equal(CertificateMessages.NotIssued(CaRefusal.Conflict), application.RejectionReason);
        Assert.Null(application.CertificateId);
        Assert.Equal(lost.Application.ToString(), (await phone.Phone.MessageAsync("证书申请失败")).Subject);

        // What it had issued, the CA has taken back before: asked again, it says when.
        await Wait.UntilAsync(() => system.Grains.CaAdapter(ended.Created!.Ca).GetStatus(), status => status.Waiting == 0);
        var told = system.Clock.GetUtcNow();
        system.Clock.Advance(TimeSpan.FromHours(1));
        var revoked = await system.Grains.CaAdapter(ended.Created!.Ca).Revoke(serial, RevocationReason.Unspecified);
        Assert.True(Assert.IsType<CaRevocation.Ok>(revoked).RevokedAt <= told);
    }

    [Fact]
    [Trait("Feature", "M034"), Trait("Surface", "api")]
    public async Task Withdrawing_an_unfinished_download_frees_the_enterprise_and_an_active_one_stays()
    {
        using var phone = await CertifiedPhone.ReadyAsync(system);
        await StopWithKeyAsync(phone);
        Assert.Equal(ApplicationState.Cancelled, (await phone.Phone.WithdrawAsync(phone.Application)).State);
        Assert.Null((await certificates.StoredAsync(phone.Certificate)).Shares);
        var stopped = Assert.IsType<DownloadOutcome.Stopped>(await phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin));
        Assert.Equal((CertificateState.Abandoned, new PinOutcome.Ended()), (stopped.Certificate.State, stopped.Reason));

        // Free again: another application may have it.
        var other = new Bzt.Grains.ApplicationId(Guid.CreateVersion7());
        await Wait.UntilAsync(() => system.Grains.Enterprise(new CreditCode(phone.Enterprise.CreditCode)).Reserve(other), reply => reply is Done<Nothing>);

        using var active = await CertifiedPhone.ActiveAsync(system);
        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationStateWrong, () => active.Phone.WithdrawAsync(active.Application));
        Assert.Equal(CertificateState.Active, (await active.Client.GetCertificateAsync(active.Certificate)).State);
    }

    /// <summary>The app is killed when the key is made, before the certificate request is signed.</summary>
    private static async Task StopWithKeyAsync(CertifiedPhone phone)
    {
        using var killed = new CancellationTokenSource();
        phone.Net.Lose = number =>
        {
            // The third message is the first after key generation.
            if (number == 3)
            {
                killed.Cancel();
            }

            return number == 3;
        };
        await Assert.ThrowsAnyAsync<Exception>(() => phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin, cancellation: killed.Token));
        Assert.Equal(CertificateState.Generating, (await phone.Client.GetCertificateAsync(phone.Certificate)).State);
    }

    /// <summary>The app is killed when the certificates are there, before the encryption key is.</summary>
    private static async Task StopArrivingAsync(CertifiedPhone phone)
    {
        using var killed = new CancellationTokenSource();
        void Watch(CertificateInfo info)
        {
            if (info.State == CertificateState.Arriving)
            {
                killed.Cancel();
            }
        }

        await Assert.ThrowsAnyAsync<Exception>(() => phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin, Watch, killed.Token));
        Assert.Equal(CertificateState.Arriving, (await phone.Client.GetCertificateAsync(phone.Certificate)).State);
    }
}
