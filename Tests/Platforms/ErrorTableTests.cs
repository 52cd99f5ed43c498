using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Bzt.Contracts;
using Bzt.Gateway.Problems;

namespace Bzt.Tests.Platforms;

/// <summary><c>docs/platforms/errors.md</c> is every code with its status and its Chinese text, as the gateway answers them.</summary>
public sealed class ErrorTableTests
{
    [Fact]
    public async Task The_table_is_the_committed_one()
    {
        var file = Path.Combine(Root(), "docs", "platforms", "errors.md");
        var now = Table();
        if (!File.Exists(file) || (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n") != now)
        {
            var changed = Path.Combine(Directory.CreateDirectory(Path.Combine(Root(), "TestResults")).FullName, "errors.md");
            await File.WriteAllTextAsync(changed, now);
            Assert.Fail($"The codes are no longer what docs/platforms/errors.md says. {changed} takes its place, if a code came: none ever goes.");
        }
    }

    private static string Table()
    {
        var text = new StringBuilder("""
            # Refusals

            Generated from the code; `Tests/Platforms/ErrorTableTests.cs` writes it. A refusal is an RFC 9457 problem: decide by `code`, show `title`, quote `traceId`. Codes are never renamed or reused; more may come. What a platform meets and what to do then is at the end of the [quick start](quick-start.md#refusals); the token endpoint answers as RFC 6749 says.

            | status | code | title |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        var codes = typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
        foreach (var (code, (status, title)) in codes.Select(code => (code, ProblemTexts.Of(code))).OrderBy(row => row.Item2.Status).ThenBy(row => row.code, StringComparer.Ordinal))
        {
            text.Append($"| {status} | `{code}` | {title} |\n");
        }

        return text.ToString();
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
