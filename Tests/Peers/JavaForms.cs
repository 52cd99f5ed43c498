namespace Bzt.Tests.Peers;

/// <summary>One signature of a PDF in whichever form, as BouncyCastle-Java reads it by the standard's tables.</summary>
/// <param name="StampedAt">By the time stamp, which verifies; null without one.</param>
/// <param name="SealName">Of an electronic seal.</param>
public sealed record JavaForm(string Filter, string SubFilter, bool Good, DateTimeOffset? StampedAt, string SealName, string Error);

/// <summary>The three forms and RFC 3161, through PDFBox 2 and BouncyCastle-Java. The signer id is the default one.</summary>
public static class JavaForms
{
    private static readonly JavaProgram Program = new("VerifyForms", "pdfbox2.jar", "fontbox2.jar", "commons-logging.jar", "bcprov.jar", "bcpkix.jar", "bcutil.jar");

    public static async Task<IReadOnlyList<JavaForm>> VerifyAsync(string file)
    {
        var result = await Program.RunAsync([file]);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Where(parts => parts[0] == "seal").Select(parts => new JavaForm(
            parts[1], parts[2], parts[3] == "true", long.TryParse(parts[4], out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null, parts[5], parts[4] == "bad" ? "bad time stamp" : parts[6]))];
    }
}
