using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

public sealed class RecoveryTests
{
    [Fact, Trait("Feature", "M059"), Trait("Surface", "api")]
    public async Task A_recovery_is_an_order_of_its_own_and_keeps_the_certificates_end()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var old = await CertifiedPhone.ActiveAsync(system);
        using var other = await Applying.PersonAsync(system);
        using var reviewer = await TestReviewer.LogInAsync(system);
        var before = await old.Client.GetCertificateAsync(old.Certificate);
        var request = new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Recovery) { CertificateId = old.Certificate };
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.ApplyAsync(request));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => old.Client.ApplyAsync(request with { CertificateId = null }));

        using var phone = await old.NewPhoneAsync();
        var submitted = await phone.Client.ApplyAsync(request);
        Assert.Equal((ApplicationState.CaReview, 5000), (submitted.State, submitted.FeeFen));
        await reviewer.ApproveAsync(submitted.ApplicationId);
        await phone.Phone.UntilAsync(submitted.ApplicationId, ApplicationState.PaymentDue);
        await ClaimSteps.RefusedAsync(ErrorCodes.PaymentRequired, () => phone.Client.DownloadAsync(submitted.ApplicationId, CertifiedPhone.Pin));
        var order = await phone.Phone.PayForAsync(system, submitted.ApplicationId);
        Assert.Contains("找回", (await phone.Phone.OrderAsync(order)).Subject, StringComparison.Ordinal);

        await system.RestartAsync();
        phone.Phone.Reconnect();
        await phone.ReconnectAsync();
        var after = Assert.IsType<DownloadOutcome.Active>(await phone.Client.DownloadAsync(submitted.ApplicationId, CertifiedPhone.Pin)).Certificate;
        Assert.Equal((old.Certificate, true), (after.CertificateId, after.HeldHere));
        Assert.NotEqual(before.SigningSerial, after.SigningSerial);
        Assert.InRange((before.NotAfter!.Value - after.NotAfter!.Value).TotalDays, -1.5, 1.5);
        await phone.Phone.UntilAsync(submitted.ApplicationId, ApplicationState.Completed);

        // Once more on the same application there is nothing to be had.
        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationStateWrong, () => phone.Phone.WithdrawAsync(submitted.ApplicationId));
        await system.RestartAsync();
        phone.Phone.Reconnect();
        Assert.Equal(ApplicationState.Completed, (await phone.Phone.ApplicationAsync(submitted.ApplicationId)).State);
    }
}
