using System.Buffers.Text;
using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using ApplicationId = Bzt.Grains.ApplicationId;
using DecryptionRecipient = Bzt.Contracts.Platforms.DecryptionRecipient;

namespace Bzt.Tests.Certificates;

/// <summary>Renewal and recovery: what keeps, what is made anew, and which old files still open.</summary>
[Collection(CertificateSystem.Name)]
public class CertificateLifeTests(CertificateSystem certificates)
{
    private const string NewPin = "604817";

    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    public async Task A_renewal_keeps_both_keys_interrupts_nothing_and_old_files_open()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        using var other = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var before = await phone.Client.GetCertificateAsync(phone.Certificate);
        var number = await ApprovedAsync(phone, CaApplicationKind.Renew);
        var grain = system.Grains.Certificate(new CertificateId(phone.Certificate));

        // Refused: somebody else, another device, a certificate that is not active.
        var command = new RenewCertificate(new ApplicationId(Guid.NewGuid()), number, CallerOf(phone));
        Assert.Equal(RefusalCode.NotFound, RefusalOf(await grain.Renew(command with { Caller = CallerOf(other) })));
        Assert.Equal(RefusalCode.Forbidden, RefusalOf(await grain.Renew(command with { Caller = command.Caller with { Device = new DeviceId(Guid.NewGuid()) } })));
        await DoneAsync(grain.Renew(command));
        await DoneAsync(grain.Renew(command));

