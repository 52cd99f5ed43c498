using System.Security.Cryptography;

namespace Bzt.Tests.Peers;

/// <summary>One signature as PDFBox with BouncyCastle-Java sees it. <see cref="Chain"/> is null when no root was given.</summary>
public sealed record PdfBoxSeal(string SubFilter, string SignerName, bool CoversWholeFile, bool Good, bool? Chain, string Subject, string Error);

/// <summary>What PDFBox read.</summary>
public sealed record PdfBoxReport(int Pages, IReadOnlyList<PdfBoxSeal> Seals);

/// <summary>PDFBox 2 and BouncyCastle-Java from Debian's packages; the small program between them is compiled once a run.</summary>
public static class PdfBox
{
    private static readonly JavaProgram Program = new("VerifySeals", "pdfbox2.jar", "fontbox2.jar", "commons-logging.jar", "bcprov.jar", "bcpkix.jar", "bcutil.jar");

    public static async Task<PdfBoxReport> Verify(string file, params byte[][] roots)
    {
        using var folder = new TemporaryFolder();
        var pems = roots.Select((root, i) => folder.Write($"root{i}.pem", System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", root))));
        var result = await Program.RunAsync([file, .. pems]);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')).ToArray();
        return new PdfBoxReport(
            int.Parse(lines.Single(l => l[0] == "pages")[1]),
            [.. lines.Where(l => l[0] == "seal").Select(l => new PdfBoxSeal(l[1], l[2], l[3] == "true", l[4] == "true", l[5] == "-" ? null : l[5] == "true", l[6], l[7]))]);
    }
}
