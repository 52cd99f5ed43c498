using System.Globalization;
using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Npgsql;

namespace Bzt.LoadTests.Scenarios;

/// <summary>
/// The same load beside ever more certificates at rest. The others are <see cref="RestingCertificates"/>; they cost disk and index, which is what is
/// looked at. At the end they go, and the first size is measured once more: what the machine itself did meanwhile is in neither.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class CertificatesScenario : IScenario
{
    public string Name => "certificates";

    public string Summary => "logins beside a thousand, a hundred thousand, a million certificates in the database";

    public IReadOnlyList<CommandOption> Options => [
        CommandOption.OwnCluster,
        new("sizes", "N,N", "1000,100000,1000000", "certificates in the database, growing; a million take 12 GB"),
        new("rate", "N", "10", "logins a second"),
        new("seconds", "S", "30", "at each size"),
        new("phones", "N", "20", "users, each with one phone"),
        new("ratio-bound", "TIMES", "1.1", "the median at the last size against that at the first")];

    public IReadOnlyList<string> Examples => ["certificates --html certificates.html", "certificates --sizes 1000,100000 --seconds 60"];

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var options = run.Options;
        var sizes = options.Text("sizes").Split(',').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size : throw new CommandException("--sizes takes whole numbers above zero with commas between.")).Order().ToList();
        var pool = await run.MakePoolAsync(stop);
        var (length, rate, seed) = (options.Seconds("seconds"), options.Number("rate"), options.Count("seed"));
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(run.Cluster.Database!) { CommandTimeout = 0 }.ConnectionString);

        await LoadAsync("warm-up", seed);
        await LoadAsync("warm-up", seed + 2);
        run.Begin("the same logins at each size ...");
        var resting = await RestingCertificates.BeginAsync(source, stop);
        var before = await resting.SizesAsync(stop);
        var made = 0;
        foreach (var size in sizes.ToList())
        {
            if (made > 0 && Room(before, await resting.SizesAsync(stop), made, size) is { } tooLittle)
            {
                run.Tell($"  {tooLittle}");
                sizes.Remove(size);
                continue;
            }

            run.Tell($"  filling up to {size} ...");
            made += await resting.FillAsync(size, stop);
            await MeasureAsync(NameOf(size));
            run.Recorder.Figure($"the database with {size} certificates", (await resting.SizesAsync(stop)).Values.Sum() / (1024.0 * 1024), "MiB");
        }

        foreach (var (table, bytes) in (await resting.SizesAsync(stop)).OrderByDescending(table => table.Value).Where(_ => made > 0))
        {
            if ((double)(bytes - before.GetValueOrDefault(table)) / made is var each and >= 1)
            {
                run.Recorder.Figure($"{table}: for each certificate", each, "bytes");
            }
        }

        run.Tell("  the first size again");
        await resting.RemoveAsync(stop);
        await MeasureAsync(Again(sizes[0]));
        run.Recorder.End();

        var ratio = Median(NameOf(sizes[^1])) / ((Median(NameOf(sizes[0])) + Median(Again(sizes[0]))) / 2);
        run.Recorder.Figure($"median with {sizes[^1]} certificates against that with {sizes[0]}, before and after", ratio, "times");
        run.Recorder.Invariant("certificates at rest cost no latency", ratio <= options.Number("ratio-bound") ? [] : [$"{ratio:F2} times"]);
        run.Recorder.NoErrors("every login ended well");

        async Task MeasureAsync(string operation)
        {
            run.Tell($"  {operation}");
            // What filling left to write and to forget is none of the logins' business.
            await resting.SettleAsync(stop);
            await LoadAsync("warm-up", seed + 3);
            run.Recorder.Mark(operation);
            await LoadAsync(operation, seed + 1);
            run.Tell(string.Create(CultureInfo.InvariantCulture, $"    median {Median(operation):F1} ms"));
            foreach (var (name, id) in run.Started.Processes.Where(process => process.Key.StartsWith("silo", StringComparison.Ordinal)))
            {
                run.Recorder.Figure($"{name}, memory after {operation}", ResourceWatch.Look(name, id, 0)?.ResidentMiB ?? double.NaN, "MiB");
            }
        }

        double Median(string operation) => run.Recorder.Samples.Where(sample => sample.Operation == operation && sample.Error is null)
            .Select(sample => sample.Latency.TotalMilliseconds).Order().ToList() is { Count: > 0 } all ? all[all.Count / 2] : double.NaN;

        Task LoadAsync(string name, int from) =>
            run.LoadAsync(pool, FlowKind.Login, Arrivals.Constant(rate, name == "warm-up" ? length / 2 : length, from), stop, name: name);
    }

    /// <summary>What one costs is known by then; a full disk would stop more than this run.</summary>
    private static string? Room(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> now, int made, int size)
    {
        const long LeftOver = 4L << 30;
        var each = (now.Values.Sum() - before.Values.Sum()) / made;
        var (needed, free) = (each * (size - made), new DriveInfo("/var/lib/postgresql").AvailableFreeSpace);
        return needed + LeftOver <= free ? null : $"{size} certificates would take {needed >> 20} MiB more, and {free >> 20} MiB are free: not made";
    }

    private static string NameOf(int size) => string.Create(CultureInfo.InvariantCulture, $"login, {size:N0} certificates");

    private static string Again(int size) => NameOf(size) + " again";
}
