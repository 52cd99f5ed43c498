using System.Security.Cryptography;

namespace Bzt.Tests.Peers;

/// <summary>One signature as PDFBox with BouncyCastle-Java sees it. <see cref="Chain"/> is null when no root was given.</summary>
public sealed record PdfBoxSeal(string SubFilter, string SignerName, bool CoversWholeFile, bool Good, bool? Chain, string Subject, string Error);

/// <summary>What PDFBox read.</summary>
public sealed record PdfBoxReport(int Pages, IReadOnlyList<PdfBoxSeal> Seals);

/// <summary>PDFBox 2 and BouncyCastle-Java from Debian's packages; the small program between them is compiled once a run.</summary>
public static class PdfBox
{
    private static readonly string[] Jars = ["pdfbox2.jar", "fontbox2.jar", "commons-logging.jar", "bcprov.jar", "bcpkix.jar", "bcutil.jar"];
    private static readonly Lazy<Task<string>> Classes = new(Compile);

    public static async Task<PdfBoxReport> Verify(string file, params byte[][] roots)
    {
        using var folder = new TemporaryFolder();
        var classes = await Classes.Value;
        var pems = roots.Select((root, i) => folder.Write($"root{i}.pem", System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", root))));
        var result = (await PeerProcess.Run("java", ["-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", classes, "VerifySeals", file, .. pems])).OrFail();
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')).ToArray();
        return new PdfBoxReport(
            int.Parse(lines.Single(l => l[0] == "pages")[1]),
            [.. lines.Where(l => l[0] == "seal").Select(l => new PdfBoxSeal(l[1], l[2], l[3] == "true", l[4] == "true", l[5] == "-" ? null : l[5] == "true", l[6], l[7]))]);
    }

    private static async Task<string> Compile()
    {
        var jars = Jars.Select(jar => "/usr/share/java/" + jar).ToArray();
        if (jars.FirstOrDefault(jar => !File.Exists(jar)) is { } missing)
        {
            throw new FileNotFoundException($"{missing} is missing: Debian's libpdfbox2-java and libbcpkix-java; ./test.sh installs them.");
        }
        var classes = Directory.CreateTempSubdirectory("bzt-pdfbox-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(classes, recursive: true);
        var path = string.Join(':', jars);
        (await PeerProcess.Run("javac", ["-encoding", "UTF-8", "-cp", path, "-d", classes, Path.Combine(PeerProcess.Sources("java"), "VerifySeals.java")])).OrFail();
        return $"{classes}:{path}";
    }
}
