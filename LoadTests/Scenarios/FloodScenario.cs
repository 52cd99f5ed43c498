using System.Runtime.Versioning;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Scenarios;

/// <summary>One platform does its work while another opens sessions far above its limit: what the first one's users notice.</summary>
[SupportedOSPlatform("linux")]
internal sealed class FloodScenario : IScenario
{
    private const string Quiet = "login, quiet";
    private const string Beside = "login, beside";
    private const string Flood = "flood";

    public string Name => "flood";

    public string Summary => "one platform's logins, first alone and then beside another platform's flood";

    public IReadOnlyList<CommandOption> Options => [
        new("rate", "N", "10", "logins a second of the platform that works"),
        new("flood", "N", "500", "sessions a second that the other one tries to open"),
        new("limit", "N", "100", "requests a second that a platform may make, of a deployment started for the run"),
        new("seconds", "S", "30", "alone, and again beside the flood"),
        new("warm-up", "S", "30", "logins before it counts"),
        new("phones", "N", "30", "users, each with one phone")];

    public IReadOnlyList<string> Examples => [
        "flood --html flood.html",
        "flood --target cluster --rate 20 --limit 300 --flood 2000"];

    public IReadOnlyDictionary<string, string> SettingsOf(CommandOptions options) => new Dictionary<string, string>
    {
        ["Limits:PlatformPerSecond"] = $"{options.Count("limit")}",
    };

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var options = run.Options;
        var (length, seed) = (options.Seconds("seconds"), options.Count("seed"));
        var pool = await run.MakePoolAsync(stop);
        using var other = new SimulatedPlatform(run.Target, Deployment.OtherPlatformId, run.Target.OtherPlatformSecret);

        run.Tell("warming up ...");
        await LoginsAsync("login, warm-up", options.Seconds("warm-up"), seed);

        run.Begin($"{options.Number("rate")} logins a second, alone and beside a flood ...");
        await LoginsAsync(Quiet, length, seed + 1);
        run.Recorder.Mark("the flood begins");
        await Task.WhenAll(
            LoginsAsync(Beside, length, seed + 1),
            OpenLoop.RunAsync(run.Recorder, Flood, Arrivals.Constant(options.Number("flood"), length, seed + 2), (_, cancellation) => OpenAsync(other, cancellation), stop));
        run.Recorder.End();

        var (quiet, beside) = (Sorted(Quiet), Sorted(Beside));
        run.Recorder.Figure("median beside the flood, in times of the quiet one", At(beside, 0.5) / At(quiet, 0.5), "");
        run.Recorder.Figure("p99 beside the flood, in times of the quiet one", At(beside, 0.99) / At(quiet, 0.99), "");
        var flood = Of(Flood);
        run.Recorder.Figure("of the flood was refused", 100.0 * flood.Count(sample => sample.Error == ErrorCodes.RateLimited) / Math.Max(1, flood.Count), "%");
        run.Recorder.Invariant("the platform that works lost nothing", Errors([.. Of(Quiet), .. Of(Beside)]));
        run.Recorder.Invariant("the other one was told why", Errors([.. flood.Where(sample => sample.Error != ErrorCodes.RateLimited)]));
        run.Recorder.Invariant("the flood met its limit", flood.Any(sample => sample.Error == ErrorCodes.RateLimited) ? [] : ["nothing of it was refused"]);

        Task LoginsAsync(string name, TimeSpan time, int from) => run.LoadAsync(pool, FlowKind.Login, Arrivals.Constant(options.Number("rate"), time, from), stop, name: name);

        List<Sample> Of(string name) => [.. run.Recorder.Samples.Where(sample => sample.Operation == name)];

        double[] Sorted(string name) => [.. Of(name).Select(sample => sample.Latency.TotalMilliseconds).Order()];
    }

    /// <summary>Each needs a durable write when it is let in: the dearest thing a platform may ask for without anybody's phone.</summary>
    private static Task OpenAsync(SimulatedPlatform platform, CancellationToken stop) =>
        platform.Client.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = new byte[32] }, cancellation: stop);

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[(int)(share * (sorted.Length - 1))];

    private static IReadOnlyCollection<string> Errors(IReadOnlyCollection<Sample> samples) =>
        [.. samples.Where(sample => sample.Error is not null).Select(sample => $"{sample.Operation}: {sample.Error}")];
}
