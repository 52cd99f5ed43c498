using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Npgsql;

namespace Bzt.LoadTests.Scenarios;

/// <summary>What one flow writes, as PostgreSQL counts it: rows have their number of writes in them, the server its log.</summary>
[SupportedOSPlatform("linux")]
internal sealed class WritesScenario : IScenario
{
    public string Name => "writes";

    public string Summary => "the durable writes of one flow: how many, of what, how many bytes";

    public IReadOnlyList<CommandOption> Options => [
        CommandOption.OwnCluster,
        new("kind", "login|seal", "seal", "what is confirmed"),
        new("documents", "N", "1", "seals in one confirmation"),
        new("flows", "N", "200", "flows, one after the other"),
        new("phones", "N", "10", "users, each with one phone")];

    public IReadOnlyList<string> Examples => ["writes --kind seal", "writes --kind login --flows 1000"];

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var (kind, documents, flows) = (run.Options.Choice<FlowKind>("kind"), run.Options.Count("documents"), run.Options.Count("flows"));
        var phones = await run.MakePhonesAsync(run.Options.Count("phones"), stop);
        foreach (var phone in phones)
        {
            await run.Platform.RunAsync(phone, kind, documents, stop);
        }

        await using var source = NpgsqlDataSource.Create(run.Cluster.Database!);
        await SettleAsync(source, stop);
        var before = await LookAsync(source, stop);
        run.Begin($"{flows} flows ...");
        for (var i = 0; i < flows; i++)
        {
            var phone = phones[i % phones.Count];
            await run.Recorder.ObserveAsync(kind.ToString().ToLowerInvariant(), run.Recorder.Now, cancellation => run.Platform.RunAsync(phone, kind, documents, cancellation), stop);
        }

        run.Recorder.End();
        await SettleAsync(source, stop);
        var after = await LookAsync(source, stop);
        foreach (var (type, row) in after.Rows.OrderByDescending(found => found.Value.Writes - Writes(before, found.Key)))
        {
            if (row.Writes - Writes(before, type) is var writes and > 0)
            {
                run.Recorder.Figure($"{type}: writes", (double)writes / flows, "a flow");
                run.Recorder.Figure($"{type}: a row at the end", (double)row.Bytes / row.Count, "bytes");
            }
        }

        run.Recorder.Figure("states written", (double)(after.Rows.Sum(row => row.Value.Writes) - before.Rows.Sum(row => row.Value.Writes)) / flows, "a flow");
        run.Recorder.Figure("commits of the database, all of them", (double)(after.Commits - before.Commits) / flows, "a flow");
        run.Recorder.Figure("log written", (double)(after.LogBytes - before.LogBytes) / flows / 1024, "KiB a flow");
        run.Recorder.NoErrors("every flow ended well");
    }

    private static long Writes(Look look, string type) => look.Rows.TryGetValue(type, out var row) ? row.Writes : 0;

    /// <summary>Delivered items leave their states with a write of their own a while after the last one.</summary>
    private static async Task SettleAsync(NpgsqlDataSource source, CancellationToken stop)
    {
        var known = -1L;
        for (var quiet = 0; quiet < 3;)
        {
            var writes = (await LookAsync(source, stop)).Rows.Sum(row => row.Value.Writes);
            quiet = writes == known ? quiet + 1 : 0;
            known = writes;
            await Task.Delay(TimeSpan.FromSeconds(10), stop);
        }
    }

    private static async Task<Look> LookAsync(NpgsqlDataSource source, CancellationToken stop)
    {
        var rows = new Dictionary<string, RowFigures>(StringComparer.Ordinal);
        await using (var command = source.CreateCommand("SELECT GrainTypeString, count(*), sum(Version)::bigint, coalesce(sum(length(PayloadBinary)), 0)::bigint FROM OrleansStorage GROUP BY 1"))
        {
            await using var reader = await command.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
            {
                rows.Add(reader.GetString(0), new RowFigures(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
            }
        }

        await using var server = source.CreateCommand("SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()), (pg_current_wal_lsn() - '0/0')::bigint");
        await using var figures = await server.ExecuteReaderAsync(stop);
        await figures.ReadAsync(stop);
        return new Look(rows, figures.GetInt64(0), figures.GetInt64(1));
    }

    private sealed record Look(IReadOnlyDictionary<string, RowFigures> Rows, long Commits, long LogBytes);

    /// <param name="Writes">A row's version is how often it was written.</param>
    private sealed record RowFigures(long Count, long Writes, long Bytes);
}
