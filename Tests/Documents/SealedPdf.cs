using Bzt.Documents.Pdf;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Documents;

/// <summary>Documents with seals of two signers, who are both trusted, and what the verifier says of them.</summary>
internal static class SealedPdf
{
    public static readonly TestSigner Signer = new("宜昌测试建设有限公司"), Second = new("荆州测试监理有限公司");

    /// <summary>Sealed by one, then by the other: <c>Seal1</c> and <c>Seal2</c>.</summary>
    public static async Task<string> Twice(TemporaryFolder folder, string producer)
    {
        var once = await PdfSealerTests.Seal(await ForeignPdfs.Make(producer, folder), folder["once.pdf"], Signer, new SealAppearance(1, 20, 20, 20, TestPictures.Small));
        return await PdfSealerTests.Seal(once, folder["twice.pdf"], Second, new SealAppearance(1, 60, 20, 20, TestPictures.Small));
    }

    /// <param name="roots">Both signers' when none is given.</param>
    public static IReadOnlyList<PdfSealReport> Verify(byte[] pdf, params byte[][] roots) =>
        PdfSealVerifier.Verify(new MemoryStream(pdf), roots.Length > 0 ? roots : [Signer.Root, Second.Root]);

    public static byte[] Update(string path, Action<PdfDocument, PdfWriter> change) => PdfUpdates.Append(File.ReadAllBytes(path), change);
}
