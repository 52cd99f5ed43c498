using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>The commands of <c>docs/platforms/quick-start.md</c>, as they stand, in one shell; a phone scans what they print.</summary>
public sealed partial class QuickStartTests
{
    [Fact]
    [Trait("Feature", "X05"), Trait("Surface", "api")]
    public async Task The_commands_of_the_quick_start_work()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var user = await system.RealNamedPhoneAsync();
        using var phone = await ScanningPhone.CreateAsync(system, user);
        using var shell = new Shell();
        var address = system.Address.GetLeftPart(UriPartial.Authority);
        await shell.RunAsync($"BZT={address} CLIENT_ID={party.Id} CLIENT_SECRET={party.Secret}");

        await shell.RunAsync(Block("TOKEN=$("));
        Assert.Contains("\"sessionId\"", await shell.RunAsync(Block("SESSION=$(")), StringComparison.Ordinal);
        var started = TimeProvider.System.GetTimestamp();
        for (var link = await shell.RunAsync(Block("link()")); ; link = await shell.RunAsync("link"))
        {
            try
            {
                await phone.Client.ScanAsync(link.Trim());
                break;
            }
            catch (ApiRefusedException exception) when (exception.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                // The next code.
            }
        }

        Assert.Contains("\"state\":\"scanned\"", await shell.RunAsync(Block("seen=created")), StringComparison.Ordinal);
        Assert.Contains("\"end\":\"cancelled\"", await shell.RunAsync(Block("-X DELETE")), StringComparison.Ordinal);
        Assert.Contains("\"code\":\"invalid_request\"", await shell.RunAsync(Block("'{\"kind\":\"login\"}'")), StringComparison.Ordinal);
    }

    private static string Block(string containing, [CallerFilePath] string here = "")
    {
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "platforms", "quick-start.md"));
        return Assert.Single(ShellBlocks().Matches(text).Select(match => match.Groups[1].Value), block => block.Contains(containing, StringComparison.Ordinal));
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlocks();

    /// <summary>A bash that keeps its variables from one command to the next.</summary>
    private sealed class Shell : IDisposable
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
}
