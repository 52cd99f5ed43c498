using System.Globalization;
using Bzt.Tests.Storage;
using Npgsql;

namespace Bzt.Tests.Deploy;

/// <summary>The composition's archive of what PostgreSQL writes, and the way back to a moment as docs/operations.md has it.</summary>
public sealed class ArchiveTests : IAsyncDisposable
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private readonly string path = Directory.CreateTempSubdirectory("bzt-wal-").FullName;
    private string? running;

    [Fact]
    [Trait("Feature", "X25"), Trait("Surface", "operator")]
    public async Task A_database_comes_back_as_it_was_at_a_moment()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await Peers.PeerProcess.Run("chown", ["postgres", path]);
        }

        await PostgresFixture.RunAsync($"mkdir -p {path}/backup/wal && {PostgresFixture.Binaries()}/initdb -D {path}/data -U bzt -A trust --locale=C --no-sync");
        await File.AppendAllTextAsync($"{path}/data/postgresql.conf", string.Join('\n', await SettingsAsync()), Stop);
        await StartAsync("data");
        await ExecuteAsync("CREATE TABLE told (what text)");
        await PostgresFixture.RunAsync($"{PostgresFixture.Binaries()}/pg_basebackup -h {path} -U bzt -D {path}/backup/base -X none -c fast");
        await ExecuteAsync("INSERT INTO told VALUES ('before')");

        // A crash in the midst of a copy leaves half a segment, which is in nobody's way.
        await PostgresFixture.RunAsync($"printf half > {path}/backup/wal/.{await AskAsync("SELECT pg_walfile_name(pg_current_wal_lsn())")}");
        var moment = await AskAsync("SELECT clock_timestamp()::text");
        await ExecuteAsync("INSERT INTO told VALUES ('after')");
        var last = await AskAsync("SELECT pg_walfile_name(pg_switch_wal())");
        await Applications.Wait.UntilAsync(async () => await AskAsync("SELECT last_archived_wal >= '" + last + "' FROM pg_stat_archiver"), archived => archived == "True");
        Assert.All(Directory.GetFiles($"{path}/backup/wal", "0*").Where(file => Path.GetFileName(file).Length == 24), file => Assert.Equal(16 << 20, new FileInfo(file).Length));
        await StopAsync();

        var recovery = $"restore_command = 'cp {path}/backup/wal/%f %p'\nrecovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n";
        await PostgresFixture.RunAsync($"cp -a {path}/backup/base {path}/restored && rm -rf {path}/restored/pg_wal/* && touch {path}/restored/recovery.signal");
        await File.AppendAllTextAsync($"{path}/restored/postgresql.auto.conf", recovery, Stop);
        await StartAsync("restored");
        await Applications.Wait.UntilAsync(() => AskAsync("SELECT pg_is_in_recovery()"), recovering => recovering == "False");
        Assert.Equal("before", await AskAsync("SELECT string_agg(what, ',') FROM told"));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(path, recursive: true);
    }

    /// <summary>What the composition's container is started with; only the folder is another.</summary>
    private async Task<IEnumerable<string>> SettingsAsync()
    {
        var command = (await ComposeTests.ServicesAsync()).GetProperty("postgres").GetProperty("command").EnumerateArray().Select(argument => argument.GetString()!).ToList();
        Assert.Equal("postgres", command[0]);
        return command.Skip(1).Select(argument =>
        {
            Assert.StartsWith("-c", argument, StringComparison.Ordinal);
            var (name, value) = (argument[2..argument.IndexOf('=', StringComparison.Ordinal)], argument[(argument.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            return $"{name} = '{value.Replace("/backup", $"{path}/backup", StringComparison.Ordinal)}'";
        });
    }

    private async Task StartAsync(string folder)
    {
        await PostgresFixture.RunAsync($"{PostgresFixture.Binaries()}/pg_ctl -D {path}/{folder} -l {path}/log -w -t 60 -o \"-k {path} -c listen_addresses=''\" start");
        running = folder;
    }

    private async Task StopAsync()
    {
        if (running is { } folder)
        {
            running = null;
            NpgsqlConnection.ClearAllPools();
            await PostgresFixture.RunAsync($"{PostgresFixture.Binaries()}/pg_ctl -D {path}/{folder} -m fast -w stop");
        }
    }

    private async Task ExecuteAsync(string sql) => await AskAsync(sql);

    private async Task<string?> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"Host={path};Username=bzt;Database=postgres;Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(Stop), CultureInfo.InvariantCulture);
    }
}