        // A wrong PIN renews nothing; meanwhile it serves; a restart and lost answers cost nothing.
        var stopped = Assert.IsType<DownloadOutcome.Stopped>(await phone.Client.ContinueRenewalAsync(phone.Certificate, CertifiedPhone.WrongPin));
        Assert.IsType<PinOutcome.WrongPin>(stopped.Reason);
        await phone.BindAsync(platform);
        await system.RestartAsync();
        await phone.ReconnectAsync();
        platform = await phone.PlatformAsync();
        phone.Net.Lose = sent => sent % 2 == 1;
        var renewed = Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueRenewalAsync(phone.Certificate, CertifiedPhone.Pin)).Certificate;
        phone.Net.Lose = _ => false;

        Assert.True(Sm2Certificate.TryParse(before.SigningCertificate, out var oldSigning));
        Assert.True(Sm2Certificate.TryParse(renewed.SigningCertificate, out var newSigning));
        Assert.True(Sm2Certificate.TryParse(before.EncryptionCertificate, out var oldEncryption));
        Assert.True(Sm2Certificate.TryParse(renewed.EncryptionCertificate, out var newEncryption));
        Assert.Equal((oldSigning.PublicKey, oldEncryption.PublicKey), (newSigning.PublicKey, newEncryption.PublicKey));
        Assert.NotEqual((before.SigningSerial, before.EncryptionSerial), (renewed.SigningSerial, renewed.EncryptionSerial));
        Assert.True(renewed.NotAfter > before.NotAfter);
        Assert.Equal((CertificateState.Active, null), (renewed.State, renewed.Renewal));

        // It signs under the new certificate; files for the old one open as those for the new one do.
        Assert.Equal(renewed.SigningCertificate, (await phone.BindAsync(platform)).SigningCertificate);
        await OpensAsync(phone, platform, before);
        await OpensAsync(phone, platform, renewed);

        // Once is enough, also after a restart. Renewed once more, all three generations open.
        await system.RestartAsync();
        await phone.ReconnectAsync();
        await DoneAsync(system.Grains.Certificate(new CertificateId(phone.Certificate)).Renew(command));
        Assert.Null((await phone.Client.GetCertificateAsync(phone.Certificate)).Renewal);
        Assert.Equal(EvidenceKind.Renewed, (await phone.EvidenceAsync()).Entries.Last(entry => entry.Kind is not (EvidenceKind.Signed or EvidenceKind.Decrypted)).Kind);
        await DoneAsync(system.Grains.Certificate(new CertificateId(phone.Certificate)).Renew(
            command with { ApplicationNumber = await ApprovedAsync(phone, CaApplicationKind.Renew) }));
        var again = Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueRenewalAsync(phone.Certificate, CertifiedPhone.Pin)).Certificate;
        platform = await phone.PlatformAsync();
        foreach (var generation in new[] { before, renewed, again })
        {
            await OpensAsync(phone, platform, generation);
        }
    }

    [Fact]
    public async Task A_renewal_the_ca_refuses_leaves_the_certificate_as_it_is()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var before = await phone.Client.GetCertificateAsync(phone.Certificate);
        var grain = system.Grains.Certificate(new CertificateId(phone.Certificate));
        await DoneAsync(grain.Renew(new RenewCertificate(new ApplicationId(Guid.NewGuid()), "nobody-approved-this", CallerOf(phone))));
        var kept = Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueRenewalAsync(phone.Certificate, CertifiedPhone.Pin)).Certificate;
        Assert.Equal((before.SigningSerial, null), (kept.SigningSerial, kept.Renewal));
        await phone.BindAsync(await phone.PlatformAsync());
    }

    [Fact]
    [Trait("Feature", "X19"), Trait("Surface", "api")]
    public async Task A_lost_phones_certificate_is_recovered_with_every_encryption_key_and_the_old_phone_is_out()
    {
        using var lost = await CertifiedPhone.ActiveAsync(system);
        using var stranger = await CertifiedPhone.ActiveAsync(system);
        var first = await lost.Client.GetCertificateAsync(lost.Certificate);
        var grain = system.Grains.Certificate(new CertificateId(lost.Certificate));
        await DoneAsync(grain.Renew(new RenewCertificate(new ApplicationId(Guid.NewGuid()), await ApprovedAsync(lost, CaApplicationKind.Renew), CallerOf(lost))));
        var second = Assert.IsType<DownloadOutcome.Active>(await lost.Client.ContinueRenewalAsync(lost.Certificate, CertifiedPhone.Pin)).Certificate;

        // A new phone sees what it can recover, and nothing serves there yet.
        using var found = await lost.NewPhoneAsync();
        var seen = Assert.Single(await found.Client.GetCertificatesAsync());
        Assert.Equal((true, false), (seen.Recoverable, seen.HeldHere));
        var command = new RekeyCertificate(
            new ApplicationId(Guid.NewGuid()), await ApprovedAsync(found, CaApplicationKind.Recover), CallerOf(found), found.Phone.Key.PublicKey,
            new CertificateSubject(found.Enterprise.Name, found.Enterprise.Name, found.Enterprise.CreditCode));
        Assert.Equal(RefusalCode.NotFound, RefusalOf(await grain.Rekey(command with { Caller = CallerOf(stranger) })));
        Assert.Equal(RefusalCode.IdempotencyConflict, RefusalOf(await grain.Rekey(command with { Subject = command.Subject with { CreditCode = stranger.Enterprise.CreditCode } })));
        await DoneAsync(grain.Rekey(command));
        await DoneAsync(grain.Rekey(command));

        // From here on the old phone's share is worth nothing, whatever becomes of the new one.
        await ClaimSteps.RefusedAsync(ErrorCodes.DeviceLimited, () => lost.Client.OpenTaskAsync(lost.Certificate, Guid.NewGuid()));
        await certificates.ForgetAsync(found.Certificate);
        Assert.Null((await certificates.StoredAsync(found.Certificate)).Shares);

        // Interrupted anywhere by losses and a restart it goes on.
        found.Net.Lose = sent => sent % 2 == 1;
        using (var interrupted = new CancellationTokenSource())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => found.Client.ContinueDownloadAsync(
                found.Certificate, NewPin, info => { if (info.State == CertificateState.Arriving) { interrupted.Cancel(); } }, interrupted.Token));
        }

        await system.RestartAsync();
        await found.ReconnectAsync();
        found.Net.Lose = sent => sent % 2 == 1;
        var recovered = Assert.IsType<DownloadOutcome.Active>(await found.Client.ContinueDownloadAsync(found.Certificate, NewPin)).Certificate;
        found.Net.Lose = _ => false;
        Assert.Equal((CertificateState.Active, true, false), (recovered.State, recovered.HeldHere, recovered.Recoverable));
        Assert.NotEqual(first.PublicKey, recovered.PublicKey);

        // It signs with the new PIN alone; files of every generation open.
        var platform = await found.PlatformAsync();
        var (opened, scanned) = await found.BindSessionAsync(platform);
        Assert.IsType<PinOutcome.WrongPin>(await found.ConfirmAsync(scanned, CertifiedPhone.Pin));
        Assert.IsType<PinOutcome.Done>(await found.ConfirmAsync(scanned, NewPin));
        Assert.Equal(SessionEnd.Ok, (await platform.WaitAsync(opened.SessionId)).End);
        foreach (var generation in new[] { first, second, recovered })
        {
            await OpensAsync(found, platform, generation, NewPin);
        }

        // The CA has revoked the lost key's certificate; the story is in one chain; again it is done.
        await Wait.UntilAsync(() => IsRevokedAtCaAsync(second.SigningSerial!), revoked => revoked);
        var evidence = await found.EvidenceAsync();
        Assert.Equal(EvidenceFault.None, evidence.Verify(evidence.EvidenceKey));
        Assert.Contains(evidence.Entries, entry => entry.Kind == EvidenceKind.Rekeyed);
        await DoneAsync(system.Grains.Certificate(new CertificateId(found.Certificate)).Rekey(command));
        Assert.Equal(CertificateState.Active, (await found.Client.GetCertificateAsync(found.Certificate)).State);
    }

    /// <summary>An envelope is opened ten times at most: the key in it arrives once, under the serials of all certificates it ever had.</summary>
    [Fact]
    [Trait("Feature", "X19"), Trait("Surface", "api")]
    public async Task A_certificate_that_was_renewed_more_often_than_an_envelope_is_opened_is_recovered()
    {
        using var lost = await CertifiedPhone.ActiveAsync(system);
        var grain = system.Grains.Certificate(new CertificateId(lost.Certificate));
        var generations = new List<CertificateInfo> { await lost.Client.GetCertificateAsync(lost.Certificate) };
        while (generations.Count < 12)
        {
            await DoneAsync(grain.Renew(new RenewCertificate(new ApplicationId(Guid.NewGuid()), await ApprovedAsync(lost, CaApplicationKind.Renew), CallerOf(lost))));
            generations.Add(Assert.IsType<DownloadOutcome.Active>(await lost.Client.ContinueRenewalAsync(lost.Certificate, CertifiedPhone.Pin)).Certificate);
        }

        using var found = await lost.NewPhoneAsync();
        await DoneAsync(grain.Rekey(new RekeyCertificate(
            new ApplicationId(Guid.NewGuid()), await ApprovedAsync(found, CaApplicationKind.Recover), CallerOf(found), found.Phone.Key.PublicKey,
            new CertificateSubject(found.Enterprise.Name, found.Enterprise.Name, found.Enterprise.CreditCode))));
        generations.Add(Assert.IsType<DownloadOutcome.Active>(await found.Client.ContinueDownloadAsync(found.Certificate, NewPin)).Certificate);
        var shares = (await certificates.StoredAsync(found.Certificate)).Shares!;
        Assert.Equal(generations.Select(generation => generation.EncryptionSerial!).Order(), shares.EncryptionKeys.Select(key => key.Id).Order());
        Assert.All(shares.Envelopes, use => Assert.Equal(1, use.Count));

        var platform = await found.PlatformAsync();
        await found.BindAsync(platform, NewPin);
        foreach (var generation in new[] { generations[0], generations[6], generations[^1] })
        {
            await OpensAsync(found, platform, generation, NewPin);
        }
    }

    [Fact]
    public async Task A_revoked_certificate_is_neither_renewed_nor_recovered_and_its_files_stay_closed()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        var task = await phone.Client.AskRevocationAsync(phone.Certificate, Guid.NewGuid());
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmTaskAsync(phone.Certificate, task.TaskId, CertifiedPhone.Pin, _ => true));
        var grain = system.Grains.Certificate(new CertificateId(phone.Certificate));
        Assert.Equal(RefusalCode.CertificateUnusable, RefusalOf(await grain.Renew(new RenewCertificate(new ApplicationId(Guid.NewGuid()), "renewal", CallerOf(phone)))));
        Assert.Equal(RefusalCode.CertificateUnusable, RefusalOf(await grain.Rekey(new RekeyCertificate(
            new ApplicationId(Guid.NewGuid()), "recovery", CallerOf(phone), phone.Phone.Key.PublicKey, new CertificateSubject("甲", "甲", null)))));
        var (_, _, scanned) = await DecryptionAsync(phone, platform, info);
        await ClaimSteps.RefusedAsync(ErrorCodes.CertificateUnusable, () => phone.Client.OpenRequestAsync(scanned, phone.Certificate));
    }

    /// <summary>An application the CA has approved: what the application's grain does before it turns to the certificate.</summary>
    private async Task<string> ApprovedAsync(CertifiedPhone phone, CaApplicationKind kind)
    {
        var number = Guid.CreateVersion7().ToString("N");
        var adapter = system.Grains.CaAdapter(new CaId("yichang-ca"));
        await adapter.Submit(new CaSubmissionOrder(
            new CaApplication(
                number, kind, phone.Certificate.ToString("D"), new CaSubject(phone.Enterprise.Name, phone.Enterprise.Name, null, "湖北省", null, phone.Enterprise.CreditCode),
                TimeSpan.FromDays(365)),
            new ApplicationId(Guid.NewGuid()),
            new CaApplicationFile(CertifiedPhone.PlatformName, 1, new UserId(phone.Phone.Login!.UserId), "张*", "139****0000", "licence", "form")));
        await adapter.AsReference<IOutboxOwner>().DrainOutbox();
        await Wait.UntilAsync(async () => (await adapter.GetDesk()).Any(entry => entry.ApplicationNumber == number), there => there);
        Assert.IsType<Done<Nothing>>(await adapter.Decide(new CaDecision(number, "reviewer", null)));
        return number;
    }

    private async Task<bool> IsRevokedAtCaAsync(string serial)
    {
        var reply = await system.Grains.CaAuthority(new CaId("yichang-ca")).Publish();
        var list = new Org.BouncyCastle.X509.X509Crl(((Done<CaPublications>)reply).Value.RevocationList);
        return list.GetRevokedCertificate(new Org.BouncyCastle.Math.BigInteger(serial, 16)) is not null;
    }

    /// <summary>A file encrypted to that certificate opens on this phone.</summary>
    private static async Task OpensAsync(CertifiedPhone phone, PlatformClient platform, CertificateInfo certificate, string pin = CertifiedPhone.Pin)
    {
        var (file, opened, scanned) = await DecryptionAsync(phone, platform, certificate);
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, pin));
        var partials = (await platform.WaitAsync(opened)).Result!.Decryption!;
        var points = Decryption.Combine(file.PcKey, opened.ToString("D"), file.Task, partials.PhoneParts, partials.SiloParts, SystemRandom.Instance);
        Assert.True(file.Wrapped.TryOpen(Assert.Single(points!), out var plaintext));
        Assert.Equal("sixteen byte key", Encoding.ASCII.GetString(plaintext));
        file.PcKey.Dispose();
    }

    private static async Task<((SecretScalar PcKey, Sm2Ciphertext Wrapped, DecryptionTask Task) File, Guid Session, ScannedSession Scanned)> DecryptionAsync(
        CertifiedPhone phone, PlatformClient platform, CertificateInfo certificate)
    {
        Assert.True(Sm2Certificate.TryParse(certificate.EncryptionCertificate, out var recipient));
        var pcKey = SecretScalar.Random(SystemRandom.Instance);
        var wrapped = Sm2Ciphertext.Encrypt(recipient.PublicKey, Encoding.ASCII.GetBytes("sixteen byte key"), SystemRandom.Instance);
        var project = new ProjectInfo("P-1", "某道路工程", DateTimeOffset.UnixEpoch.AddYears(50));
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(pcKey.Value).Encode(), DecryptionRecipient.ThisPc, certificate.EncryptionSerial!, [new WrappedKey("投标文件", wrapped.ToDer())]);
        var task = DecryptionTasks.Create(request, CertifiedPhone.PlatformId, project)!;
        var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = project, Decryption = request });
        return ((pcKey, wrapped, task), opened.SessionId, await phone.Client.ScanAsync(opened.Link(Base64Url.EncodeToString(task.Binding))));
    }

    private static CertificateCaller CallerOf(CertifiedPhone phone) => new(new UserId(phone.Phone.Login!.UserId), new DeviceId(phone.Phone.Login.DeviceId));

    private static async Task DoneAsync(Task<Reply<Nothing>> reply) => Assert.IsType<Done<Nothing>>(await reply);

    private static RefusalCode? RefusalOf<T>(Reply<T> reply) => (reply as Refused<T>)?.Refusal.Code;
}
