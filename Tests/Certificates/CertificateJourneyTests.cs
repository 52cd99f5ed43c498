using System.Buffers.Text;
using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Tests.Embedded;
using DecryptionRecipient = Bzt.Contracts.Platforms.DecryptionRecipient;

namespace Bzt.Tests.Certificates;

/// <summary>Certificates over HTTP, on the product as it runs.</summary>
[Collection(CertificateSystem.Name)]
public class CertificateJourneyTests(CertificateSystem certificates)
{
    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    [Trait("Feature", "M034"), Trait("Feature", "X19"), Trait("Surface", "api")]
    public async Task A_certificate_is_downloaded_with_its_pin_and_lives_through_a_restart()
    {
        using var phone = await CertifiedPhone.ReadyAsync(system);
        using var other = await CertifiedPhone.ActiveAsync(system);

        // Refused: a weak PIN, before any key is made; another user's eyes and messages.
        await Assert.ThrowsAsync<ArgumentException>(() => phone.Client.ContinueDownloadAsync(phone.Certificate, "123456"));
        Assert.Equal(ErrorCodes.NotFound, (await Assert.ThrowsAsync<ApiRefusedException>(() => other.Client.GetCertificateAsync(phone.Certificate))).Code);
        Assert.Equal(ErrorCodes.NotFound, (await Assert.ThrowsAsync<ApiRefusedException>(() => other.Client.GetEvidenceAsync(phone.Certificate))).Code);
        var foreign = await Assert.ThrowsAsync<ApiRefusedException>(() => other.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin));
        Assert.Equal(ErrorCodes.NotFound, foreign.Code);

