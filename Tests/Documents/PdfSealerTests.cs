using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Tests.Peers;
using Xunit;

namespace Bzt.Tests.Documents;

/// <summary>Seals put on other programs' PDFs and judged by other programs.</summary>
public sealed class PdfSealerTests
{
    private static readonly TestSigner Signer = new("宜昌测试建设有限公司"), Second = new("荆州测试监理有限公司");

    public static TheoryData<string> Producers => [.. ForeignPdfs.Names];

    [Theory, MemberData(nameof(Producers))]
    [Trait("Feature", "M067")]
    public async Task Two_seals_on_a_foreign_pdf_verify_in_PdfBox_and_qpdf_finds_nothing_new(string producer)
    {
        using var folder = new TemporaryFolder();
        var original = await ForeignPdfs.Make(producer, folder);
        var before = await QPdf.Check(original);

        var once = await Seal(original, folder["once.pdf"], Signer, new SealAppearance(1, 100, 60, 42, TestPictures.Round));
        var twice = await Seal(once, folder["twice.pdf"], Second, new SealAppearance(-1, 30, 60, 20, TestPictures.Round));

        var report = await PdfBox.Verify(twice, Signer.Root, Second.Root);
        Assert.Equal(2, report.Seals.Count);
        Assert.All(report.Seals, seal => Assert.True(seal.Good && seal.Chain == true, seal.ToString()));
        Assert.Equal(["宜昌测试建设有限公司", "荆州测试监理有限公司"], report.Seals.Select(s => s.SignerName));
        Assert.Equal([false, true], report.Seals.Select(s => s.CoversWholeFile));
        Assert.Equal((await PdfBox.Verify(original)).Pages, report.Pages);

        var after = await QPdf.Check(twice);
        Assert.True(after.ExitCode <= before.ExitCode, after.Output + after.Error);
        // The document the first enterprise sealed is still there, byte for byte.
        Assert.True(File.ReadAllBytes(twice).AsSpan().StartsWith(File.ReadAllBytes(once)));
        Assert.True(File.ReadAllBytes(once).AsSpan().StartsWith(File.ReadAllBytes(original)));
    }

    internal static async Task<string> Seal(string input, string output, TestSigner signer, params SealAppearance[] seals)
    {
        var time = new DateTimeOffset(2026, 11, 25, 17, 30, 0, TimeSpan.FromHours(8));
        var name = signer.Name;
        var prepared = await PdfSealer.PrepareAsync(input, output, seals, new SignatureFieldInfo(time, name, "投标"));
        var attributes = CmsSeal.SignedAttributes(prepared.Digest, signer.Certificate, Path.GetFileName(input), time);
        await PdfSealer.CompleteAsync(prepared, CmsSeal.Assemble(attributes, signer.Sign(attributes), signer.Certificate, [signer.Root]));
        return output;
    }
}
