using System.Security.Cryptography;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Certificates;

/// <summary>One write decides: how many are waited for, and what becomes of a journey when one of them fails.</summary>
[Collection(CertificateSystem.Name)]
public class CertificateWriteTests(CertificateSystem certificates)
{
    private const string NewPin = "604817";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    [Trait("Feature", "X02"), Trait("Surface", "api")]
    public async Task From_the_pcs_request_to_the_released_signature_two_durable_writes_are_waited_for()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        await certificates.ForgetAsync(phone.Certificate);
        await phone.Client.GetCertificateAsync(phone.Certificate);

        // Every other write stays where it is until the PC has its signature: whoever waited for one of them would wait for ever.
        using (var held = certificates.Store.HoldAllBut("qr-session", "certificate"))
        {
            var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) }).WaitAsync(Patience);
            var scanned = await phone.Client.ScanAsync(opened.Link()).WaitAsync(Patience);
            Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, CertifiedPhone.Pin).WaitAsync(Patience));
            var status = await platform.WaitAsync(opened.SessionId).WaitAsync(Patience);
            Assert.Single(status.Result!.Signatures);
            Assert.Equal(["qr-session", "certificate"], held.Passed);
        }
    }

    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    public async Task A_download_goes_on_whichever_write_of_the_certificate_fails(WriteFault fault)
    {
        using var user = await CertifiedPhone.ReadyAsync(system);
        for (var number = 1; ; number++)
        {
            var phone = number == 1 ? user : await user.NextAsync();
            using var struck = certificates.Store.StrikeAt(RowOf(phone), number, fault);
            Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin));
            if (!struck.Happened)
            {
                // Key, request, certificates, envelope, encryption key: each had its turn.
                Assert.True(number > 5);
                break;
            }

            // What was answered as done is there, and once: a key that was never answered for may have been made again, and the
            // envelope may be opened again.
            var kinds = (await phone.EvidenceAsync()).Entries.Select(entry => entry.Kind).ToList();
            foreach (var once in (EvidenceKind[])[EvidenceKind.RequestSigned, EvidenceKind.Issued, EvidenceKind.Activated])
            {
                Assert.Single(kinds, once);
            }
        }
    }

    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    public async Task A_confirmation_is_decided_once_whatever_its_write_did(WriteFault fault)
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();

        // A signature: released once, under the epoch it moved by one.
        var epoch = await EpochAsync(phone);
        var (opened, scanned) = await phone.BindSessionAsync(platform);
        Assert.IsType<PinOutcome.Done>(await StruckAsync(phone, fault, () => phone.ConfirmAsync(scanned, CertifiedPhone.Pin)));
        Assert.True(Verifies((await platform.WaitAsync(opened.SessionId)).Result!));
        Assert.Equal(epoch + 1, await EpochAsync(phone));
        await OneRecordAsync(phone, EvidenceKind.Signed, opened.SessionId);

        // A wrong PIN: counted once, and nothing released.
        (opened, scanned) = await phone.BindSessionAsync(platform);
        Assert.Equal(new PinOutcome.WrongPin(1, 9, null, false), await StruckAsync(phone, fault, () => phone.ConfirmAsync(scanned, CertifiedPhone.WrongPin)));
        await OneRecordAsync(phone, EvidenceKind.WrongPin, opened.SessionId);
        Assert.Null((await platform.GetAsync(opened.SessionId)).Result);
        Assert.Equal(1, (await certificates.StoredAsync(phone.Certificate)).Shares!.Pin.Failures);

        // A new PIN: it holds when the user was told so, and otherwise the old one does.
        await phone.ApprovePinChangeAsync();
        var changed = await StruckAsync(phone, fault, () => phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.Pin, NewPin)) is PinOutcome.Done;
        (opened, scanned) = await phone.BindSessionAsync(platform);
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, changed ? NewPin : CertifiedPhone.Pin));
        Assert.True(Verifies((await platform.WaitAsync(opened.SessionId)).Result!));
        Assert.Equal(EvidenceFault.None, await FaultAsync(phone));
    }

    [Fact]
    public async Task An_activation_that_lost_its_race_answers_nothing()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        var epoch = await EpochAsync(phone);
        var (opened, scanned) = await phone.BindSessionAsync(platform);
        using var request = await phone.OpenAsync(scanned);

        // Another activation writes between the round's opening and its end.
        await certificates.OvertakeAsync(phone.Certificate);
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        await NeverAnsweredAsync(phone);
        Assert.True(Verifies((await platform.WaitAsync(opened.SessionId)).Result!));
        await OneRecordAsync(phone, EvidenceKind.Signed, opened.SessionId);
        Assert.Equal(epoch + 1, await EpochAsync(phone));
    }

    private async Task<PinOutcome> StruckAsync(CertifiedPhone phone, WriteFault fault, Func<Task<PinOutcome>> confirm)
    {
        PinOutcome outcome;
        using (var struck = certificates.Store.StrikeAt(RowOf(phone), 1, fault))
        {
            outcome = await confirm();
            Assert.True(struck.Happened);
        }

        await NeverAnsweredAsync(phone);
        return outcome;
    }

    /// <summary>The message whose write failed got no answer, and gets none when somebody sends it again: its nonce died.</summary>
    private async Task NeverAnsweredAsync(CertifiedPhone phone)
    {
        var again = await system.Grains.Certificate(new CertificateId(phone.Certificate)).Exchange(
            phone.Net.Unanswered!, new CertificateCaller(new UserId(phone.Phone.Login!.UserId), new DeviceId(phone.Phone.Login.DeviceId)));
        Assert.Equal(RefusalCode.ChannelRejected, Assert.IsType<Refused<byte[]>>(again).Refusal.Code);
    }

    private static async Task OneRecordAsync(CertifiedPhone phone, EvidenceKind kind, Guid session) =>
        Assert.Equal(kind, Assert.Single((await phone.EvidenceAsync()).Entries, entry => entry.Request == session).Kind);

    private static async Task<EvidenceFault> FaultAsync(CertifiedPhone phone)
    {
        var evidence = await phone.EvidenceAsync();
        return evidence.Verify(evidence.EvidenceKey);
    }

    /// <summary>The epoch that counts.</summary>
    private async Task<int> EpochAsync(CertifiedPhone phone)
    {
        var shares = (await certificates.StoredAsync(phone.Certificate)).Shares!;
        return shares.Pending?.Epoch ?? shares.Epoch;
    }

    private static string RowOf(CertifiedPhone phone) => $"certificate/certificate/{phone.Certificate:N}";

    private static bool Verifies(SessionResult result) =>
        Sm2Certificate.TryParse(result.SigningCertificate, out var certificate)
        && Sm2Signature.TryParseRaw(Assert.Single(result.Signatures).Signature, out var signature)
        && signature!.Verify(certificate.PublicKey, Sm2Signature.Digest(certificate.PublicKey, result.Signatures[0].ToBeSigned));
}
