using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Seals;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Documents;

// The document around a seal: pages it crosses, a withdrawal in it, damage, and size.
public sealed partial class SealFormTests
{
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
}
