using System.Globalization;
using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.Samples.Demo;
using Npgsql;

namespace Bzt.LoadTests.Scenarios;

/// <summary>
/// The same load beside ever more certificates at rest. The others are copies of real rows under keys of their own: state, evidence and a session;
/// they cost disk and index, which is what is looked at.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class CertificatesScenario : IScenario
{
    public string Name => "certificates";

    public string Summary => "logins beside a thousand, a hundred thousand, a million certificates in the database";

    public IReadOnlyList<CommandOption> Options => [
        new("target", "cluster", "cluster", "a cluster started for the run"),
        new("sizes", "N,N", "1000,100000,1000000", "certificates in the database, growing; a million take 20 GB"),
        new("rate", "N", "10", "logins a second"),
        new("seconds", "S", "30", "at each size"),
        new("phones", "N", "20", "users, each with one phone"),
        new("ratio-bound", "TIMES", "1.5", "the median at the last size against that at the first")];

    public IReadOnlyList<string> Examples => ["certificates --html certificates.html", "certificates --sizes 1000,100000 --seconds 60"];

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var options = run.Options;
        var cluster = run.Started.Deployment as ClusterDeployment ?? throw new CommandException("certificates runs on --target cluster, which it starts itself.");
        var sizes = options.Text("sizes").Split(',').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size : throw new CommandException("--sizes takes whole numbers above zero with commas between.")).Order().ToList();
        var pool = new PhonePool(await run.MakePhonesAsync(options.Count("phones"), options.Count("pin-rounds"), stop));
        var (length, rate, seed) = (options.Seconds("seconds"), options.Number("rate"), options.Count("seed"));
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(cluster.Database!) { CommandTimeout = 0 }.ConnectionString);

        await LoadAsync("warm-up", seed);
        run.Begin("the same logins at each size ...");
        foreach (var size in sizes)
        {
            run.Tell($"  {size} certificates");
            await FillAsync(source, size, stop);
            run.Recorder.Mark($"{size} certificates");
            await LoadAsync(NameOf(size), seed + 1);
            run.Recorder.Figure($"the database with {size} certificates", await MiBAsync(source, stop), "MiB");
        }

        run.Recorder.End();
        double Median(int size) => run.Recorder.Samples.Where(sample => sample.Operation == NameOf(size) && sample.Error is null).Select(sample => sample.Latency.TotalMilliseconds).Order().ToList() is { Count: > 0 } all ? all[all.Count / 2] : double.NaN;
        var ratio = Median(sizes[^1]) / Median(sizes[0]);
        run.Recorder.Figure($"median with {sizes[^1]} certificates against that with {sizes[0]}", ratio, "times");
        run.Recorder.Invariant("certificates at rest cost no latency", ratio <= options.Number("ratio-bound") ? [] : [$"{ratio:F2} times"]);
        run.Recorder.Invariant("every login ended well", [.. run.Recorder.Samples.Where(sample => sample.Error is not null).Select(sample => sample.Error!)]);

        Task LoadAsync(string operation, int from) => OpenLoop.RunAsync(
            run.Recorder, operation, Arrivals.Constant(rate, length, from),
            (_, cancellation) => pool.UseAsync(phone => run.Platform.RunAsync(phone, FlowKind.Login, 1, cancellation), cancellation), stop);
    }

    private static string NameOf(int size) => string.Create(CultureInfo.InvariantCulture, $"login, {size:N0} certificates");

    private static async Task FillAsync(NpgsqlDataSource source, int size, CancellationToken stop)
    {
        await using var command = source.CreateCommand("""
            WITH present AS (SELECT count(*) AS n FROM OrleansStorage WHERE GrainTypeString = 'certificate/certificate'),
                 missing AS (SELECT md5(random()::text || i) AS key FROM present, generate_series(1, greatest(0, $1 - present.n)) AS i),
                 model AS (SELECT DISTINCT ON (GrainTypeString) * FROM OrleansStorage
                           WHERE GrainTypeString IN ('certificate/certificate', 'evidence/evidence', 'qr-session/qr-session') ORDER BY GrainTypeString, length(PayloadBinary))
            INSERT INTO OrleansStorage
            SELECT (random() * 2147483647)::integer, model.GrainTypeHash, model.GrainIdN0, model.GrainIdN1, model.GrainTypeString,
                   ':' || missing.key || CASE model.GrainTypeString WHEN 'evidence/evidence' THEN '/0' ELSE '' END,
                   model.ServiceId, set_byte(model.PayloadBinary, 2, 0), model.ModifiedOn, 1
            FROM missing, model
            """);
        command.Parameters.AddWithValue((long)size);
        await command.ExecuteNonQueryAsync(stop);

        // As after years of growth: no pages waiting for the vacuum, and figures for the planner.
        await using var vacuum = source.CreateCommand("VACUUM ANALYZE OrleansStorage");
        await vacuum.ExecuteNonQueryAsync(stop);
    }

    private static async Task<double> MiBAsync(NpgsqlDataSource source, CancellationToken stop)
    {
        await using var command = source.CreateCommand("SELECT pg_database_size(current_database())");
        return (long)(await command.ExecuteScalarAsync(stop))! / (1024.0 * 1024);
    }
}
