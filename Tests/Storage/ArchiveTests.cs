using Bzt.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Bzt.Tests.Storage;

/// <summary>Sessions and evidence that rest leave the table of states and come back whole; nothing else leaves, and nothing written meanwhile is lost.</summary>
public sealed class ArchiveTests(PostgresFixture postgres)
{
    /// <summary>Everything is older than a day in a hundred years. The store dates rows by its own clock, whatever day that is.</summary>
    private static readonly TimeSpan AnyAge = TimeSpan.FromDays(-36_500);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_rested_is_archived_and_comes_back_as_it_was(string kind)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var silo = await TestSilo.StartAsync(postgres: kind == "postgres" ? await postgres.NewDatabaseAsync() : null);
        var (storage, archive, store) = (silo.Services.GetRequiredService<IGrainStorage>(), silo.Services.GetRequiredService<StateArchive>(), silo.Services.GetRequiredService<SqlStore>());
        GrainId[] sessions = [.. Enumerable.Range(0, 30).Select(_ => GrainId.Create("qr-session", Guid.NewGuid().ToString("N")))];
        var page = GrainId.Create("evidence", Guid.NewGuid().ToString("D") + "/0");
        var other = GrainId.Create("counter", "1");
        foreach (var session in sessions)
        {
            await WriteAsync("qr-session", session, Array.IndexOf(sessions, session));
        }

        await WriteAsync("evidence", page, 77);
        await WriteAsync("evidence-tail", page, 78);
        await WriteAsync("counter", other, 88);
        var held = await ReadAsync("qr-session", sessions[1]);

        // Too young: nothing goes. Old enough: all of the two kinds, smaller than they were, and of no other.
        Assert.Equal(0, await archive.SweepAsync(TimeSpan.FromDays(1), stop));
        Assert.Equal(32, await archive.SweepAsync(AnyAge, stop));
        Assert.Equal(0, await archive.SweepAsync(AnyAge, stop));
        Assert.Equal((0, 32), await CountAsync());
        Assert.Equal(88, (await ReadAsync("counter", other)).State!.Value);

        // Whoever still holds one is not let back in with it, but reads it again.
        var stale = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("qr-session", sessions[1], held));
        Assert.NotNull(stale);
        var again = await ReadAsync("qr-session", sessions[1]);
        Assert.Equal((1, held.ETag), (again.State!.Value, again.ETag));
        again.State = new CounterState { Value = 100 };
        await storage.WriteStateAsync("qr-session", sessions[1], again);
        Assert.Equal((1, 31), await CountAsync());

        // Asked for by many at once it comes back once.
        var values = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ReadAsync("evidence", page), stop)));
        Assert.All(values, read => Assert.Equal((77, true), (read.State!.Value, read.RecordExists)));
        Assert.Equal((2, 30), await CountAsync());
        Assert.Equal(78, (await ReadAsync("evidence-tail", page)).State!.Value);

        // While a sweep runs over and over, each key is written: what was acknowledged last is what there is.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var sweeping = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await archive.SweepAsync(AnyAge, stop);
            }
        }, stop);
        await Parallel.ForEachAsync(sessions, stop, async (session, _) =>
        {
            var value = 1000;
            for (var acknowledged = 0; acknowledged < 10;)
            {
                var state = await ReadAsync("qr-session", session);
                state.State = new CounterState { Value = value };
                try
                {
                    await storage.WriteStateAsync("qr-session", session, state);
                    (acknowledged, value) = (acknowledged + 1, value + 1);
                }
                catch (InconsistentStateException)
                {
                    // Archived between reading and writing; a grain would be activated anew.
                }
            }
        });
        await enough.CancelAsync();
        await sweeping;
        await silo.RestartAsync();
        storage = silo.Services.GetRequiredService<IGrainStorage>();
        foreach (var session in sessions)
        {
            Assert.Equal(1009, (await ReadAsync("qr-session", session)).State!.Value);
        }

        async Task<GrainState<CounterState>> ReadAsync(string name, GrainId id)
        {
            var state = new GrainState<CounterState>();
            await storage.ReadStateAsync(name, id, state);
            return state;
        }

        Task WriteAsync(string name, GrainId id, int value) => storage.WriteStateAsync(name, id, new GrainState<CounterState>(new CounterState { Value = value }));

        async Task<(int States, int Archived)> CountAsync() => (
            await CountOfAsync("SELECT count(*) FROM OrleansStorage WHERE GrainTypeString IN ('qr-session/qr-session', 'evidence/evidence', 'evidence/evidence-tail')"),
            await CountOfAsync("SELECT count(*) FROM archived_state WHERE length(payload) > 0"));

        async Task<int> CountOfAsync(string sql) => Assert.Single(await store.QueryAsync(sql, row => Convert.ToInt32(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture), stop));
    }
}
