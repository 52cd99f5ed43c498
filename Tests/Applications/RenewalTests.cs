using System.Buffers.Text;
using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using DecryptionRecipient = Bzt.Contracts.Platforms.DecryptionRecipient;

namespace Bzt.Tests.Applications;

public sealed class RenewalTests
{
    [Fact]
    [Trait("Feature", "M047"), Trait("Feature", "M055"), Trait("Surface", "api")]
    public async Task A_renewal_keeps_the_keys_and_moves_the_end()
    {
        await using var system = await ClaimSteps.StartAsync();
        var (administrator, enterprise, sealing) = await Applying.AdministratorAsync(system);
        using var owned = administrator;
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var staff = await Applying.StaffAsync(system, reviewer, administrator, enterprise, sealing);
        var theirs = Assert.Single(await staff.Client.GetCertificatesAsync());
        var request = new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Renewal) { CertificateId = sealing, Years = 1 };

        // Not long before its end, and never another's.
        await ClaimSteps.RefusedAsync(ErrorCodes.CertificateNotRenewable, () => administrator.Client.ApplyAsync(request));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => staff.Client.ApplyAsync(request));

        system.Clock.Advance(TimeSpan.FromDays(300));
        await system.RestartAsync();
        await administrator.LogInAgainAsync();
        await staff.LogInAgainAsync();
        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        var before = await administrator.Client.GetCertificateAsync(sealing);
        await ClaimSteps.RefusedAsync(ErrorCodes.OfferUnknown, () => administrator.Client.ApplyAsync(request with { Years = 5 }));

        // The administrator's (M047): letter, CA, the catalogue's fee, and 续期证书 under the PIN.
        var submitted = await administrator.Client.ApplyAsync(request);
        Assert.Equal((ApplicationKind.Renewal, ApplicationState.SealDue, 20000), (submitted.Kind, submitted.State, submitted.FeeFen));
        await administrator.SealAsync(submitted.ApplicationId, sealing);
        await again.ApproveAsync(submitted.ApplicationId);
        Assert.Equal(MessageKind.RenewalApproved, (await administrator.Phone.MessageAsync("续期证书")).Kind);
        await ClaimSteps.RefusedAsync(ErrorCodes.PaymentRequired, () => administrator.Client.RenewAsync(submitted.ApplicationId, CertifiedPhone.Pin));
        await administrator.Phone.PayForAsync(system, submitted.ApplicationId);
        var wrong = Assert.IsType<DownloadOutcome.Stopped>(await administrator.Client.RenewAsync(submitted.ApplicationId, CertifiedPhone.WrongPin));
        Assert.IsType<PinOutcome.WrongPin>(wrong.Reason);
        Assert.Equal((before.SigningSerial, CertificateState.Active), (wrong.Certificate.SigningSerial, wrong.Certificate.State));
        await system.RestartAsync();
        await administrator.ReconnectAsync();
        await staff.ReconnectAsync();
        var after = Assert.IsType<DownloadOutcome.Active>(await administrator.Client.RenewAsync(submitted.ApplicationId, CertifiedPhone.Pin)).Certificate;
        AssertRenewed(before, after);
        await administrator.UntilAsync(submitted.ApplicationId, ApplicationState.Completed);

        // It is the same certificate: the same repeat answers the same, and it seals the staff's letter (M055).
        Assert.Equal(after.SigningSerial, Assert.IsType<DownloadOutcome.Active>(await administrator.Client.RenewAsync(submitted.ApplicationId, CertifiedPhone.Pin)).Certificate.SigningSerial);
        var asked = await staff.Client.ApplyAsync(new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Renewal) { CertificateId = theirs.CertificateId, Years = 2 });
        Assert.Equal((ApplicationKind.StaffRenewal, ApplicationState.AdministratorReview), (asked.Kind, asked.State));
        Assert.Equal((MessageKind.RenewalRequested, asked.ApplicationId.ToString()), ((await administrator.Phone.MessageAsync("证书续期")).Kind, (await administrator.Phone.MessageAsync("证书续期")).Subject));
        using var third = await TestReviewer.LogInAsync(system, "审核员丙");
        await administrator.Client.AgreeAsync(asked.ApplicationId);
        await administrator.SealAsync(asked.ApplicationId, sealing);
        await third.ApproveAsync(asked.ApplicationId);
        await staff.Phone.PayForAsync(system, asked.ApplicationId);
        AssertRenewed(theirs, Assert.IsType<DownloadOutcome.Active>(await staff.Client.RenewAsync(asked.ApplicationId, CertifiedPhone.Pin)).Certificate);

        // Past the old end it is still active, after a restart too.
        system.Clock.Advance(TimeSpan.FromDays(100));
        await system.RestartAsync();
        await administrator.LogInAgainAsync();
        Assert.Equal((CertificateState.Active, after.SigningSerial), await StateAsync(administrator, sealing));
    }

    /// <summary>Approved and paid, and then not downloaded before the certificate's own end: there is nothing left to renew, and the money goes back.</summary>
    [Fact, Trait("Feature", "M047"), Trait("Surface", "api")]
    public async Task A_renewal_that_came_too_late_can_be_withdrawn()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await Wait.UntilAsync(phone.Phone.MeAsync, me => me.Enterprises.Count == 1);
        system.Clock.Advance(TimeSpan.FromDays(300));
        await phone.Phone.LogInAsync();
        await phone.ReconnectAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var submitted = await phone.Client.ApplyAsync(new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Renewal) { CertificateId = phone.Certificate, Years = 1 });
        Assert.IsType<PinOutcome.Done>((await phone.Client.SealAndConfirmAsync(submitted.ApplicationId, phone.Certificate, CertifiedPhone.Pin, _ => true)).Outcome);
        await reviewer.ApproveAsync(submitted.ApplicationId);
        await phone.Phone.PayForAsync(system, submitted.ApplicationId);
        system.Clock.Advance(TimeSpan.FromDays(80));
        await phone.Phone.LogInAsync();
        await phone.ReconnectAsync();
        await ClaimSteps.RefusedAsync(ErrorCodes.CertificateUnusable, () => phone.Client.RenewAsync(submitted.ApplicationId, CertifiedPhone.Pin));
        Assert.Equal(ApplicationState.Downloading, (await phone.Client.GetApplicationAsync(submitted.ApplicationId)).State);
        await system.RestartAsync();
        await phone.ReconnectAsync();
        Assert.Equal(ApplicationState.Cancelled, (await phone.Client.WithdrawAsync(submitted.ApplicationId)).State);
        await Wait.UntilAsync(() => phone.Client.GetOrdersAsync(), orders => orders.Any(order => order.State == OrderState.Refunded));
    }

    [Fact, Trait("Feature", "M047"), Trait("Surface", "api")]
    public async Task What_was_encrypted_before_the_renewal_is_decrypted_after_it()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await Wait.UntilAsync(phone.Phone.MeAsync, me => me.Enterprises.Count == 1);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var before = await phone.Client.GetCertificateAsync(phone.Certificate);

        system.Clock.Advance(TimeSpan.FromDays(300));
        await phone.Phone.LogInAsync();
        await phone.ReconnectAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var submitted = await phone.Client.ApplyAsync(new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Renewal) { CertificateId = phone.Certificate, Years = 1 });
        Assert.IsType<PinOutcome.Done>((await phone.Client.SealAndConfirmAsync(submitted.ApplicationId, phone.Certificate, CertifiedPhone.Pin, _ => true)).Outcome);
        await reviewer.ApproveAsync(submitted.ApplicationId);
        await phone.Phone.PayForAsync(system, submitted.ApplicationId);
        var after = Assert.IsType<DownloadOutcome.Active>(await phone.Client.RenewAsync(submitted.ApplicationId, CertifiedPhone.Pin)).Certificate;
        Assert.NotEqual(before.EncryptionSerial, after.EncryptionSerial);
        Assert.Equal([before.EncryptionSerial!], (await platform.GetSignerAsync(phone.Enterprise.CreditCode)).PastEncryptionSerials);
        foreach (var certificate in (CertificateInfo[])[before, after])
        {
            await DecryptAsync(phone, platform, certificate);
        }

        // A file of each time, with one confirmation.
        await DecryptAsync(phone, platform, after, before);

        await system.RestartAsync();
        await phone.ReconnectAsync();
        await DecryptAsync(phone, await phone.PlatformAsync(), before);
    }

    /// <summary>A file key wrapped to each certificate, opened under its serial number; the first one's is the request's.</summary>
    private static async Task DecryptAsync(CertifiedPhone phone, PlatformClient platform, params CertificateInfo[] certificates)
    {
        using var pcKey = SecretScalar.Random(SystemRandom.Instance);
        var content = Encoding.ASCII.GetBytes("sixteen byte key");
        var wrapped = certificates.Select(certificate =>
        {
            Assert.True(Sm2Certificate.TryParse(certificate.EncryptionCertificate, out var encryption));
            return Sm2Ciphertext.Encrypt(encryption.PublicKey, content, SystemRandom.Instance);
        }).ToList();
        var project = new ProjectInfo("P-1", "某道路工程", DateTimeOffset.UnixEpoch.AddYears(50));
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(pcKey.Value).Encode(), DecryptionRecipient.ThisPc, certificates[0].EncryptionSerial!,
            [.. wrapped.Select((key, i) => new WrappedKey("投标文件", key.ToDer()) { EncryptionSerial = i == 0 ? null : certificates[i].EncryptionSerial })]);
        var task = DecryptionTasks.Create(request, CertifiedPhone.PlatformId, project)!;
        var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = project, Decryption = request });
        using var shown = await phone.OpenAsync(await phone.Client.ScanAsync(opened.Link(Base64Url.EncodeToString(task.Binding))));
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(shown, CertifiedPhone.Pin));
        var partials = (await platform.WaitAsync(opened.SessionId)).Result!.Decryption!;
        var points = Decryption.Combine(pcKey, opened.SessionId.ToString("D"), task, partials.PhoneParts, partials.SiloParts, SystemRandom.Instance);
        Assert.Equal(certificates.Length, points!.Count);
        for (var i = 0; i < wrapped.Count; i++)
        {
            Assert.True(wrapped[i].TryOpen(points[i], out var plaintext));
            Assert.Equal(content, plaintext);
        }
    }

    private static async Task<(CertificateState, string?)> StateAsync(Applying holder, Guid certificate)
    {
        var info = await holder.Client.GetCertificateAsync(certificate);
        return (info.State, info.SigningSerial);
    }

    private static void AssertRenewed(CertificateInfo before, CertificateInfo after)
    {
        Assert.Equal(before.CertificateId, after.CertificateId);
        Assert.NotEqual(before.SigningSerial, after.SigningSerial);
        Assert.True(after.NotAfter > before.NotAfter!.Value.AddDays(360));
        Assert.True(Sm2Certificate.TryParse(before.SigningCertificate, out var oldSigning) && Sm2Certificate.TryParse(after.SigningCertificate, out var signing) && signing.PublicKey == oldSigning.PublicKey);
        Assert.True(Sm2Certificate.TryParse(before.EncryptionCertificate, out var oldEncryption) && Sm2Certificate.TryParse(after.EncryptionCertificate, out var encryption) && encryption.PublicKey == oldEncryption.PublicKey);
    }
}
