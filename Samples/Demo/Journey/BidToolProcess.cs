using System.Diagnostics;
using System.Text.Json;

namespace Bzt.Samples.Demo;

/// <summary>The bid tool as a program would run it: <c>--json</c>, an event a line. Its QR is "scanned" from the events.</summary>
internal sealed class BidToolProcess(string profile)
{
    /// <param name="arguments">The command.</param>
    /// <param name="scan">Called once for each QR with its link and, for decryption, its check code.</param>
    /// <param name="stop">Ends the tool.</param>
    public async Task RunAsync(IReadOnlyList<string> arguments, Func<string, string?, Task> scan, CancellationToken stop)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Binaries.BidTool, .. arguments, "--json", "--profile", profile])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new DemoException("The bid tool did not start.");
        using var ended = stop.Register(() => process.Kill());
        var errors = process.StandardError.ReadToEndAsync(stop);
        var scanning = Task.CompletedTask;
        string? scanned = null;
        string? failed = null;
        while (await process.StandardOutput.ReadLineAsync(stop) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            switch (root.GetProperty("event").GetString())
            {
                // The link changes every second; its token tells one QR from the next.
                case "qr" when Token(root) is var token && token != scanned && scanning.IsCompleted:
                    scanned = token;
                    await scanning;
                    scanning = scan(root.GetProperty("link").GetString()!, root.GetProperty("checkCode").GetString());
                    break;
                case "failed":
                    failed = root.GetProperty("text").GetString();
                    break;
            }
        }

        await process.WaitForExitAsync(stop);
        await scanning;
        if (process.ExitCode != 0)
        {
            throw new DemoException($"bidtool {arguments[0]} ended with {process.ExitCode}: {failed ?? await errors}");
        }
    }

    private static string Token(JsonElement qr) =>
        qr.GetProperty("link").GetString()!.Split('&', '?').Single(part => part.StartsWith("t=", StringComparison.Ordinal));
}
