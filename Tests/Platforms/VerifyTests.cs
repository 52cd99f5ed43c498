using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Seals;
using Bzt.Tests.Storage;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;

using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Platforms;

/// <summary>签名验签: a platform has signatures, certificates and the seals of documents verified.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class VerifyTests(PlatformSystem world)
{
    [Fact]
    [Trait("Feature", "X20"), Trait("Surface", "api")]
    public async Task A_signature_a_certificate_and_the_seal_of_a_document_are_what_they_are()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        using var elsewhere = await RelyingParty.RegisterAsync(world.System, group: "another-province");
        using var phone = await CertifiedPhone.ActiveAsync(world.System);
        await phone.BindToAsync(party.Client);
        var login = await phone.LogInAtAsync(party.Client);
        Assert.True(Sm2Certificate.TryParse(login.SigningCertificate, out var certificate));

        // 1. A signature: with its bytes, with their digest, in DER.
        var signed = login.Signatures[0];
        var signature = new SignatureToVerify(login.SigningCertificate, signed.Signature) { Data = signed.ToBeSigned };
        Assert.True(Sm2Signature.TryParseRaw(signed.Signature, out var raw));
        var digest = Sm2Signature.Digest(certificate.PublicKey, signed.ToBeSigned);
        foreach (var form in new[] { signature, signature with { Data = null, Digest = digest }, signature with { Value = raw!.ToDer() } })
        {
            var good = await VerifyAsync(party, new VerifyRequest { Signature = form });
            Assert.Equal((true, SignatureVerdict.Good, PathVerdict.Good, RevocationVerdict.Good), (good.Valid, good.Signature, good.Path, good.Revocation?.Status));
            Assert.Equal((phone.Enterprise.Name, phone.Enterprise.CreditCode, login.SigningSerial), (good.Certificate!.Subject, good.Certificate.CreditCode, good.Certificate.Serial));
            Assert.True(good.Authority!.AcceptedHere);
        }

        // Another platform's group takes other CAs' certificates: the signature is as good, and not accepted there.
        var foreign = await VerifyAsync(elsewhere, new VerifyRequest { Signature = signature });
        Assert.Equal((true, false), (foreign.Valid, foreign.Authority!.AcceptedHere));

        // 2. Other bytes, another's certificate, no signature at all.
        byte[] other = [.. signed.ToBeSigned, 0];
        await IsAsync(party, SignatureVerdict.Bad, signature with { Data = other });
        await IsAsync(party, SignatureVerdict.Bad, signature with { Certificate = login.EncryptionCertificate });
        await IsAsync(party, SignatureVerdict.Unsupported, signature with { Value = [1, 2, 3] });
        await IsAsync(party, SignatureVerdict.Unsupported, signature with { Certificate = [0x30, 0] });

        // 3. Times: before it was issued, after it ends.
        foreach (var at in new[] { certificate.NotBefore.AddDays(-1), certificate.NotAfter.AddDays(1) })
        {
            var late = await VerifyAsync(party, new VerifyRequest { Signature = signature, At = at });
            Assert.Equal((false, SignatureVerdict.Good, PathVerdict.NotValidThen, null), (late.Valid, late.Signature, late.Path, late.Revocation));
        }

        // 4. Certificates: the holder's two are good, for what they are for; the root that mock phones have is nobody's.
        Assert.True((await VerifyAsync(party, new VerifyRequest { Certificate = login.SigningCertificate })).Valid);
        Assert.True((await VerifyAsync(party, new VerifyRequest { Certificate = login.EncryptionCertificate })).Valid);
        Assert.Equal(PathVerdict.Malformed, (await VerifyAsync(party, new VerifyRequest { Certificate = [1, 2] })).Path);

        // 5. A sealed document, of which only the seal and a digest come here.
        var (contents, sm3, _) = await SealAsync(party, phone);
        var seal = await VerifyAsync(party, new VerifyRequest { Seal = new SealToVerify([.. contents, 0, 0, 0], sm3) });
        Assert.Equal((true, SignatureVerdict.Good, "投标函.pdf"), (seal.Valid, seal.Signature, seal.DocumentName));
        Assert.NotNull(seal.ClaimedTime);
        var altered = await VerifyAsync(party, new VerifyRequest { Seal = new SealToVerify(contents, Sm3.Hash([1])) });
        Assert.Equal((false, SignatureVerdict.Altered, PathVerdict.Good), (altered.Valid, altered.Signature, altered.Path));
        var broken = await VerifyAsync(party, new VerifyRequest { Seal = new SealToVerify([1, 2, 3], sm3) });
        Assert.Equal((false, SignatureVerdict.Unsupported), (broken.Valid, broken.Signature));

        // Whatever is damaged is an answer: no octet of a certificate or a seal makes the reader fail.
        for (var i = 0; i < login.SigningCertificate.Length; i++)
        {
            var damaged = (byte[])[.. login.SigningCertificate];
            damaged[i] ^= 0xFF;
            _ = Sm2Certificate.TryParse(damaged, out _);
            _ = Sm2Certificate.TryParse(login.SigningCertificate.AsSpan(0, i), out _);
        }

        for (var i = 0; i < contents.Length; i += 7)
        {
            var damaged = (byte[])[.. contents];
            damaged[i] ^= 0xFF;
            _ = DetachedSealVerifier.Verify(damaged, sm3);
        }

        // A seal with more certificates than any path has is not read.
        var broad = await VerifyAsync(party, new VerifyRequest { Seal = new SealToVerify(WithCertificates(contents, 16), sm3) });
        Assert.Equal((false, SignatureVerdict.Unsupported), (broad.Valid, broad.Signature));

        // 6. What is no question is refused.
        foreach (var request in new[]
        {
            new VerifyRequest(), new VerifyRequest { Certificate = login.SigningCertificate, Signature = signature }, new VerifyRequest { Signature = signature with { Data = null } },
            new VerifyRequest { Signature = signature with { Digest = digest } }, new VerifyRequest { Signature = signature with { Data = null, Digest = [1] } }, new VerifyRequest { Seal = new SealToVerify(contents, [1]) },
        })
        {
            Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.VerifyAsync(request)));
        }

        // 7. Revoked, and the hour over for which the CA's word is kept; through a restart.
        Assert.IsType<CaRevocation.Ok>(await world.System.Grains.CaAdapter(new CaId((await phone.Client.GetCertificateAsync(phone.Certificate)).CaId)).Revoke(certificate.Serial, RevocationReason.KeyCompromise));
        world.System.Clock.Advance(TimeSpan.FromMinutes(61));
        await world.RestartAsync(party);
        var revoked = await VerifyAsync(party, new VerifyRequest { Signature = signature });
        Assert.Equal((false, SignatureVerdict.Good, RevocationVerdict.Revoked, 1), (revoked.Valid, revoked.Signature, revoked.Revocation!.Status, revoked.Revocation.Reason));
        Assert.NotNull(revoked.Revocation.RevokedAt);
    }

    /// <summary>The blocks of <c>docs/platforms/verify.md</c>, as they stand: of a login's signature, of a sealed PDF, and of one that was altered.</summary>
    [Fact]
    public async Task The_commands_of_verifying_work()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        using var folder = new TempFolder();
        using var shell = new Shell();
        var opened = await party.OpenLoginAsync();
        Assert.IsType<PinOutcome.Done>(await world.Phone.ConfirmAsync(opened));
        await party.Client.WaitAsync(opened.SessionId);
        var pdf = (await SealAsync(party, world.Phone)).Pdf;
        await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(folder.File("work")).FullName, "sealed.pdf"), pdf);
        await shell.RunAsync($"cd '{folder.File("work")}'; BZT={world.System.Address.GetLeftPart(UriPartial.Authority)} TOKEN={party.AccessToken}");
        await shell.RunAsync($"END=$(curl -sS \"$BZT/rp/v1/sessions/{opened.SessionId:D}\" -H \"Authorization: Bearer $TOKEN\")");

        var blocks = PlatformDocs.Blocks("verify.md").ToList();
        Assert.Equal(2, blocks.Count);
        foreach (var block in blocks)
        {
            var answer = await shell.RunAsync(block);
            Assert.Contains("\"valid\":true", answer, StringComparison.Ordinal);
            Assert.Contains(world.Phone.Enterprise.CreditCode, answer, StringComparison.Ordinal);
        }

        pdf[20] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(folder.File("work"), "sealed.pdf"), pdf);
        Assert.Contains("\"signature\":\"altered\"", await shell.RunAsync(blocks[1]), StringComparison.Ordinal);
    }

    private static byte[] WithCertificates(byte[] contents, int more)
    {
        var signed = SignedData.GetInstance(ContentInfo.GetInstance(Asn1Object.FromByteArray(contents)).Content);
        var certificates = new Asn1EncodableVector();
        foreach (var certificate in signed.Certificates.Concat(Enumerable.Range(0, more).Select(i => Asn1Object.FromByteArray(new Bzt.Tests.Documents.TestSigner($"无关 {i}").Certificate))))
        {
            certificates.Add(certificate);
        }

        return new ContentInfo(CmsObjectIdentifiers.SignedData, new SignedData(signed.DigestAlgorithms, signed.EncapContentInfo, new BerSet(certificates), null, signed.SignerInfos)).GetEncoded();
    }

    private static Task<VerifyResult> VerifyAsync(RelyingParty party, VerifyRequest request) => party.Client.VerifyAsync(request);

    private static async Task IsAsync(RelyingParty party, SignatureVerdict verdict, SignatureToVerify signature)
    {
        var result = await VerifyAsync(party, new VerifyRequest { Signature = signature });
        Assert.Equal((false, verdict), (result.Valid, result.Signature));
    }

    private async Task<(byte[] Contents, byte[] Digest, byte[] Pdf)> SealAsync(RelyingParty party, CertifiedPhone phone)
    {
        var signer = await party.Client.GetSignerAsync(phone.Enterprise.CreditCode);
        var time = world.System.Clock.GetUtcNow();
        var pdf = PdfSealer.Prepare(await TestPapers.Maker.AuthorisationLetterAsync(TestPapers.Letter()), [], new SignatureFieldInfo(time, phone.Enterprise.Name));
        var attributes = CmsSeal.SignedAttributes(pdf.Sm3Digest, signer.SigningCertificate, "投标函.pdf", time);
        var opened = await party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Seal) { Documents = [new DocumentRequest(SigningForms.CmsPdf, attributes)] });
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(opened));
        var result = (await party.Client.WaitAsync(opened.SessionId)).Result!;
        var contents = CmsSeal.Assemble(attributes, result.Signatures[0].Signature, signer.SigningCertificate, signer.Chain);
        return (contents, pdf.Sm3Digest, PdfSealer.Complete(pdf.Pdf, contents));
    }
}
