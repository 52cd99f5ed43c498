using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

/// <summary>
/// What a step costs the page's main thread, where WebAssembly is interpreted: written to the test's output, never asserted. PIN stretching
/// runs on a thread of WebCrypto's and waiting is not counted, so what is left is the app's own computing.
/// </summary>
internal sealed class MainThread : IAsyncDisposable
{
    private readonly ICDPSession session;
    private readonly string what;
    private readonly double script;
    private readonly double task;
    private readonly long started = Stopwatch.GetTimestamp();

    private MainThread(ICDPSession session, string what, (double Script, double Task) now) =>
        (this.session, this.what, script, task) = (session, what, now.Script, now.Task);

    public static async Task<MainThread> MeasureAsync(IPage page, string what)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("Performance.enable", new Dictionary<string, object> { ["timeDomain"] = "threadTicks" });
        return new MainThread(session, what, await ReadAsync(session));
    }

    /// <summary>Stretching a PIN as the app does, apart: 600,000 rounds of WebCrypto's PBKDF2.</summary>
    public static async Task MeasureStretchAsync(IPage page)
    {
        var elapsed = await page.EvaluateAsync<double>("""
            async () => {
                const key = await crypto.subtle.importKey('raw', new TextEncoder().encode('493817'), 'PBKDF2', false, ['deriveBits']);
                const started = performance.now();
                await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(16), iterations: 600000 }, key, 256);
                return performance.now() - started;
            }
            """);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a PIN stretched: {elapsed:F0} ms"));
    }

    public async ValueTask DisposeAsync()
    {
        var now = await ReadAsync(session);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: script {1000 * (now.Script - script):F0} ms, all tasks {1000 * (now.Task - task):F0} ms, elapsed {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms"));
        await session.DetachAsync();
    }

    private static async Task<(double Script, double Task)> ReadAsync(ICDPSession session)
    {
        var metrics = (await session.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble());
        return (metrics["ScriptDuration"], metrics["TaskDuration"]);
    }
}
