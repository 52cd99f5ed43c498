using System.Diagnostics;
using System.Globalization;

namespace Bzt.Samples.Demo;

/// <summary>
/// A PostgreSQL server of our own on loopback. It refuses to run as root; started by root it runs as Debian's user for it, and its data
/// lies in that user's home, since this user has no way into a folder of root's. A file in the deployment's folder says where.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Home = "/var/lib/postgresql";
    private const string Installed = "/usr/lib/postgresql";

    private readonly string folder;
    private readonly int port;
    private readonly SmallDisk? disk;

    private PostgresServer(string folder, int port, string connectionString, SmallDisk? disk) =>
        (this.folder, this.port, ConnectionString, this.disk) = (folder, port, connectionString, disk);

    public string ConnectionString { get; }

    public SmallDisk Disk => disk ?? throw new DemoException("This PostgreSQL has no disk of its own.");

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => folder + "/server.log";

    private static string Binaries => Directory.Exists(Installed)
        ? Directory.GetDirectories(Installed).MaxBy(version => double.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture)) + "/bin/"
        : throw new DemoException("PostgreSQL is not installed; ./run.sh cluster installs it.");

    /// <param name="deployment">Its folder.</param>
    /// <param name="port">Where to listen.</param>
    /// <param name="password">Of the user <c>bzt</c>.</param>
    /// <param name="ownDisk">Data on a <see cref="SmallDisk"/>, for one run.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<PostgresServer> StartAsync(string deployment, int port, string password, bool ownDisk, CancellationToken cancellation)
    {
        var folder = await FolderAsync(deployment, cancellation);
        var disk = ownDisk ? await SmallDisk.MountAsync(folder, "postgres:postgres", cancellation) : null;
        try
        {
            return await StartAsync(folder, port, password, disk, cancellation);
        }
        catch when (disk is not null)
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    private static async Task<PostgresServer> StartAsync(string folder, int port, string password, SmallDisk? disk, CancellationToken cancellation)
    {
        if (!File.Exists(folder + "/data/PG_VERSION"))
        {
            // The password comes through a pipe: no file to forget.
            await RunAsync($"printf %s \"$PASSWORD\" | {Binaries}initdb -D {folder}/data -U bzt -A scram-sha-256 --pwfile=/dev/stdin -E UTF8 --locale=C", cancellation, password);
        }

        var server = new PostgresServer(
            folder, port, $"Host=127.0.0.1;Port={port};Username=bzt;Password={password};Database=postgres;Max Auto Prepare=50;Auto Prepare Min Usages=2", disk);
        await server.StartAgainAsync(cancellation);
        return server;
    }

    /// <summary>As a power cut ends it: no checkpoint, connections torn; what was committed is in the log of the next start.</summary>
    public Task CrashAsync(CancellationToken cancellation) => RunAsync($"{Binaries}pg_ctl -D {folder}/data -m immediate -w stop", cancellation);

    public Task StartAgainAsync(CancellationToken cancellation) =>
        RunAsync($"{Binaries}pg_ctl -D {folder}/data -l {LogFile} -w -t 60 -o \"-p {port} -h 127.0.0.1 -k {folder} -c max_connections=400\" start", cancellation);

    /// <summary>As a machine that hangs: the server and all its backends.</summary>
    public void Freeze() => SignalAll(ManagedProcess.SigStop);

    public void Thaw() => SignalAll(ManagedProcess.SigCont);

    /// <summary>After a fault that may have ended it: as whoever keeps it running does.</summary>
    public async Task EnsureRunningAsync(CancellationToken cancellation)
    {
        if (!await TryRunAsync($"{Binaries}pg_ctl -D {folder}/data status", cancellation))
        {
            await StartAgainAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync($"{Binaries}pg_ctl -D {folder}/data -m fast -w stop", CancellationToken.None);
        if (disk is not null)
        {
            await disk.DisposeAsync();
        }
    }

    /// <summary>What a deployment that was not to last left behind, if it had a server.</summary>
    public static void DeleteData(string deployment)
    {
        if (File.Exists(Whereabouts(deployment)))
        {
            Directory.Delete(File.ReadAllText(Whereabouts(deployment)), recursive: true);
        }
    }

    private void SignalAll(int signal)
    {
        var server = int.Parse(File.ReadLines($"{folder}/data/postmaster.pid").First(), CultureInfo.InvariantCulture);
        ManagedProcess.Signal(server, signal);
        foreach (var backend in File.ReadAllText($"/proc/{server}/task/{server}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            ManagedProcess.Signal(int.Parse(backend, CultureInfo.InvariantCulture), signal);
        }
    }

    private static string Whereabouts(string deployment) => Path.Combine(deployment, "postgres-folder");

    private static async Task<string> FolderAsync(string deployment, CancellationToken cancellation)
    {
        if (File.Exists(Whereabouts(deployment)))
        {
            return await File.ReadAllTextAsync(Whereabouts(deployment), cancellation);
        }

        var folder = Environment.IsPrivilegedProcess ? $"{Home}/bzt-{Guid.NewGuid():N}" : Path.Combine(Path.GetFullPath(deployment), "postgres");
        await RunAsync($"mkdir -m 700 {folder}", cancellation);
        await File.WriteAllTextAsync(Whereabouts(deployment), folder, cancellation);
        return folder;
    }

    /// <summary>As the server's user. The server outlives pg_ctl and would keep pipes open: its output goes to its log.</summary>
    private static async Task RunAsync(string command, CancellationToken cancellation, string? password = null)
    {
        if (!await TryRunAsync(command, cancellation, password))
        {
            throw new DemoException($"{command} failed.");
        }
    }

    private static async Task<bool> TryRunAsync(string command, CancellationToken cancellation, string? password = null)
    {
        string[] shell = ["sh", "-c", $"({command}) >/dev/null 2>&1 </dev/null"];
        string[] line = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. shell] : shell;
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = "/", Environment = { ["PASSWORD"] = password } })!;
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0;
    }
}
