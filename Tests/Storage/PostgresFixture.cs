using System.Diagnostics;
using System.Globalization;
using Npgsql;

[assembly: AssemblyFixture(typeof(Bzt.Tests.Storage.PostgresFixture))]

namespace Bzt.Tests.Storage;

/// <summary>
/// A PostgreSQL of the test run's own, started when the first test asks for a database. It listens on a socket in its folder
/// and on no port. Take it as a constructor parameter; a machine without PostgreSQL fails the test.
/// </summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<string>> folder = new(StartAsync);
    private int databases;

    /// <summary>A new, empty database; its connection string.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"bzt{Interlocked.Increment(ref databases)}";
        await using var admin = NpgsqlDataSource.Create(ConnectionString(await folder.Value, "postgres"));
        await using var command = admin.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return ConnectionString(await folder.Value, name);
    }

    /// <summary>Until so many connections to that database wait for a lock. Nothing depends on how long it takes.</summary>
    public static async Task WaitersAsync(string connectionString, int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(patience.Token);
        await using var waiting = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection);
        while ((long)(await waiting.ExecuteScalarAsync(patience.Token))! < count)
        {
            await Task.Yield();
        }
    }

    /// <summary>As an operator takes one while everything runs; the file.</summary>
    public async Task<string> DumpAsync(string connectionString)
    {
        var (path, database) = (await folder.Value, new NpgsqlConnectionStringBuilder(connectionString).Database);
        var file = $"{path}/{database}.dump";
        await RunAsync($"{Binaries()}/pg_dump -Fc -h {path} -U bzt -f {file} {database}");
        return file;
    }

    /// <summary>A dump in a new database; its connection string.</summary>
    public async Task<string> RestoreAsync(string dump)
    {
        var connectionString = await NewDatabaseAsync();
        await RunAsync($"{Binaries()}/pg_restore --exit-on-error -h {await folder.Value} -U bzt -d {new NpgsqlConnectionStringBuilder(connectionString).Database} {dump}");
        return connectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (!folder.IsValueCreated)
        {
            return;
        }

        var path = await folder.Value;
        NpgsqlConnection.ClearAllPools();
        await RunAsync($"{Binaries()}/pg_ctl -D {path}/data -m immediate -w stop");
        Directory.Delete(path, recursive: true);
    }

    private static async Task<string> StartAsync()
    {
        var binaries = Binaries();
        var path = Directory.CreateTempSubdirectory("bzt-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", path);
        }

        await RunAsync($"{binaries}/initdb -D {path}/data -U bzt -A trust -E UTF8 --locale=C --no-sync");
        await RunAsync($"{binaries}/pg_ctl -D {path}/data -l {path}/log -w -t 60 -o \"-k {path} -c listen_addresses='' -c fsync=off -c max_connections=300\" start");
        return path;
    }

    private static string ConnectionString(string folder, string database) =>
        $"Host={folder};Username=bzt;Database={database};Maximum Pool Size=40;Include Error Detail=true";

    /// <summary>The folder of PostgreSQL's programs; the newest version's.</summary>
    internal static string Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(version => double.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture)).First() + "/bin"
            : throw new InvalidOperationException("This test needs PostgreSQL under /usr/lib/postgresql (Debian: apt install postgresql).");

    /// <summary>PostgreSQL refuses to run as root.</summary>
    internal static Task RunAsync(string command) =>
        Environment.IsPrivilegedProcess ? RunAsync("su", "postgres", "-c", command) : RunAsync("sh", "-c", command);

    private static async Task RunAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = "/tmp", RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} {string.Join(' ', arguments)}: {await output}{await errors}");
        }
    }
}
