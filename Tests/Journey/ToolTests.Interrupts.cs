using System.Diagnostics;
using System.Text.Json;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Journey;

// Ctrl-C, as the terminal sends it.
public sealed partial class ToolTests
{
    [Fact]
    public async Task An_interrupted_command_leaves_no_half_file_under_a_final_name()
    {
        // Long enough to be in the midst of it; the file has holes, so it costs no disk.
        var large = bench.Folder["large.bin"];
        await using (var stream = File.Create(large))
        {
            stream.SetLength(1L << 30);
        }

        var (bid, pdf) = (bench.Folder["interrupted.bztb"], bench.Folder["interrupted.pdf"]);
        await File.WriteAllTextAsync(bid, "the one before");
        Assert.Equal((130, "interrupted"), await InterruptAsync("progress", "generate", "--section", "投标文件=" + large, "-o", bid));
        Assert.Equal("the one before", await File.ReadAllTextAsync(bid));
        Assert.Equal([bid], Directory.GetFiles(bench.Folder.FullName, "interrupted.*"));
        File.Delete(bid);

        // While the QR is shown: the request is withdrawn, nobody can confirm what nobody waits for.
        Assert.Equal((130, "interrupted"), await InterruptAsync("qr", "seal", bench.Pdf, "--node", TwoNodes, "-o", pdf));
        Assert.Empty(Directory.GetFiles(bench.Folder.FullName, "interrupted.*"));

        // Into a pipe: nobody would see the QR, and nothing waits for that.
        foreach (var arguments in (string[][])[["seal", bench.Pdf, "--node", TwoNodes, "-o", pdf], ["login", "--platform", bench.PlatformAddress.ToString(), "--tender", ToolBench.Tender]])
        {
            var piped = await PeerProcess.Run("env", ["dotnet", typeof(BidTool.Commands.Failure).Assembly.Location, .. arguments, "--profile", bench.First.Profile, "--lang", "zh"]);
            Assert.Equal(1, piped.ExitCode);
            Assert.StartsWith("输出不是终端，无法显示二维码", piped.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>A test run in the background ignores the signal, and so would what it starts: as in a terminal it does not.</summary>
    private async Task<(int, string?)> InterruptAsync(string at, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", typeof(BidTool.Commands.Failure).Assembly.Location, .. arguments, "--json", "--profile", bench.First.Profile])
        {
            RedirectStandardOutput = true,
            Environment = { ["XDG_CONFIG_HOME"] = bench.Folder["xdg"] },
        })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var ended = patience.Token.Register(process.Kill);
        var (sent, last) = (false, "");
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            last = line;
            using var json = JsonDocument.Parse(line);
            if (!sent && json.RootElement.GetProperty("event").GetString() == at)
            {
                sent = true;
                (await PeerProcess.Run("bash", ["-c", $"kill -INT {process.Id}"])).OrFail();
            }
        }

        await process.WaitForExitAsync(CancellationToken.None);
        using var end = JsonDocument.Parse(last);
        return (process.ExitCode, end.RootElement.TryGetProperty("code", out var code) ? code.GetString() : null);
    }
}
