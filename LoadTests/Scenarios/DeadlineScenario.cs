using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;

namespace Bzt.LoadTests.Scenarios;

/// <summary>投标截止: everybody seals at the end. The rate grows exponentially towards the deadline; whoever began before it must get through.</summary>
[SupportedOSPlatform("linux")]
internal sealed class DeadlineScenario : IScenario
{
    public string Name => "deadline";

    public string Summary => "seals that come ever faster until a deadline, as bidders do";

    public IReadOnlyList<CommandOption> Options => [
        new("flows", "N", "2000", "seals expected in all"),
        new("seconds", "S", "60", "from the first to the deadline"),
        new("growth", "S", "15", "in which the rate grows by e"),
        new("documents", "N", "1", "seals in one confirmation"),
        new("phones", "N", "100", "bidders, each with one phone")];

    public IReadOnlyList<string> Examples => [
        "deadline --html deadline.html --json before.json",
        "deadline --target cluster --flows 5000 --seconds 120 --growth 30 --phones 300",
        "compare before.json after.json --html compared.html --fail-above 1.2"];

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var options = run.Options;
        var (length, documents) = (options.Seconds("seconds"), options.Count("documents"));
        var arrivals = Arrivals.BeforeDeadline(options.Count("flows"), length, options.Seconds("growth"), options.Count("seed"));
        var pool = await run.MakePoolAsync(stop);

        run.Begin($"{arrivals.Count} seals in {length.TotalSeconds} s ...");
        await run.LoadAsync(pool, FlowKind.Seal, arrivals, stop, documents);
        run.Recorder.End();

        var samples = run.Recorder.Samples;
        run.Recorder.Figure("arrivals in the last tenth of the time", arrivals.Count(at => at >= 0.9 * length) / (0.1 * length.TotalSeconds), "per s");
        run.Recorder.Figure("the last seal was there after the deadline", Math.Max(0, (samples.Max(sample => sample.Intended + sample.Latency) - length).TotalSeconds), "s");
        run.Recorder.NoErrors("every seal that was begun ended well");
    }
}
