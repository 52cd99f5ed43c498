using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Seals;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Tests.Certificates;

namespace Bzt.Tests.Platforms;

/// <summary>X09: many documents, or many encrypted files, with one confirmation, and a result for each.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class BatchTests(PlatformSystem world)
{
    [Fact]
    [Trait("Feature", "X09"), Trait("Surface", "api")]
    public async Task Many_documents_are_signed_with_one_confirmation_each_by_its_own_signature()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        var signer = await party.Client.GetSignerAsync(world.Phone.Enterprise.CreditCode);
        List<DocumentRequest> documents =
        [
            .. Enumerable.Range(0, 50).Select(i => new DocumentRequest(
                SigningForms.CmsPdf, CmsSeal.SignedAttributes(SHA256.HashData([(byte)i]), signer.SigningCertificate, $"文件{i}.pdf", world.System.Clock.GetUtcNow()))),
        ];
        var opened = await party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Seal) { Documents = documents, TimeoutSeconds = 600 });

        // All or nothing: a wrong PIN releases none of them, and is one try.
        using var request = await world.Phone.ScanAndOpenAsync(opened);
        Assert.Equal(50, request.Forms.Count);
        Assert.Equal(1, Assert.IsType<PinOutcome.WrongPin>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin)).Failures);
        Assert.Null((await party.AfterWrongPinAsync(opened)).Result);
        Assert.IsType<PinOutcome.Done>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        await party.Client.WaitAsync(opened.SessionId);

        // One signature a document, in order, none good for another; the same after a restart.
        await world.RestartAsync(party);
        var result = (await party.Client.GetAsync(opened.SessionId)).Result!;
        Assert.Equal(documents.Select(document => Convert.ToHexString(document.ToBeSigned)), result.Signatures.Select(signature => Convert.ToHexString(signature.ToBeSigned)));
        Assert.All(result.Signatures, signature => Assert.True(PhoneInHand.Verifies(result, signature)));
        Assert.False(PhoneInHand.Verifies(result, result.Signatures[0] with { Signature = result.Signatures[1].Signature }));
        Assert.Equal(50, result.Signatures.Select(signature => Convert.ToHexString(signature.Signature)).Distinct().Count());
    }

    [Fact]
    [Trait("Feature", "X09"), Trait("Surface", "api")]
    public async Task Many_files_are_opened_with_one_confirmation_and_a_damaged_one_spoils_no_other()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        var info = await world.Phone.Client.GetCertificateAsync(world.Phone.Certificate);
        Assert.True(Sm2Certificate.TryParse(info.EncryptionCertificate, out var certificate));
        using var pcKey = SecretScalar.Random(SystemRandom.Instance);
        var contents = Enumerable.Range(0, 30).Select(i => SHA256.HashData([(byte)i])[..16]).ToList();
        var wrapped = contents.Select(content => Sm2Ciphertext.Encrypt(certificate.PublicKey, content, SystemRandom.Instance)).ToList();

        // The seventh was damaged on its way: its check value is another's.
        const int Damaged = 6;
        Assert.True(Sm2Ciphertext.TryParse(Exchange(wrapped[Damaged].ToDer(), wrapped[0].ToDer()), out var damaged));
        wrapped[Damaged] = damaged!;
        var project = new ProjectInfo("P-1", "某道路工程", DateTimeOffset.UnixEpoch.AddYears(50));
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(pcKey.Value).Encode(), DecryptionRecipient.ThisPc, info.EncryptionSerial!, [.. wrapped.Select((key, i) => new WrappedKey($"投标文件{i}", key.ToDer()))]);
        var task = DecryptionTasks.Create(request, party.Id, project)!;
        var opened = await party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = project, Decryption = request, TimeoutSeconds = 600 });
        using var shown = await world.Phone.OpenAsync(await world.Phone.Client.ScanAsync(opened.Link(Base64Url.EncodeToString(task.Binding))));
        Assert.Equal(30, shown.Decryption!.Items.Count);
        Assert.IsType<PinOutcome.Done>(await world.Phone.Client.ConfirmAsync(shown, CertifiedPhone.Pin));
        await party.Client.WaitAsync(opened.SessionId);

        await world.RestartAsync(party);
        var parts = (await party.Client.GetAsync(opened.SessionId)).Result!.Decryption!;
        var points = Decryption.Combine(pcKey, opened.SessionId.ToString("D"), task, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance)!;
        for (var i = 0; i < contents.Count; i++)
        {
            var good = wrapped[i].TryOpen(points[i], out var plaintext);
            Assert.Equal((i, i != Damaged), (i, good));
            if (good)
            {
                Assert.Equal(contents[i], plaintext);
            }
        }

        // To another key the boxes say nothing.
        using var stranger = SecretScalar.Random(SystemRandom.Instance);
        Assert.Null(Decryption.Combine(stranger, opened.SessionId.ToString("D"), task, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance));
    }

    /// <summary>A ciphertext with the last octets of another.</summary>
    private static byte[] Exchange(byte[] one, byte[] other) => [.. one[..^8], .. other[^8..]];
}
