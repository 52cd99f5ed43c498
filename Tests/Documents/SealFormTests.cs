using System.Numerics;
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
using Xunit;

namespace Bzt.Tests.Documents;

/// <summary>Every form of seal, stamped, stacked on one document by several enterprises; read by others' programs; and what must not pass.</summary>
public sealed class SealFormTests
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
    public void A_time_stamp_is_of_one_signature_and_of_an_authority_for_that()
    {
        var signer = Signers[0];
        var digest = Sm3.Hash([1]);
        var (signature, another) = (signer.Sign(digest), signer.Sign(digest));
        TimeStamp Of(byte[] token) =>
            DetachedSealVerifier.Verify(GmCmsSeal.Assemble(digest, signature, signer.Certificate, [signer.Root], token), digest, [Authority.Root, signer.Root]).TimeStamp!;

        Assert.True(Of(Token(signature, Authority)) is { IsTrusted: true } good && good.Time == Stamped && good.Authority == "测试时间戳中心");
        Assert.Equal("it is over something else", Of(Token(another, Authority)).Detail);
        Assert.Equal("the certificate is not for time stamping", Of(Token(signature, signer)).Detail);
        Assert.False(Of(Token(signature, new TestSigner("陌生时间戳", stampsTimes: true))).IsTrusted);
        // And such a certificate seals nothing.
        Assert.False(SignerPath.Build(Authority.Certificate, [], [Authority.Root], At).IsTrusted);
        Assert.False(Of([0x30, 0x00]).Good);
        var token = Token(signature, Authority);
        for (var i = 0; i < token.Length; i++)
        {
            var broken = (byte[])[.. token];
            broken[i] ^= 0x41;
            var judged = TimeStamp.Judge(broken, Sm2Der(signature), [Authority.Root]);
            Assert.True(!judged.IsTrusted || judged.Time == Stamped, $"octet {i}");
        }
    }

    [Fact]
    public void Queries_are_read_strictly_and_refused_with_their_reason()
    {
        var query = TimeStampQuery.Over([1, 2, 3], SystemRandom.Instance);
        var encoded = query.Encode();
        var read = TimeStampQuery.TryParse(encoded, out _)!;
        Assert.Equal((query.Nonce, true, Convert.ToHexString(Sm3.Hash([1, 2, 3]))), (read.Nonce, read.WantsCertificates, Convert.ToHexString(read.Digest)));
        Assert.Equal("1.2.3", TimeStampQuery.TryParse((query with { Policy = "1.2.3", Nonce = null }).Encode(), out _)!.Policy);

        Refused(TimeStampFailure.BadRequest, [1, 2]);
        Refused(TimeStampFailure.BadRequest, [.. encoded, 0]);
        Refused(TimeStampFailure.BadRequest, (query with { Nonce = BigInteger.Pow(2, 400) }).Encode());
        Refused(TimeStampFailure.BadDataFormat, (query with { Digest = [1] }).Encode());
        var sha256 = (byte[])[.. encoded];
        sha256[sha256.AsSpan().IndexOf(new DerObjectIdentifier("1.2.156.10197.1.401").GetEncoded()) + 9] ^= 1;
        Refused(TimeStampFailure.BadAlgorithm, sha256);
        Assert.Null(TimeStampReply.TryReadToken(TimeStampReply.Rejected(TimeStampFailure.UnacceptedExtension)));
        Assert.Null(TimeStampReply.TryReadToken([1, 2, 3]));

        static void Refused(TimeStampFailure why, byte[] request)
        {
            Assert.Null(TimeStampQuery.TryParse(request, out var said));
            Assert.Equal(why, said);
        }
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

    [Fact]
    public async Task A_seal_across_the_pages_is_one_signature_with_a_strip_on_each()
    {
        using var folder = new TemporaryFolder();
        var file = await ForeignPdfs.Make("reportlab", folder);
        int pages;
        using (var pdf = File.OpenRead(file))
        {
            pages = PdfSealer.CountPages(pdf);
        }

        var strips = SealAppearance.AcrossPages(pages, 100, 42, TestPictures.Round);
        Assert.Equal(pages, strips.Count);
        Assert.Equal(42, strips.Sum(strip => strip.WidthMm), 0.001);
        Assert.Equal(TestPictures.Round.Width, strips.Sum(strip => strip.Picture.Width));
        Assert.Equal([.. Enumerable.Range(1, pages)], strips.Select(strip => strip.Page));
        // A long document takes several whole seals.
        var many = SealAppearance.AcrossPages(61, 100, 42, TestPictures.Round);
        Assert.Equal((61, 3 * 42.0), (many.Count, Math.Round(many.Sum(strip => strip.WidthMm), 6)));
        Assert.Throws<ArgumentOutOfRangeException>(() => SealAppearance.AcrossPages(1, 100, 42, TestPictures.Round));

        var output = await PdfSealerTests.Seal(file, folder["across.pdf"], Signers[0], [.. strips]);
        Assert.True(Assert.Single(Verify(await File.ReadAllBytesAsync(output))).IsValid);
        Assert.True(Assert.Single((await PdfBox.Verify(output, Signers[0].Root)).Seals) is { Good: true, CoversWholeFile: true });
        Assert.True((await QPdf.Check(output)).ExitCode <= (await QPdf.Check(file)).ExitCode);
        // Upright and landscape pages alike: each strip ends where its page ends.
        using var sealed_ = File.OpenRead(output);
        var document = PdfDocument.Open(sealed_);
        foreach (var page in document.Pages())
        {
            var widget = (PdfDictionary)document.Resolve(((PdfArray)document.Resolve(page.Dictionary["Annots"])).Items[^1]);
            Assert.Equal(page.Right, ((PdfNumber)((PdfArray)widget["Rect"]).Items[2]).Value, 0.01);
        }
    }

    [Fact]
    public async Task A_withdrawal_in_the_document_is_of_one_seal_and_of_its_owner()
    {
        using var folder = new TemporaryFolder();
        var file = await ForeignPdfs.Make("reportlab", folder);
        foreach (var form in Enum.GetValues<SealSubFilter>())
        {
            file = await SealAsync(folder, file, Signers[(int)form], form, stamp: false);
        }

        var ids = Verify(await File.ReadAllBytesAsync(file)).Select(report => report.SealId).ToArray();
        // A stranger's, one with another seal's number, one whose words were changed after it was signed: nothing happens.
        var altered = Statement(Signers[2], ids[2], "报价有误");
        altered.Instruction[^30] ^= 1;
        foreach (var statement in (SealWithdrawalStatement[])[Statement(Signers[0], ids[2], "报价有误"), Statement(Signers[2], Sm3.Hash([1]), "报价有误"), altered])
        {
            await PdfWithdrawals.AppendAsync(file, folder["ignored.pdf"], statement);
            var ignored = Verify(await File.ReadAllBytesAsync(folder["ignored.pdf"]));
            Assert.All(ignored, report => Assert.True(report is { IsValid: true, Withdrawn: null, Coverage: SealCoverage.LaterSeals }, report.ToString()));
        }

        await PdfWithdrawals.AppendAsync(file, folder["one.pdf"], Statement(Signers[2], ids[2], "报价有误"));
        await PdfWithdrawals.AppendAsync(folder["one.pdf"], folder["one.pdf"], Statement(Signers[0], ids[0], "盖错页"));
        var reports = Verify(await File.ReadAllBytesAsync(folder["one.pdf"]));
        Assert.Equal(["盖错页", null, "报价有误", null], reports.Select(report => report.Withdrawn));
        Assert.Equal([false, true, false, true], reports.Select(report => report.IsValid));
        Assert.All(await JavaForms.VerifyAsync(folder["one.pdf"]), seal => Assert.True(seal.Good, seal.ToString()));
        Assert.True((await QPdf.Check(folder["one.pdf"])).ExitCode <= (await QPdf.Check(file)).ExitCode);
        Assert.Empty(Directory.GetFiles(folder.FullName, "*.withdrawing"));
    }

    [Fact]
    public async Task Damaged_seals_of_every_form_are_an_answer()
    {
        using var folder = new TemporaryFolder();
        var file = await ForeignPdfs.Make("groff", folder);
        foreach (var form in Enum.GetValues<SealSubFilter>())
        {
            file = await SealAsync(folder, file, Signers[(int)form], form, stamp: true);
        }

        foreach (var report in Verify(await File.ReadAllBytesAsync(file)))
        {
            for (var i = 0; i < report.Contents.Length; i += 13)
            {
                var flipped = (byte[])[.. report.Contents];
                flipped[i] ^= 0x55;
                var judged = DetachedSealVerifier.Verify(flipped, report.Digest, [Maker.Root, Authority.Root]);
                // What is not signed (a chain, the stamp) may change; the seal is then still this one, or none.
                Assert.True(judged.State != SealState.Intact || judged.SealId.AsSpan().SequenceEqual(report.SealId), $"{report.SubFilter} octet {i}");
                _ = DetachedSealVerifier.Verify(flipped[..i], report.Digest);
            }
        }

        // The same inside the file, and pieces of it: a report or a refusal.
        var bytes = await File.ReadAllBytesAsync(file);
        var random = new Random(20261126);
        for (var i = 0; i < 60; i++)
        {
            var mutated = i % 4 == 0 ? bytes[..random.Next(bytes.Length)] : (byte[])[.. bytes];
            for (var n = 0; n < 6 && mutated.Length > 0; n++) mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                _ = Verify(mutated);
            }
            catch (PdfRefusedException)
            {
                // The only exception that may come out.
            }
        }
    }

    [Fact]
    public async Task A_document_of_a_hundred_megabytes_is_sealed_and_verified_in_constant_memory()
    {
        const int Size = 100 * 1024 * 1024;
        using var folder = new TemporaryFolder();
        await WriteLargeAsync(folder["large.pdf"], Size);
        var signer = Signers[2];
        var file = await SealAsync(folder, folder["large.pdf"], signer, SealSubFilter.Sm2Cms, stamp: true);
        Assert.True(new FileInfo(file).Length > Size);

        // The tool with a heap of 32 MB, a third of the document: it would die of it.
        var tool = await PeerProcess.Run("env", [
            "DOTNET_GCHeapHardLimit=0x2000000", "dotnet", typeof(BidTool.Commands.Failure).Assembly.Location, "verify", file, "--json", "--offline",
            "--root", folder.Write("root.cer", signer.Root), "--root", folder.Write("tsa.cer", Authority.Root)]);
        Assert.True(tool.Succeeded, tool.Output + tool.Error);
        Assert.Contains("\"valid\":true", tool.Output, StringComparison.Ordinal);
        Assert.Contains("\"trusted\":true", tool.Output, StringComparison.Ordinal);
    }

    /// <summary>One page whose content is that many spaces.</summary>
    private static async Task WriteLargeAsync(string path, int size)
    {
        await using var output = new FileStream(path, FileMode.CreateNew);
        var offsets = new List<long>();
        await Text("%PDF-1.4\n");
        await Object("<</Type/Catalog/Pages 2 0 R>>");
        await Object("<</Type/Pages/Kids[3 0 R]/Count 1>>");
        await Object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>");
        offsets.Add(output.Position);
        await Text($"4 0 obj\n<</Length {size}>>\nstream\n");
        var spaces = Enumerable.Repeat((byte)' ', 1024 * 1024).ToArray();
        for (var written = 0; written < size; written += spaces.Length)
        {
            await output.WriteAsync(spaces);
        }

        await Text("\nendstream\nendobj\n");
        var xref = output.Position;
        await Text("xref\n0 5\n0000000000 65535 f \n" + string.Concat(offsets.Select(offset => $"{offset:D10} 00000 n \n")) + $"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n");

        async Task Object(string value)
        {
            offsets.Add(output.Position);
            await Text($"{offsets.Count} 0 obj\n{value}\nendobj\n");
        }

        async Task Text(string text) => await output.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text));
    }

    private static SealWithdrawalStatement Statement(TestSigner signer, byte[] sealId, string reason)
    {
        var form = new InstructionForm("withdraw-seal", "撤销签章", [new("文件", "投标函.pdf"), new("撤销原因", reason), new("签章编号", Convert.ToHexString(sealId))], Guid.NewGuid(), At);
        return new SealWithdrawalStatement(form.Content, signer.Sign(form.Content), signer.Certificate);
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
