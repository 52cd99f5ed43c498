using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;

namespace Bzt.LoadTests.Scenarios;

/// <summary>The same load for long: what grows that should not.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SoakScenario : IScenario
{
    public string Name => "soak";

    public string Summary => "an even load of logins and seals for long, and what grows meanwhile";

    public IReadOnlyList<CommandOption> Options => [
        new("rate", "N", "20", "flows a second; two of three are logins"),
        new("minutes", "M", "60", "how long"),
        new("phones", "N", "100", "users, each with one phone"),
        new("growth-bound", "MIB", "200", "a process whose memory grows by more in an hour, over the second half, is a fault")];

    public IReadOnlyList<string> Examples => [
        "soak --minutes 480 --html soak.html",
        "soak --target https://bzt.example --simulators https://simulators.example --secrets development.json --rate 5"];

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var options = run.Options;
        var length = TimeSpan.FromMinutes(options.Number("minutes"));
        var rate = options.Number("rate");
        var pool = await run.MakePoolAsync(stop);

        run.Begin($"{rate} flows a second for {length.TotalMinutes} minutes ...");
        var seed = options.Count("seed");
        await Task.WhenAll(FlowsAsync(FlowKind.Login, rate * 2 / 3, seed), FlowsAsync(FlowKind.Seal, rate / 3, seed + 1));
        run.Recorder.End();

        foreach (var process in run.Recorder.Resources.GroupBy(sample => sample.Process))
        {
            // The first half fills pools and compiles methods.
            ResourceSample[] second = [.. process.Where(sample => sample.Second > length.TotalSeconds / 2)];
            if (second.Length >= 10)
            {
                var growth = 3600 * Trend.Slope([.. second.Select(sample => (sample.Second, sample.ResidentMiB))]);
                run.Recorder.Figure($"{process.Key}: memory's growth over the second half", growth, "MiB an hour");
                run.Recorder.Figure($"{process.Key}: files' growth over the second half", 3600 * Trend.Slope([.. second.Select(sample => (sample.Second, (double)sample.OpenFiles))]), "an hour");
                run.Recorder.Invariant($"{process.Key} does not grow", length < TimeSpan.FromMinutes(10) || growth <= options.Number("growth-bound") ? [] : [$"{growth:F0} MiB an hour"]);
            }
        }

        run.Recorder.NoErrors("every flow ended well");

        Task FlowsAsync(FlowKind kind, double perSecond, int from) => run.LoadAsync(pool, kind, Arrivals.Constant(perSecond, length, from), stop);
    }
}

internal static class Trend
{
    /// <summary>Least squares.</summary>
    public static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        var spread = points.Sum(point => (point.X - x) * (point.X - x));
        return spread == 0 ? 0 : points.Sum(point => (point.X - x) * (point.Y - y)) / spread;
    }
}
