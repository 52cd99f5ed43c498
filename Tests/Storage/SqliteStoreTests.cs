using Bzt.Silo.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bzt.Tests.Storage;

/// <summary>One writer, many units in one commit.</summary>
public sealed class SqliteStoreTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly SqliteStore store;

    public SqliteStoreTests() => store = new SqliteStore(folder.File("bzt.db"));

    public async ValueTask InitializeAsync() =>
        await store.WriteAsync(connection => connection.ExecuteAsync("CREATE TABLE item (id INTEGER PRIMARY KEY, part INTEGER)"));

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Many units wait behind one that blocks the writer, so they are committed together; every third fails half-way.</summary>
    [Fact]
    public async Task A_unit_that_fails_rolls_back_alone()
    {
        using var go = new ManualResetEventSlim();
        var blocker = store.WriteAsync(_ =>
        {
            go.Wait();
            return Task.FromResult(true);
        });
        var units = Enumerable.Range(0, 90).Select(i => store.WriteAsync(async connection =>
        {
            await connection.ExecuteAsync("INSERT INTO item (part) VALUES (@i)", ("i", i));
            return i % 3 == 0 ? throw new InvalidOperationException("half-way") : i;
        })).ToList();
        go.Set();
        await blocker;
        await Task.WhenAll(units).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.All(units.Where((_, i) => i % 3 == 0), unit => Assert.IsType<InvalidOperationException>(unit.Exception?.InnerException));
        var expected = Enumerable.Range(0, 90).Where(i => i % 3 != 0).ToList();
        Assert.Equal(expected, units.Where((_, i) => i % 3 != 0).Select(unit => unit.Result));
        Assert.Equal(expected, await store.QueryAsync("SELECT part FROM item ORDER BY part", row => row.GetInt32(0)));
    }

    [Fact]
    public async Task An_acknowledged_write_is_there_for_every_reader_and_after_reopening()
    {
        for (var i = 0; i < 20; i++)
        {
            await store.WriteAsync(connection => connection.ExecuteAsync("INSERT INTO item (part) VALUES (1)"));
            Assert.Equal(i + 1, (await store.QueryAsync("SELECT count(*) FROM item", row => row.GetInt32(0)))[0]);
        }

        await store.DisposeAsync();
        await using var reopened = new SqliteStore(folder.File("bzt.db"));
        Assert.Equal(20, (await reopened.QueryAsync("SELECT count(*) FROM item", row => row.GetInt32(0)))[0]);
    }

    /// <summary>Planning a write takes ten times what it does, and SQLite looks at values whenever a partial index might serve some of them.</summary>
    [Fact]
    public async Task A_write_is_planned_once_whatever_its_values_are()
    {
        await store.WriteAsync(connection => connection.ExecuteAsync("CREATE INDEX item_one ON item (id) WHERE part = 1"));
        // SQLITE_STMTSTATUS_REPREPARE, which the driver does not name.
        const int Replanned = 5;
        var (planned, rows) = await store.WriteAsync(connection =>
        {
            var database = ((SqliteConnection)connection).Handle!;
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(database, "UPDATE item SET part = part + 1 WHERE part = ?1", out var statement));
            using (statement)
            {
                var steps = 0;
                for (var value = 1; value <= 20; value++)
                {
                    raw.sqlite3_bind_int(statement, 1, value);
                    steps += raw.sqlite3_step(statement) == raw.SQLITE_DONE ? 1 : 0;
                    raw.sqlite3_reset(statement);
                }

                return Task.FromResult((raw.sqlite3_stmt_status(statement, Replanned, 0), steps));
            }
        });
        Assert.Equal((0, 20), (planned, rows));
    }

    [Fact]
    public async Task A_unit_alone_that_fails_leaves_nothing_and_the_next_goes_on()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync<int>(async connection =>
        {
            await connection.ExecuteAsync("INSERT INTO item (part) VALUES (7)");
            throw new InvalidOperationException("half-way");
        }));
        await store.WriteAsync(connection => connection.ExecuteAsync("INSERT INTO item (part) VALUES (8)"));
        Assert.Equal([8], await store.QueryAsync("SELECT part FROM item", row => row.GetInt32(0)));
    }

    [Fact]
    public async Task A_write_that_does_not_go_through_the_writer_fails()
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<SqliteException>(() => connection.ExecuteAsync("INSERT INTO item (part) VALUES (1)"));
    }

    [Fact]
    public async Task The_file_is_in_wal_mode_and_synced_in_full()
    {
        Assert.Equal("wal", (await store.WriteAsync(connection => connection.QueryAsync("PRAGMA journal_mode", row => row.GetString(0))))[0]);
        Assert.Equal(2, (await store.WriteAsync(connection => connection.QueryAsync("PRAGMA synchronous", row => row.GetInt32(0))))[0]);
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.WriteAsync(_ => Task.FromResult(1)));
    }
}
