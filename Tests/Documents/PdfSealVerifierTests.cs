using System.Text;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Protocol.Certificates;
using Bzt.Tests.Peers;
using Xunit;
using static Bzt.Tests.Documents.SealedPdf;

namespace Bzt.Tests.Documents;

/// <summary>The verifier tells apart: intact, altered, sealed again, and whose seal it is; where another program can judge, both agree.</summary>
public sealed class PdfSealVerifierTests
{
    [Fact]
    public async Task Two_seals_are_told_apart_from_a_change()
    {
        using var folder = new TemporaryFolder();
        var twice = await Twice(folder, "reportlab");

        var reports = Verify(await File.ReadAllBytesAsync(twice));

        Assert.Equal(2, reports.Count);
        Assert.All(reports, r => Assert.True(r.IsValid, r.ToString()));
        Assert.Equal([SealCoverage.LaterSeals, SealCoverage.WholeDocument], reports.Select(r => r.Coverage));
        Assert.Equal(["Seal2"], reports[0].LaterSeals);
        Assert.Contains("宜昌测试建设有限公司", reports[0].Signer);
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 9, 30, 0, TimeSpan.Zero), reports[0].SignedAt);
        Assert.Equal("reportlab.pdf", reports[0].DocumentName);
        Assert.Equal("投标", reports[0].Reason);
    }

    [Fact]
    public async Task A_flipped_byte_is_noticed_by_us_and_by_PdfBox()
    {
        using var folder = new TemporaryFolder();
        var bytes = await File.ReadAllBytesAsync(await Twice(folder, "cairo"));
        // Inside the page's compressed content: every reader still opens the document.
        var place = bytes.AsSpan().IndexOf("stream"u8) + 40;
        bytes[place] ^= 1;

        Assert.All(Verify(bytes), r => Assert.Equal(SealState.Altered, r.State));
        var peer = await PdfBox.Verify(folder.Write("flipped.pdf", bytes));
        Assert.Equal([false, false], peer.Seals.Select(s => s.Good));
    }

    [Fact]
    public async Task A_flip_anywhere_never_leaves_a_valid_seal_over_other_bytes()
    {
        using var folder = new TemporaryFolder();
        var once = await PdfSealerTests.Seal(await ForeignPdfs.Make("groff", folder), folder["once.pdf"], Signer, new SealAppearance(1, 20, 20, 20, TestPictures.Small));
        var bytes = await File.ReadAllBytesAsync(once);
        var random = new Random(20261125);
        var contents = Encoding.Latin1.GetString(bytes).LastIndexOf("/Contents <", StringComparison.Ordinal) + 10;
        var contentsEnd = Encoding.Latin1.GetString(bytes).LastIndexOf(">>\nendobj", contents + 32 * 1024 + 20, StringComparison.Ordinal);
        for (var i = 0; i < 400; i++)
        {
            var place = random.Next(bytes.Length);
            if (place >= contents && place < contentsEnd) continue;
            var bit = (byte)(1 << random.Next(8));
            bytes[place] ^= bit;
            try
            {
                Assert.DoesNotContain(Verify(bytes), r => r.IsValid);
            }
            catch (PdfRefusedException)
            {
                // The document itself became unreadable: refused as clearly.
            }
            bytes[place] ^= bit;
        }
        Assert.True(Assert.Single(Verify(bytes)).IsValid);

        // The last place of the room that is not signed for.
        bytes[contentsEnd - 2] = (byte)'7';
        Assert.Equal((SealState.Unsupported, "something follows the seal"), (Verify(bytes)[0].State, Verify(bytes)[0].Detail));
    }

    [Fact]
    public async Task A_gap_wider_than_the_signature_is_malformed()
    {
        using var folder = new TemporaryFolder();
        var once = await PdfSealerTests.Seal(await ForeignPdfs.Make("groff", folder), folder["once.pdf"], Signer);
        var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(once));
        var at = text.LastIndexOf("/ByteRange [", StringComparison.Ordinal);
        var end = text.IndexOf(']', at);
        var range = text[(at + 12)..end].Split(' ').Select(long.Parse).ToArray();
        var wider = $"/ByteRange [0 {range[1]} {range[2] + 2} {range[3] - 2}]".PadRight(end + 1 - at);
        var bytes = Encoding.Latin1.GetBytes(text.Remove(at, wider.Length).Insert(at, wider));

        Assert.Equal(SealState.Malformed, Assert.Single(Verify(bytes)).State);
    }

    [Fact]
    public async Task Trust_validity_and_usage_are_told_apart()
    {
        using var folder = new TemporaryFolder();
        var input = await ForeignPdfs.Make("groff", folder);
        async Task<PdfSealReport> Report(TestSigner signer, params byte[][] roots) =>
            Assert.Single(Verify(await File.ReadAllBytesAsync(await PdfSealerTests.Seal(input, folder["sealed.pdf"], signer)), roots));

        Assert.Equal(PathFault.UntrustedRoot, (await Report(Signer, Second.Root)).Path.Fault);
        var expired = new TestSigner("过期", DateTime.UtcNow.AddYears(-9), new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(PathFault.NotValidNow, (await Report(expired, expired.Root)).Path.Fault);
        var encryption = new TestSigner("加密", usage: Org.BouncyCastle.Asn1.X509.KeyUsage.KeyEncipherment);
        Assert.Equal((PathFault.None, false), (await Report(encryption, encryption.Root)) is var wrong ? (wrong.Path.Fault, wrong.Path.MaySign || wrong.IsValid) : default);
        // A root of the same name is not the root.
        var impostor = new TestSigner("宜昌测试建设有限公司");
        Assert.Equal(PathFault.UntrustedRoot, (await Report(Signer, impostor.Root)).Path.Fault);
        Assert.Equal(PathFault.UntrustedRoot, SignerPath.Build(Signer.Certificate, [], [impostor.Root], DateTimeOffset.UtcNow).Fault);
        Assert.True((await Report(Signer, Signer.Root)).IsValid);
    }

    [Fact]
    public async Task One_signature_may_show_seals_on_several_pages()
    {
        using var folder = new TemporaryFolder();
        var once = await PdfSealerTests.Seal(await ForeignPdfs.Make("reportlab", folder), folder["once.pdf"], Signer,
            new SealAppearance(1, 20, 20, 20, TestPictures.Small), new SealAppearance(2, 30, 30, 20, TestPictures.Small), new SealAppearance(-1, 20, 20, 20, TestPictures.Small));

        Assert.True(Assert.Single(Verify(await File.ReadAllBytesAsync(once))).IsValid);
        Assert.True(Assert.Single((await PdfBox.Verify(once, Signer.Root)).Seals) is { Good: true, Chain: true, CoversWholeFile: true });
        Assert.True((await QPdf.Check(once)).Succeeded);
    }
}