        var states = new List<CertificateState>();
        var outcome = await phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin, info => states.Add(info.State));
        var info = Assert.IsType<DownloadOutcome.Active>(outcome).Certificate;
        Assert.Equal(CertificateState.Active, states[^1]);
        Assert.Equal(CertificateState.Generating, states[0]);

        // Two certificates for one holder; the signing key is the split one, the encryption key is not.
        Assert.True(Sm2Certificate.TryParse(info.SigningCertificate, out var signing));
        Assert.True(Sm2Certificate.TryParse(info.EncryptionCertificate, out var encryption));
        Assert.Equal(phone.Enterprise.Name, signing.CommonName);
        Assert.Equal(signing.SubjectDer, encryption.SubjectDer);
        Assert.Equal(PathFault.None, Sm2CertificatePath.Verify(signing, info.Chain, [info.Chain[^1]], system.Clock.GetUtcNow()));
        Assert.Equal(PathFault.None, Sm2CertificatePath.Verify(encryption, info.Chain, [info.Chain[^1]], system.Clock.GetUtcNow()));
        Assert.NotEqual(signing.PublicKey, encryption.PublicKey);
        await phone.MessagesAsync("证书已生效", 1);

        // At rest: a PIN that was changed, a wrong try that was counted, another phone's certificate that was frozen.
        await phone.ApprovePinChangeAsync();
        Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.WrongPin, NewPin));
        Assert.IsType<PinOutcome.Done>(await phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.Pin, NewPin));
        var (_, slip) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(slip, CertifiedPhone.WrongPin));
        await FreezeAsync(other);

        await system.RestartAsync();
        await phone.ReconnectAsync();
        await other.ReconnectAsync();
        Assert.Equal(CertificateState.Frozen, (await other.Client.GetCertificateAsync(other.Certificate)).State);
        var listed = Assert.Single(await phone.Client.GetCertificatesAsync());
        Assert.Equal((CertificateState.Active, true, 4), (listed.State, listed.HeldHere, listed.TriesLeft));
        Assert.Equal(info.SigningCertificate, listed.SigningCertificate);

        // Both shares sign together after the restart; the whole story is in the evidence.
        var platform = await phone.PlatformAsync();
        var (opened, scanned) = await phone.BindSessionAsync(platform);
        Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(scanned, CertifiedPhone.Pin));
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, NewPin));
        Assert.True(Verifies(signing, (await platform.WaitAsync(opened.SessionId)).Result!.Signatures[0]));
        var evidence = await phone.EvidenceAsync();
        Assert.Equal(EvidenceFault.None, evidence.Verify(evidence.EvidenceKey));
        Assert.Equal(
            [
                EvidenceKind.KeyGenerated, EvidenceKind.RequestSigned, EvidenceKind.Issued, EvidenceKind.EnvelopeOpened, EvidenceKind.Activated,
                EvidenceKind.WrongPin, EvidenceKind.PinChanged, EvidenceKind.WrongPin, EvidenceKind.WrongPin, EvidenceKind.Signed,
            ],
            evidence.Entries.Select(entry => entry.Kind));
    }

    [Fact]
    [Trait("Feature", "X02"), Trait("Surface", "api")]
    public async Task A_download_goes_on_when_the_first_answer_to_every_message_is_lost()
    {
        using var phone = await CertifiedPhone.ReadyAsync(system);
        phone.Net.Lose = number => number % 2 == 1;
        Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin));

        // Every repeat got the answer of the first: each step happened once.
        Assert.Distinct((await phone.EvidenceAsync()).Entries.Select(entry => entry.Kind));
    }

    [Fact]
    [Trait("Feature", "M034"), Trait("Surface", "api")]
    public async Task A_download_goes_on_after_the_phone_and_the_certificates_activation_stopped_anywhere()
    {
        using var phone = await CertifiedPhone.ReadyAsync(system);
        for (var stop = 1; ; stop++)
        {
            // At this message the answer is lost and the app is killed; it is started again with what its store has.
            using var killed = new CancellationTokenSource();
            phone.Net.Lose = number =>
            {
                if (number == stop)
                {
                    killed.Cancel();
                }

                return number == stop;
            };
            try
            {
                Assert.IsType<DownloadOutcome.Active>(
                    await phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin, cancellation: killed.Token));
                break;
            }
            catch (Exception exception) when (killed.IsCancellationRequested && exception is OperationCanceledException or Bzt.Protocol.Phone.PhoneLinkException)
            {
                await certificates.ForgetAsync(phone.Certificate);
                await phone.ReconnectAsync();
            }
        }

        await phone.BindAsync(await phone.PlatformAsync());
    }

    [Fact]
    [Trait("Feature", "X02"), Trait("Feature", "X06"), Trait("Surface", "api")]
    public async Task What_the_user_sees_is_signed_with_one_message_and_nothing_else_ever_is()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        var (opened, scanned) = await phone.BindSessionAsync(platform);
        using var request = await phone.OpenAsync(scanned);

        // X06: what is shown is decoded from the bytes that are signed.
        var shown = Assert.IsType<LoginForm>(Assert.Single(request.Forms));
        Assert.Equal((LoginPurpose.Bind, CertifiedPhone.PlatformName, phone.Enterprise.Name), (shown.Purpose, shown.PlatformName, shown.EnterpriseName));

        // Refused: a wrong PIN releases nothing, and the session is still open for the right one.
        Assert.Equal(new PinOutcome.WrongPin(1, 9, null, false), await phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
        Assert.NotEqual(SessionState.Completed, (await platform.GetAsync(opened.SessionId)).State);

        // After a wrong PIN the round is opened anew: once. Then X02: one message after the confirmation.
        await certificates.ForgetAsync(phone.Certificate);
        using var again = await phone.OpenAsync(scanned);
        var before = phone.Net.Exchanges;
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(again, CertifiedPhone.Pin));
        Assert.Equal(before + 1, phone.Net.Exchanges);

        var status = await platform.WaitAsync(opened.SessionId);
        var signature = Assert.Single(status.Result!.Signatures);
        Assert.Equal(shown.Content, signature.ToBeSigned);
        Assert.True(Sm2Certificate.TryParse(status.Result.SigningCertificate, out var certificate));
        Assert.True(Verifies(certificate, signature));

        // A session that has ended gets nothing more.
        var late = await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Client.OpenRequestAsync(scanned, phone.Certificate));
        Assert.Equal(ErrorCodes.SessionEnded, late.Code);
    }

    [Fact]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task Wrong_pins_are_counted_by_the_store_and_lock_longer_each_time()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        var rested = phone.Store[phone.Certificate.ToString("D")]!;
        for (var failures = 1; failures <= 10; failures++)
        {
            var (_, scanned) = await phone.BindSessionAsync(platform);
            var wrong = Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(scanned, CertifiedPhone.WrongPin));
            Assert.Equal((failures, 10 - failures), (wrong.Failures, wrong.TriesLeft));
            TimeSpan? locked = failures switch { 5 => TimeSpan.FromMinutes(30), 8 => TimeSpan.FromHours(24), _ => null };
            Assert.Equal((locked is not null, failures == 10), (wrong.LockedUntil is not null, wrong.LockedForGood));
            await certificates.ForgetAsync(phone.Certificate);

            if (locked is not { } duration)
            {
                continue;
            }

            // Locked, the right PIN is not even looked at.
            var (_, refused) = await phone.BindSessionAsync(platform);
            Assert.IsType<PinOutcome.Locked>(Assert.IsType<RequestOpening.NotOpened>(await phone.Client.OpenRequestAsync(refused, phone.Certificate)).Reason);
            system.Clock.Advance(duration);
            platform = await phone.PlatformAsync();
        }

        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        Assert.Equal((CertificateState.Locked, 0, (DateTimeOffset?)null), (info.State, info.TriesLeft, info.LockedUntil));
        await phone.MessagesAsync("证书已锁定", 3);

        // The phone's store never learnt which PIN is the right one: ten tries later it is what it was.
        Assert.Equal(rested, phone.Store[phone.Certificate.ToString("D")]);
    }

    [Fact]
    [Trait("Feature", "X03"), Trait("Surface", "api")]
    public async Task A_copy_of_the_phone_stops_the_certificate()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();

        // The owner goes on; the copy stays behind, and is found out as soon as it is used.
        await FreezeAsync(phone);
        await phone.ReconnectAsync();
        Assert.Equal(CertificateState.Frozen, (await phone.Client.GetCertificateAsync(phone.Certificate)).State);
        await phone.MessagesAsync("证书已冻结", 1);
        Assert.Equal(EvidenceKind.Frozen, (await phone.EvidenceAsync()).Entries[^1].Kind);

        // Now the owner is stopped as well, and the PC is told at once.
        var (opened, scanned) = await phone.BindSessionAsync(platform);
        var stopped = Assert.IsType<RequestOpening.NotOpened>(await phone.Client.OpenRequestAsync(scanned, phone.Certificate));
        Assert.IsType<PinOutcome.Frozen>(stopped.Reason);
        Assert.Equal(SessionEnd.CertificateUnusable, (await platform.WaitAsync(opened.SessionId)).End);
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task A_frozen_certificate_ends_no_session_that_its_user_did_not_scan()
    {
        using var frozen = await CertifiedPhone.ActiveAsync(system);
        using var owner = await CertifiedPhone.ActiveAsync(system);
        await FreezeAsync(frozen);
        await frozen.ReconnectAsync();
        var platform = await owner.PlatformAsync();
        var (opened, scanned) = await owner.BindSessionAsync(platform);
        await frozen.Client.OpenRequestAsync(scanned, frozen.Certificate);
        Assert.IsType<PinOutcome.Done>(await owner.ConfirmAsync(scanned, CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Ok, (await platform.WaitAsync(opened.SessionId)).End);
    }

    [Fact]
    public async Task A_wrapped_key_is_opened_for_the_pc_alone()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        Assert.True(Sm2Certificate.TryParse(info.EncryptionCertificate, out var certificate));

        using var pcKey = SecretScalar.Random(SystemRandom.Instance);
        var content = Encoding.ASCII.GetBytes("sixteen byte key");
        var wrapped = Sm2Ciphertext.Encrypt(certificate.PublicKey, content, SystemRandom.Instance);
        var project = new ProjectInfo("P-1", "某道路工程", DateTimeOffset.UnixEpoch.AddYears(50));
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(pcKey.Value).Encode(), DecryptionRecipient.ThisPc, info.EncryptionSerial!, [new WrappedKey("投标文件", wrapped.ToDer())]);
        var task = DecryptionTasks.Create(request, CertifiedPhone.PlatformId, project)!;
        var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = project, Decryption = request });

        // Refused: without the QR's fragment, and with another one.
        var bare = await phone.Client.ScanAsync(opened.Link());
        Assert.IsType<RequestOpening.NotOpened>(await phone.Client.OpenRequestAsync(bare, phone.Certificate));
        Assert.IsType<RequestOpening.NotOpened>(await phone.Client.OpenRequestAsync(bare with { Binding = new byte[32] }, phone.Certificate));

        using var shown = await phone.OpenAsync(await phone.Client.ScanAsync(opened.Link(Base64Url.EncodeToString(task.Binding))));
        Assert.Equal(task.CheckCode, shown.CheckCode);
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(shown, CertifiedPhone.Pin));
        var partials = (await platform.WaitAsync(opened.SessionId)).Result!.Decryption!;
        var points = Decryption.Combine(pcKey, opened.SessionId.ToString("D"), task, partials.PhoneParts, partials.SiloParts, SystemRandom.Instance);
        Assert.True(wrapped.TryOpen(Assert.Single(points!), out var plaintext));
        Assert.Equal(content, plaintext);
    }

    private const string NewPin = "604817";

    /// <summary>The phone's store is copied, the owner goes on, and the copy is used: the phone goes on as the copy.</summary>
    private static async Task FreezeAsync(CertifiedPhone phone)
    {
        var keyId = phone.Certificate.ToString("D");
        var copy = new MemoryPhoneKeyStore { [keyId] = phone.Store[keyId] };
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var (_, scanned) = await phone.BindSessionAsync(platform);
        await phone.ReconnectAsync(copy);
        var found = Assert.IsType<RequestOpening.NotOpened>(await phone.Client.OpenRequestAsync(scanned, phone.Certificate));
        Assert.IsType<PinOutcome.Frozen>(found.Reason);
    }

    private static bool Verifies(Sm2Certificate certificate, DocumentSignature signature) =>
        Sm2Signature.TryParseRaw(signature.Signature, out var parsed)
        && parsed!.Verify(certificate.PublicKey, Sm2Signature.Digest(certificate.PublicKey, signature.ToBeSigned));
}
