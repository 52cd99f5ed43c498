using System.Runtime.Versioning;
using Bzt.LoadTests.Openings;
using Bzt.LoadTests.Runs;

namespace Bzt.LoadTests.Scenarios;

/// <summary>开标: hundreds of bidders decrypt in the same minutes, and some do not, for the reasons bidders have.</summary>
[SupportedOSPlatform("linux")]
internal sealed class OpeningScenario : IScenario
{
    public string Name => "opening";

    public string Summary => "a bid opening: every file is opened, or its signed record says whose fault it is";

    public IReadOnlyList<CommandOption> Options => [
        new("bidders", "N", "500", "each with a phone and a bid file of its own"),
        new("seconds", "S", "60", "in which they are asked"),
        new("kib", "N", "64", "of each of a file's two sections")];

    public IReadOnlyList<string> Examples => [
        "opening --html opening.html",
        "opening --target cluster --bidders 2000 --seconds 180"];

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var options = run.Options;
        var count = options.Count("bidders");
        var phones = await run.MakePhonesAsync(count, stop);
        var folder = Directory.CreateTempSubdirectory("bzt-opening-").FullName;
        try
        {
            var opening = new BidOpeningRun(run.Platform, folder, run.Recorder);
            run.Tell($"{count} bid files are generated ...");
            var bidders = await opening.GenerateAsync(phones, ConductOf, options.Count("kib") * 1024, done => run.Progress(done, count), stop);
            var arrivals = Spread(count, options.Seconds("seconds"), options.Count("seed"));
            run.Begin($"{count} bidders are asked within {options.Text("seconds")} s ...");
            await opening.RunAsync(bidders, arrivals, stop);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Of a hundred: 86 open at once, five after a wrong PIN, five do not come, two refuse, and of two the platform spoilt the file.</summary>
    private static Conduct ConductOf(int number) => (number % 100) switch
    {
        7 or 27 or 47 or 67 or 87 => Conduct.Absent,
        13 or 33 or 53 or 73 or 93 => Conduct.Slips,
        41 or 91 => Conduct.Refuses,
        19 or 69 => Conduct.Damaged,
        _ => Conduct.Opens,
    };

    /// <summary>Each once, at a random moment.</summary>
    private static IReadOnlyList<TimeSpan> Spread(int count, TimeSpan length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * length).Order()];
    }
}
