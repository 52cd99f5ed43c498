using System.Diagnostics;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;
using Npgsql;

namespace Bzt.Tests.Storage;

/// <summary>What waits for PostgreSQL ends: with a refusal that callers repeat, not with a grain that hangs.</summary>
public sealed class PostgresBoundsTests(PostgresFixture postgres)
{
    [Fact]
    public void Bounds_are_ours_where_the_operator_says_nothing()
    {
        var ours = PostgresStore.Bounded("Host=db;Username=bzt");
        Assert.Equal((8, 5, 40, 3600, 120), (ours.CommandTimeout, ours.Timeout, ours.MaxPoolSize, ours.ConnectionLifetime, ours.ConnectionIdleLifetime));
        Assert.Equal((true, 15, 5, 50), (ours.TcpKeepAlive, ours.TcpKeepAliveTime, ours.TcpKeepAliveInterval, ours.MaxAutoPrepare));
        Assert.Equal("-c idle_in_transaction_session_timeout=30s", ours.Options);
        Assert.False(PostgresStore.Bounded("Host=/run/postgresql").TcpKeepAlive);

        var theirs = PostgresStore.Bounded("Host=db;CommandTimeout=3;Timeout=4;Maximum Pool Size=7;Options=-c search_path=bzt;TCP Keepalive=false;Max Auto Prepare=10");
        Assert.Equal((3, 4, 7, "-c search_path=bzt", false, 10), (theirs.CommandTimeout, theirs.Timeout, theirs.MaxPoolSize, theirs.Options, theirs.TcpKeepAlive, theirs.MaxAutoPrepare));
    }

    [Fact]
    public async Task A_held_lock_refuses_a_write_and_a_full_pool_a_connection()
    {
        var stop = TestContext.Current.CancellationToken;
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(postgres: database + ";Command Timeout=1;Timeout=2");
        var counter = silo.Grains.GetGrain<ICounterGrain>("held");
        Assert.Equal(1, await counter.Add(1));

        await using var other = new NpgsqlConnection(database);
        await other.OpenAsync(stop);
        await using (var transaction = await other.BeginTransactionAsync(stop))
        {
            await other.ExecuteAsync("LOCK TABLE OrleansStorage IN EXCLUSIVE MODE");
            var asked = Stopwatch.StartNew();
            await Assert.ThrowsAsync<StorageFailedException>(() => counter.Add(1));
            Assert.True(asked.Elapsed < TimeSpan.FromSeconds(60));
        }

        // Free again, the grain reads what there is: what was refused was not written.
        Assert.Equal(2, await counter.Add(1));

        // Nobody waits for a connection for ever, and the next one gets it.
        await using var small = new PostgresStore(database + ";Maximum Pool Size=1;Timeout=1;Application Name=small");
        await using (var only = await small.DataSource.OpenConnectionAsync(stop))
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => small.QueryAsync("SELECT 1", row => row.GetInt32(0), stop));
        }

        Assert.Equal([1], await small.QueryAsync("SELECT 1", row => row.GetInt32(0), stop));
    }
}
