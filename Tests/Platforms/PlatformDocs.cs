using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Bzt.Tests.Platforms;

/// <summary>The commands of <c>docs/platforms</c>, as they stand there.</summary>
internal static partial class PlatformDocs
{
    /// <summary>The one block that contains the text.</summary>
    public static string Block(string document, string containing) => Assert.Single(Blocks(document), block => block.Contains(containing, StringComparison.Ordinal));

    public static IEnumerable<string> Blocks(string document, [CallerFilePath] string here = "")
    {
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "platforms", document));
        return ShellBlocks().Matches(text).Select(match => match.Groups[1].Value);
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlocks();
}

/// <summary>A bash that keeps its variables from one command to the next.</summary>
internal sealed class Shell : IDisposable
{
    private const string End = "--- end of the command ---";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process bash = Process.Start(new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true, ArgumentList = { "--noprofile", "--norc" } })!;

    public async Task<string> RunAsync(string command)
    {
        await bash.StandardInput.WriteAsync($"{command}\necho; echo '{End}'\n");
        await bash.StandardInput.FlushAsync();
        var output = new List<string>();
        while (await bash.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line && line != End)
        {
            output.Add(line);
        }

        return string.Join('\n', output);
    }

    public void Dispose()
    {
        bash.Kill(entireProcessTree: true);
        bash.Dispose();
    }
}
