using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Documents.TimeStamps;
using Bzt.Protocol;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Seals;
using Bzt.Protocol.TimeStamps;
using Bzt.Tests.Peers;
using Org.BouncyCastle.Asn1;

namespace Bzt.Tests.Documents;

/// <summary>Every form of seal, stamped, stacked on one document by several enterprises; read by others' programs; and what must not pass.</summary>
public sealed partial class SealFormTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 9, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Stamped = At.AddSeconds(5);
    private static readonly TestSigner[] Signers = [.. Enumerable.Range(1, 4).Select(n => new TestSigner($"宜昌测试{n}有限公司"))];
    private static readonly TestSigner Maker = new("测试制章中心"), Authority = new("测试时间戳中心", stampsTimes: true);
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

    public static TheoryData<SealSubFilter> Forms => [.. Enum.GetValues<SealSubFilter>()];

    [Fact]
    public async Task Four_enterprises_seal_one_document_in_four_forms_and_others_programs_agree()
    {
        using var folder = new TemporaryFolder();
        var file = await ForeignPdfs.Make("qpdf-object-streams", folder);
        var before = await QPdf.Check(file);
        foreach (var form in Enum.GetValues<SealSubFilter>())
        {
            file = await SealAsync(folder, file, Signers[(int)form], form, stamp: true);
        }

        var outside = await JavaForms.VerifyAsync(file);
        Assert.All(outside, seal => Assert.Equal((true, (DateTimeOffset?)Stamped, ""), (seal.Good, seal.StampedAt, seal.Error)));
        Assert.Equal(
            [("Adobe.PPKLite", "adbe.pkcs7.detached"), ("Adobe.PPKLite", "ETSI.CAdES.detached"), ("DJ.GMPkiLite", "GM.sm2cms.detached"), ("Gomain.GMPkiLite", "GM.sm2seal")],
            outside.Select(seal => (seal.Filter, seal.SubFilter)));
        Assert.Equal("宜昌测试4有限公司公章", outside[3].SealName);
        Assert.True((await QPdf.Check(file)).ExitCode <= before.ExitCode);

        var reports = Verify(await File.ReadAllBytesAsync(file));
        Assert.All(reports, report => Assert.True(report.IsValid && report.TimeStamp is { IsTrusted: true } stamp && stamp.Time == Stamped, report.ToString()));
        Assert.Equal(Signers.Select(signer => signer.Name), reports.Select(report => report.Signer));
        Assert.Equal([SealCoverage.LaterSeals, SealCoverage.LaterSeals, SealCoverage.LaterSeals, SealCoverage.WholeDocument], reports.Select(report => report.Coverage));
        Assert.Equal(("测试制章中心", true), (reports[3].Seal!.Maker, reports[3].Seal!.IsTrusted));
        // GB/T 35275 as the field writes it says no name; the others say the one the signer was shown.
        Assert.Equal(["投标函.pdf", "投标函.pdf", null, "投标函.pdf"], reports.Select(report => report.DocumentName));
        Assert.Equal(4, reports.Select(report => Convert.ToHexString(report.SealId)).Distinct().Count());

        // Without the maker's root the seal is not the enterprise's; without the authority's the time is only said.
        var bytes = await File.ReadAllBytesAsync(file);
        var noMaker = Verify(bytes, [.. Signers.Select(signer => signer.Root), Authority.Root]);
        Assert.Equal([true, true, true, false], noMaker.Select(report => report.IsValid));
        var noAuthority = Verify(bytes, [.. Signers.Select(signer => signer.Root), Maker.Root]);
        Assert.All(noAuthority, report => Assert.Equal((true, true, false), (report.IsValid, report.TimeStamp!.Good, report.TimeStamp.IsTrusted)));

        // A byte of a page is another document to all four.
        var altered = (byte[])[.. bytes];
        altered[altered.AsSpan().IndexOf("stream"u8) + 40] ^= 1;
        Assert.All(Verify(altered), report => Assert.Equal(SealState.Altered, report.State));
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task OpenSsl_and_sm_crypto_verify_what_is_signed(SealSubFilter form)
    {
        using var folder = new TemporaryFolder();
        var signer = Signers[(int)form];
        var (file, signed, signature) = await SealWithAsync(folder, await ForeignPdfs.Make("groff", folder), signer, form, stamp: false);

        // Default signer id. In a CMS the attributes are signed, in GB/T 35275's the digest, in an electronic seal toSign.
        Assert.True(await OpenSsl.VerifySignature(signer.Certificate, signed, TestSigner.ToDer(signature)));
        Assert.True(await SmCrypto.VerifySignature(signer.PublicKey.Q.GetEncoded(), signed, signature, der: false));
        var contents = Assert.Single(Verify(await File.ReadAllBytesAsync(file))).Contents;
        var structure = (await OpenSsl.Run("asn1parse", "-inform", "DER", "-in", folder.Write("contents.der", contents))).OrFail().Output;
        Assert.Contains(form is SealSubFilter.Sm2Cms ? "1.2.156.10197.6.1.4.2.2" : form is SealSubFilter.Sm2Seal ? "IA5STRING" : "pkcs7-signedData", structure, StringComparison.Ordinal);
        Assert.DoesNotContain("Error", structure, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_does_not_belong_together_is_no_seal()
    {
        var (owner, other) = (Signers[0], Signers[1]);
        var digest = Sm3.Hash([1]);
        var form = SesSeal.Form(Electronic(owner), digest, "投标函.pdf", At);

        // Another enterprise's seal, a seal its maker did not sign, a signature of something else.
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() => SesSeal.Assemble(form.Content, other.Sign(form.Content), other.Certificate));
        var forged = Electronic(owner, signWith: other);
        var forgedForm = SesSeal.Form(forged, digest, "投标函.pdf", At);
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() => SesSeal.Assemble(forgedForm.Content, owner.Sign(forgedForm.Content), owner.Certificate));
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() => SesSeal.Assemble(form.Content, owner.Sign(digest), owner.Certificate));
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() => GmCmsSeal.Assemble(digest, owner.Sign(Sm3.Hash([2])), owner.Certificate, []));

        // The same, as somebody else's program might put it together.
        Assert.Equal(SealState.BadSignature, DetachedSealVerifier.Verify(Ses(form, other), digest).State);
        Assert.Equal(SealState.BadSignature, DetachedSealVerifier.Verify(Ses(forgedForm, owner), digest).State);
        var good = DetachedSealVerifier.Verify(Ses(form, owner), digest, [Maker.Root]);
        Assert.Equal((SealState.Intact, true), (good.State, good.Seal!.IsTrusted));
        Assert.Equal(SealState.Altered, DetachedSealVerifier.Verify(Ses(form, owner), Sm3.Hash([3])).State);

        // Used after its end.
        var late = SesSeal.Form(Electronic(owner), digest, "投标函.pdf", At.AddYears(5));
        Assert.False(DetachedSealVerifier.Verify(Ses(late, owner), digest, [Maker.Root]).Seal!.IsTrusted);
        // A maker that issues certificates.
        Assert.False(DetachedSealVerifier.Verify(Ses(SesSeal.Form(Electronic(owner, makerCertificate: Maker.Root, signWith: null), digest, "a", At), owner), digest, [Maker.Root]).Seal is { IsTrusted: true });
    }

    [Fact]
    public void Other_makers_spellings_of_GB_T_35275_are_read()
    {
        var signer = Signers[0];
        var digest = Sm3.Hash([1]);
        var signature = signer.Sign(digest);
        var ours = GmCmsSeal.Assemble(digest, signature, signer.Certificate, [signer.Root]);

        // r‖s instead of DER.
        var der = Sm2Der(signature);
        var raw = Replaced(ours, new DerOctetString(der), new DerOctetString(signature));
        Assert.Equal(SealState.Intact, DetachedSealVerifier.Verify(raw, digest).State);
        // Spelt otherwise it is the same seal: a withdrawn one does not come back.
        Assert.Equal(DetachedSealVerifier.Verify(ours, digest).SealId, DetachedSealVerifier.Verify(raw, digest).SealId);
        // The object identifiers of RFC 5652, and zeros after it.
        var standard = Replaced(ours, new DerObjectIdentifier("1.2.156.10197.6.1.4.2.2"), new DerObjectIdentifier("1.2.840.113549.1.7.2"));
        Assert.Equal(SealState.Intact, DetachedSealVerifier.Verify([.. standard, 0, 0, 0], digest).State);
        Assert.Equal(SealState.Unsupported, DetachedSealVerifier.Verify([.. standard, 0, 7], digest).State);
        Assert.Equal(SealState.Altered, DetachedSealVerifier.Verify(ours, Sm3.Hash([2])).State);
    }

    private static async Task<string> SealAsync(TemporaryFolder folder, string input, TestSigner signer, SealSubFilter form, bool stamp) =>
        (await SealWithAsync(folder, input, signer, form, stamp)).File;

    private static async Task<(string File, byte[] Signed, byte[] Signature)> SealWithAsync(TemporaryFolder folder, string input, TestSigner signer, SealSubFilter form, bool stamp)
    {
        var output = folder[$"{form}.pdf"];
        var prepared = await PdfSealer.PrepareAsync(
            input, output, [new SealAppearance(1, 20 + (30 * (int)form), 60, 25, TestPictures.Small)], new SignatureFieldInfo(At, signer.Name, SubFilter: form, ReservedBytes: 20 * 1024));
        byte[] signed = form switch
        {
            SealSubFilter.Sm2Cms => prepared.Digest,
            SealSubFilter.Sm2Seal => SesSeal.Form(Electronic(signer), prepared.Digest, "投标函.pdf", At).Content,
            _ => CmsSeal.SignedAttributes(prepared.Digest, signer.Certificate, "投标函.pdf", At),
        };
        var signature = signer.Sign(signed);
        var token = stamp ? Token(signature, Authority) : null;
        await PdfSealer.CompleteAsync(prepared, form switch
        {
            SealSubFilter.Sm2Cms => GmCmsSeal.Assemble(prepared.Digest, signature, signer.Certificate, [signer.Root], token),
            SealSubFilter.Sm2Seal => SesSeal.Assemble(signed, signature, signer.Certificate, token),
            _ => CmsSeal.Assemble(signed, signature, signer.Certificate, [signer.Root], token),
        });
        return (output, signed, signature);
    }

    private static byte[] Electronic(TestSigner owner, byte[]? makerCertificate = null, TestSigner? signWith = null)
    {
        var info = new ElectronicSealInfo(
            "TEST", "SEAL-1", ElectronicSealType.Organisation, owner.Name + "公章", [owner.Certificate], At.AddDays(-10), At.AddDays(-10), At.AddYears(1), "PNG", Png, 42, 42).Encode();
        return ElectronicSeal.Assemble(info, makerCertificate ?? Maker.Certificate, Parsed((signWith ?? Maker).Sign(info)));
    }

    /// <summary>Without the checks of <see cref="SesSeal.Assemble"/>.</summary>
    private static byte[] Ses(SesForm form, TestSigner signer) => new DerSequence(
        Asn1Object.FromByteArray(form.Content), new DerOctetString(signer.Certificate), new DerObjectIdentifier("1.2.156.10197.1.501"),
        new DerBitString(TestSigner.ToDer(signer.Sign(form.Content)))).GetDerEncoded();

    private static byte[] Token(byte[] signature, TestSigner authority)
    {
        var query = TimeStampQuery.Over(Sm2Der(signature), SystemRandom.Instance);
        return TimeStampToken.Create(
            new TimeStampInfo("1.2.3.4", query.Digest, 7, Stamped, query.Nonce), authority.Certificate, [authority.Certificate, authority.Root], message => Parsed(authority.Sign(message)));
    }

    private static Sm2Signature Parsed(byte[] signature) => Sm2Signature.TryParseRaw(signature, out var parsed) ? parsed! : throw new InvalidOperationException("A signer signs.");

    private static byte[] Sm2Der(byte[] signature) => Parsed(signature).ToDer();

    /// <summary>The same structure with one element exchanged.</summary>
    private static byte[] Replaced(byte[] der, Asn1Object old, Asn1Object fresh)
    {
        return Walk(Asn1Object.FromByteArray(der)).GetEncoded();

        Asn1Object Walk(Asn1Object value) => value switch
        {
            _ when value.Equals(old) => fresh,
            Asn1Sequence sequence => new DerSequence(sequence.Select(item => Walk(item.ToAsn1Object())).ToArray<Asn1Encodable>()),
            Asn1Set set => new DerSet(set.Select(item => Walk(item.ToAsn1Object())).ToArray<Asn1Encodable>()),
            Asn1TaggedObject { TagNo: var tag } tagged when tagged.IsExplicit() => new DerTaggedObject(true, tag, Walk(tagged.GetExplicitBaseObject().ToAsn1Object())),
            _ => value,
        };
    }

    private static IReadOnlyList<PdfSealReport> Verify(byte[] pdf, params byte[][] roots) =>
        PdfSealVerifier.Verify(new MemoryStream(pdf), roots.Length > 0 ? roots : [.. Signers.Select(signer => signer.Root), Maker.Root, Authority.Root]);
}
