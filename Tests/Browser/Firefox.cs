using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Browser;

/// <summary>Debian's Firefox without a screen, driven by WebDriver BiDi, which it speaks by itself.</summary>
internal sealed partial class Firefox : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TempFolder profile;
    private readonly Process process;
    private readonly ClientWebSocket socket = new();
    private int commands;
    private string context = "";

    private Firefox(TempFolder profile, Process process) => (this.profile, this.process) = (profile, process);

    public static async Task<Firefox> StartAsync()
    {
        var profile = new TempFolder();
        var folder = Directory.CreateDirectory(profile.File("firefox")).FullName;
        // Nothing of its own goes out: no updates, no telemetry, no first-run pages.
        await File.WriteAllLinesAsync(Path.Combine(folder, "user.js"), [
            "user_pref('app.update.auto', false);", "user_pref('datareporting.policy.dataSubmissionEnabled', false);", "user_pref('browser.aboutwelcome.enabled', false);",
            "user_pref('app.normandy.enabled', false);", "user_pref('network.captive-portal-service.enabled', false);", "user_pref('network.connectivity-service.enabled', false);"]);
        var start = new ProcessStartInfo("firefox-esr") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0", "about:blank"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HOME"] = folder;
        var firefox = new Firefox(profile, Process.Start(start)!);
        try
        {
            _ = firefox.process.StandardOutput.ReadToEndAsync();
            var address = await firefox.ListeningAsync().WaitAsync(Patience);
            using var patience = new CancellationTokenSource(Patience);
            await firefox.socket.ConnectAsync(new Uri(address + "/session"), patience.Token);
            await firefox.CommandAsync("session.new", new { capabilities = new { } });
            firefox.context = (string)(await firefox.CommandAsync("browsingContext.getTree", new { }))["contexts"]![0]!["context"]!;
            return firefox;
        }
        catch
        {
            await firefox.DisposeAsync();
            throw;
        }
    }

    public Task GoAsync(string address) => CommandAsync("browsingContext.navigate", new { context, url = address, wait = "complete" });

    /// <summary>What the script answers, a string.</summary>
    public async Task<string> EvaluateAsync(string expression)
    {
        var answer = await CommandAsync("script.evaluate", new { expression, awaitPromise = true, target = new { context } });
        return answer["type"]?.GetValue<string>() == "success" ? answer["result"]!["value"]?.ToString() ?? "" : throw new InvalidOperationException(answer.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
        profile.Dispose();
    }

    private async Task<string> ListeningAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                // What it says afterwards nobody needs, but somebody has to take it.
                _ = process.StandardError.ReadToEndAsync();
                return match.Groups[1].Value;
            }
        }

        throw new InvalidOperationException("Firefox ended before it listened.");
    }

    private async Task<JsonNode> CommandAsync(string method, object parameters)
    {
        using var patience = new CancellationTokenSource(Patience);
        var id = ++commands;
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters }), WebSocketMessageType.Text, true, patience.Token);
        while (true)
        {
            var answer = JsonNode.Parse(await ReceiveAsync(patience.Token))!;
            if ((int?)answer["id"] == id)
            {
                return answer["result"] ?? throw new InvalidOperationException(answer.ToJsonString());
            }
        }
    }

    private async Task<string> ReceiveAsync(CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, cancellation);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(message.ToArray());
            }
        }
    }

    [GeneratedRegex("WebDriver BiDi listening on (ws://\\S+)")]
    private static partial Regex Listening();
}
