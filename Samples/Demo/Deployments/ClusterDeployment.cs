using System.Diagnostics;

namespace Bzt.Samples.Demo;

/// <summary>
/// The cluster form without containers: PostgreSQL and Redis from Debian's packages, two silos, two gateways, and in front of the
/// gateways a balancer that hands connections to them in turn, as a reverse proxy would.
/// </summary>
internal sealed class ClusterDeployment : Deployment
{
    private readonly int postgresPort = FreePort();
    private readonly int redisPort = FreePort();
    private readonly Balancer balancer;
    private readonly int[] gatewayPorts;
    private PostgresServer? postgres;

    public ClusterDeployment(string folder, DevelopmentSecrets secrets) : base(folder, secrets)
    {
        var ports = Ports.Free();
        Gateway = Local(ports.Gateway);
        Simulators = Local(ports.Simulators);
        TradingPlatform = Local(ports.TradingPlatform);
        gatewayPorts = [FreePort(), FreePort()];
        balancer = new Balancer(ports.Gateway, gatewayPorts);
    }

    public override Uri Gateway { get; }

    public override Uri Simulators { get; }

    public override Uri TradingPlatform { get; }

    public override async Task StartAsync(CancellationToken cancellation)
    {
        postgres = await PostgresServer.StartAsync(Path.Combine(Folder, "postgres"), postgresPort, Secrets.PlatformSecret, cancellation);
        StartRedis();
        CreateRootKey();
        await RunSimulatorsAsync(cancellation);
        var shared = SharedSettings();
        for (var i = 0; i < 2; i++)
        {
            var health = FreePort();
            var settings = new Dictionary<string, string>(shared)
            {
                ["Cluster:SiloPort"] = FreePort().ToString(),
                ["Cluster:GatewayPort"] = FreePort().ToString(),
                ["Cluster:AdvertisedAddress"] = "127.0.0.1",
            };
            var silo = Run($"silo-{i + 1}", Binaries.Silo, settings, "--urls", $"http://127.0.0.1:{health}");
            await silo.WaitUntilReadyAsync(new Uri($"http://127.0.0.1:{health}/health/ready"), cancellation);
        }

        for (var i = 0; i < gatewayPorts.Length; i++)
        {
            var settings = GatewaySettings();
            foreach (var (key, value) in shared)
            {
                settings[key] = value;
            }

            settings["Gateway:Redis"] = $"127.0.0.1:{redisPort}";
            var address = $"http://127.0.0.1:{gatewayPorts[i]}";
            var gateway = Run($"gateway-{i + 1}", Binaries.Gateway, settings, "--urls", address);
            await gateway.WaitUntilReadyAsync(new Uri(address + "/health/ready"), cancellation);
        }

        balancer.Start();
        await RunTradingPlatformAsync(cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        balancer.Dispose();
        await base.DisposeAsync();
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
    }

    private static Uri Local(int port) => new($"http://localhost:{port}/");

    /// <summary>What silos and gateways must agree on: the store, its keys, the providers, the public address.</summary>
    private Dictionary<string, string> SharedSettings()
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Storage:Provider"] = "postgres",
            ["Storage:ConnectionString"] = postgres!.ConnectionString,
            ["Protection:RootKeyFile"] = Path.Combine(Folder, "keys", "root.key"),
        };
        AddProviders(settings);
        return settings;
    }

    /// <summary>In a cluster no process makes the root key by itself: the operator does, once.</summary>
    private void CreateRootKey()
    {
        var file = Path.Combine(Folder, "keys", "root.key");
        if (File.Exists(file))
        {
            return;
        }

        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
    }

    private void StartRedis()
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--port", redisPort.ToString(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Folder])
        {
            start.ArgumentList.Add(argument);
        }

        Adopt("redis", start);
    }
}

/// <summary>A PostgreSQL server of our own: its data in a folder, on loopback, as the user postgres since it refuses to run as root.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string data;
    private readonly string bin;

    private PostgresServer(string data, string bin, string connectionString) =>
        (this.data, this.bin, ConnectionString) = (data, bin, connectionString);

    public string ConnectionString { get; }

    public static async Task<PostgresServer> StartAsync(string folder, int port, string password, CancellationToken cancellation)
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).LastOrDefault() + "/bin"
            : throw new DemoException("PostgreSQL is not installed; ./run.sh cluster installs it.");
        var data = Path.Combine(folder, "data");
        Directory.CreateDirectory(folder);
        await RunAsync("chown", ["postgres:", folder], cancellation);
        for (var parent = Directory.GetParent(folder); parent is not null && parent.Parent is not null; parent = parent.Parent)
        {
            // The server's user has to get there: passing through, not listing.
            parent.UnixFileMode |= UnixFileMode.OtherExecute;
        }

        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
        {
            var passwordFile = Path.Combine(folder, "password");
            await File.WriteAllTextAsync(passwordFile, password, cancellation);
            await RunAsync("chown", ["postgres:", passwordFile], cancellation);
            await RunAsync("runuser", ["-u", "postgres", "--", bin + "/initdb", "-D", data, "-U", "bzt", "--auth=scram-sha-256", "--pwfile=" + passwordFile, "--encoding=UTF8", "--no-locale"], cancellation);
            File.Delete(passwordFile);
        }

        var options = $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{folder}'";
        await RunAsync("runuser", ["-u", "postgres", "--", bin + "/pg_ctl", "-D", data, "-w", "-l", Path.Combine(folder, "server.log"), "-o", options, "start"], cancellation);
        return new PostgresServer(data, bin, $"Host=127.0.0.1;Port={port};Username=bzt;Password={password};Database=postgres;Max Auto Prepare=50;Auto Prepare Min Usages=2");
    }

    public async ValueTask DisposeAsync() =>
        await RunAsync("runuser", ["-u", "postgres", "--", bin + "/pg_ctl", "-D", data, "-m", "fast", "-w", "stop"], CancellationToken.None);

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        // The server outlives pg_ctl and would keep pipes open: output goes nowhere, the server has its log.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new DemoException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
