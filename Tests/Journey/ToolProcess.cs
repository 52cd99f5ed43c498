using System.Diagnostics;
using System.Text.Json;

namespace Bzt.Tests.Journey;

/// <summary>What the tool said and how it ended.</summary>
internal sealed record ToolRun(int ExitCode, IReadOnlyList<JsonElement> Events, string Errors)
{
    public string? FailedCode => Events.Where(e => e.GetProperty("event").GetString() == "failed").Select(e => e.GetProperty("code").GetString()).SingleOrDefault();

    public override string ToString() => $"{ExitCode} {string.Join(' ', Events.TakeLast(3))} {Errors}";
}

/// <summary>The bid tool run once, as its user's shell would, with what it says read line by line.</summary>
internal static class ToolProcess
{
    /// <param name="start">The command; input and both outputs redirected, <c>--json</c> among its arguments.</param>
    /// <param name="scan">What the person with the phone does at each QR: its link of this second, its check code.</param>
    /// <param name="input">What is typed.</param>
    public static async Task<ToolRun> RunAsync(ProcessStartInfo start, Func<Func<string>, string?, Task>? scan, string input)
    {
        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteLineAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A command that asks for nothing has ended by now.
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var ended = patience.Token.Register(process.Kill);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var events = new List<JsonElement>();
        var scanned = new HashSet<string>();
        var scanning = Task.CompletedTask;
        var link = "";
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var said = json.RootElement.Clone();
            events.Add(said);
            if (scan is not null && said.GetProperty("event").GetString() == "qr")
            {
                Volatile.Write(ref link, said.GetProperty("link").GetString()!);
                if (scanning.IsCompleted && scanned.Add(link.Split('&', '?').Single(part => part.StartsWith("t=", StringComparison.Ordinal))))
                {
                    await scanning;
                    scanning = ScanAsync(said.GetProperty("checkCode").GetString());
                }
            }
        }

        await process.WaitForExitAsync(CancellationToken.None);
        await scanning;
        return new ToolRun(process.ExitCode, events, await errors);

        async Task ScanAsync(string? checkCode)
        {
            try
            {
                await scan(() => Volatile.Read(ref link), checkCode);
            }
            catch
            {
                // The tool would wait for a phone that does not come any more.
                process.Kill();
                throw;
            }
        }
    }
}
