using System.Diagnostics;
using System.Security.Cryptography;

namespace Bzt.Samples.Demo;

/// <summary>
/// The cluster form without containers: PostgreSQL and Redis from Debian's packages, two silos, two gateways, and in front of the
/// gateways a balancer that hands connections to them in turn, as a reverse proxy would.
/// </summary>
internal sealed partial class ClusterDeployment : Deployment
{
    private readonly int redisPort = FreePort();
    private readonly Balancer balancer;
    private readonly List<Silo> silos = [];
    private readonly ManagedProcess?[] gateways;
    private PostgresServer? postgres;
    private string? database;
    private int siloNumber;

    /// <param name="folder">Where everything of this deployment lies.</param>
    /// <param name="secrets">Its passwords.</param>
    /// <param name="ports">Of the addresses people use.</param>
    /// <param name="database">An empty database somewhere; without one the deployment has a server of its own.</param>
    /// <param name="each">So many silos, and so many gateways.</param>
    public ClusterDeployment(string folder, DevelopmentSecrets secrets, Ports ports, string? database = null, int each = 2) : base(folder, secrets)
    {
        gateways = new ManagedProcess?[each];
        SiloCount = each;
        Gateway = Local(ports.Gateway);
        Simulators = Local(ports.Simulators);
        TradingPlatform = Local(ports.TradingPlatform);
        int[] targets = [.. Enumerable.Range(0, each).Select(_ => FreePort())];
        Gateways = [.. targets.Select(port => new Uri($"http://127.0.0.1:{port}/"))];
        balancer = new Balancer(ports.Gateway, targets);
        this.database = database;
    }

    /// <param name="Process">The process.</param>
    /// <param name="Port">Other silos' way to it.</param>
    /// <param name="Address">Its pages for operators.</param>
    public sealed record Silo(ManagedProcess Process, int Port, Uri Address);

    /// <summary>Settings of the processes started from now on that differ from a development deployment's; an empty one is taken away.</summary>
    public IReadOnlyDictionary<string, string> ProcessOverrides { get; set; } = new Dictionary<string, string>();

    /// <summary>Where the silo and the gateway of the processes started from now on were built; this build's repository without one.</summary>
    public string? OtherBuild { get; set; }

    /// <summary>Silos and gateways as operators run them, published and compiled ahead; as they were built, without it.</summary>
    public bool Published { get; init; }

    /// <summary>Silos and gateways whose clocks <see cref="MoveClock"/> moves.</summary>
    public bool MovableClocks { get; init; }

    /// <summary>PostgreSQL's data on a file system that can be filled.</summary>
    public bool OwnDisk { get; init; }

    /// <summary>Of those it starts with.</summary>
    public int SiloCount { get; init; }

    /// <summary>The balancer's.</summary>
    public override Uri Gateway { get; }

    /// <summary>Each one's own.</summary>
    public IReadOnlyList<Uri> Gateways { get; }

    public IReadOnlyList<Silo> Silos => silos;

    public string RootKeyFile => Path.Combine(Folder, "keys", "root.key");

    public override Uri Simulators { get; }

    public override Uri TradingPlatform { get; }

    public override async Task StartAsync(CancellationToken cancellation)
    {
        if (database is null)
        {
            postgres = await PostgresServer.StartAsync(Folder, FreePort(), Secrets.PlatformSecret, OwnDisk, cancellation);
            database = postgres.ConnectionString;
        }

        StartRedis();
        CreateRootKey();
        await RunSimulatorsAsync(cancellation);
        // All at once, as containers come up: the store's migrations and the membership see to it.
        siloNumber = SiloCount;
        await Task.WhenAll([.. Enumerable.Range(1, SiloCount).Select(number => RunSiloAsync(number, cancellation)), StartGatewaysAsync(cancellation)]);
        balancer.Start();
        await RunTradingPlatformAsync(cancellation);
    }

    public async Task StartGatewaysAsync(CancellationToken cancellation) =>
        await Task.WhenAll(Enumerable.Range(0, gateways.Length).Select(i => RunGatewayAsync(i, cancellation)));

    /// <summary>One more silo; it is ready when this returns.</summary>
    public Task<Silo> AddSiloAsync(CancellationToken cancellation) => RunSiloAsync(++siloNumber, cancellation);

    /// <summary>As an operator stops one: SIGTERM, and what it holds goes to others.</summary>
    public async Task RemoveSiloAsync(Silo silo)
    {
        silos.Remove(silo);
        await StopAsync(silo.Process);
    }

    /// <summary>Stops a gateway with SIGTERM and starts one of the present settings in its place.</summary>
    public async Task ReplaceGatewayAsync(int i, CancellationToken cancellation)
    {
        await StopAsync(gateways[i]!);
        await RunGatewayAsync(i, cancellation);
    }

    /// <summary>Starts a silo that is not to come up; the last lines it wrote when it has ended.</summary>
    public async Task<string> RefusedSiloAsync(CancellationToken cancellation)
    {
        var (process, _, _) = LaunchSilo(++siloNumber);
        await process.Exited.WaitAsync(cancellation);
        return process.Failed ? await process.TailAsync() : throw new DemoException($"{process.Name} was let in.");
    }

    public async Task StopGatewaysAsync()
    {
        foreach (var gateway in gateways)
        {
            await StopAsync(gateway!);
        }
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

    private string SiloProgram => Published && OtherBuild is null ? Binaries.PublishedSilo : Binaries.SiloOf(OtherBuild);

    private string GatewayProgram => Published && OtherBuild is null ? Binaries.PublishedGateway : Binaries.GatewayOf(OtherBuild);

    private static Uri Local(int port) => new($"http://localhost:{port}/");

    private async Task<Silo> RunSiloAsync(int number, CancellationToken cancellation)
    {
        var (process, port, address) = LaunchSilo(number);
        var silo = new Silo(process, port, new Uri(address));
        silos.Add(silo);
        await process.WaitUntilReadyAsync(new Uri(address + "/health/ready"), cancellation);
        return silo;
    }

    private (ManagedProcess Process, int Port, string Address) LaunchSilo(int number)
    {
        var port = FreePort();
        var address = $"http://127.0.0.1:{FreePort()}";
        var settings = StoreSettings();
        settings["Gateway:PublicBaseUrl"] = Gateway.GetLeftPart(UriPartial.Authority);
        settings["Cluster:SiloPort"] = $"{port}";
        settings["Cluster:GatewayPort"] = $"{FreePort()}";
        settings["Cluster:AdvertisedAddress"] = "127.0.0.1";
        AddProviders(settings);
        Override(settings);
        AddClock($"silo-{number}", settings);
        return (Run($"silo-{number}", SiloProgram, settings, "--urls", address), port, address);
    }

    private async Task RunGatewayAsync(int i, CancellationToken cancellation)
    {
        var settings = GatewaySettings();
        foreach (var (key, value) in StoreSettings())
        {
            settings[key] = value;
        }

        settings["Gateway:Redis"] = $"127.0.0.1:{redisPort}";
        if (OtherBuild is null)
        {
            // The balancer here notices at once.
            settings["Gateway:DrainSeconds"] = "1";
        }

        Override(settings);
        AddClock($"gateway-{i + 1}", settings);
        gateways[i] = Run($"gateway-{i + 1}", GatewayProgram, settings, "--urls", Listen(Gateways[i]));
        await gateways[i]!.WaitUntilReadyAsync(new Uri(Gateways[i], "health/ready"), cancellation);
    }

    private void Override(Dictionary<string, string> settings)
    {
        foreach (var (key, value) in ProcessOverrides)
        {
            settings[key] = value;
            if (value.Length == 0)
            {
                settings.Remove(key);
            }
        }
    }

    /// <summary>What silos and gateways must agree on: the store and its keys.</summary>
    private Dictionary<string, string> StoreSettings() => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["Storage:Provider"] = "postgres",
        ["Storage:ConnectionString"] = database!,
        ["Protection:RootKeyFile"] = RootKeyFile,
    };

    /// <summary>In a cluster no process makes the root key by itself: the operator does, once.</summary>
    private void CreateRootKey()
    {
        if (File.Exists(RootKeyFile))
        {
            return;
        }

        using var stream = new FileStream(RootKeyFile, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(RandomNumberGenerator.GetBytes(32));
    }

    private void StartRedis()
    {
        var start = new ProcessStartInfo("redis-server");
        foreach (var argument in (string[])["--port", $"{redisPort}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Folder])
        {
            start.ArgumentList.Add(argument);
        }

        Adopt("redis", start);
    }
}
