using System.Diagnostics;
using System.Security.Cryptography;

namespace Bzt.Samples.Demo;

/// <summary>
/// The cluster form without containers: PostgreSQL and Redis from Debian's packages, two silos, two gateways, and in front of the
/// gateways a balancer that hands connections to them in turn, as a reverse proxy would.
/// </summary>
internal sealed class ClusterDeployment : Deployment
{
    private const int Each = 2;

    private readonly int redisPort = FreePort();
    private readonly Balancer balancer;
    private readonly List<Silo> silos = [];
    private readonly ManagedProcess?[] gateways = new ManagedProcess?[Each];
    private PostgresServer? postgres;
    private string? database;

    /// <param name="folder">Where everything of this deployment lies.</param>
    /// <param name="secrets">Its passwords.</param>
    /// <param name="ports">Of the addresses people use.</param>
    /// <param name="database">An empty database somewhere; without one the deployment has a server of its own.</param>
    public ClusterDeployment(string folder, DevelopmentSecrets secrets, Ports ports, string? database = null) : base(folder, secrets)
    {
        Gateway = Local(ports.Gateway);
        Simulators = Local(ports.Simulators);
        TradingPlatform = Local(ports.TradingPlatform);
        int[] targets = [.. Enumerable.Range(0, Each).Select(_ => FreePort())];
        Gateways = [.. targets.Select(port => new Uri($"http://127.0.0.1:{port}/"))];
        balancer = new Balancer(ports.Gateway, targets);
        this.database = database;
    }

    public sealed record Silo(ManagedProcess Process, int Port);

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
            postgres = await PostgresServer.StartAsync(Folder, FreePort(), Secrets.PlatformSecret, cancellation);
            database = postgres.ConnectionString;
        }

        StartRedis();
        CreateRootKey();
        await RunSimulatorsAsync(cancellation);
        // All at once, as containers come up: the store's migrations and the membership see to it.
        await Task.WhenAll([.. Enumerable.Range(1, Each).Select(number => RunSiloAsync(number, cancellation)), StartGatewaysAsync(cancellation)]);
        balancer.Start();
        await RunTradingPlatformAsync(cancellation);
    }

    public async Task StartGatewaysAsync(CancellationToken cancellation) =>
        await Task.WhenAll(Enumerable.Range(0, Each).Select(i => RunGatewayAsync(i, cancellation)));

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

    private static Uri Local(int port) => new($"http://localhost:{port}/");

    private async Task RunSiloAsync(int number, CancellationToken cancellation)
    {
        var port = FreePort();
        var address = $"http://127.0.0.1:{FreePort()}";
        var settings = StoreSettings();
        settings["Gateway:PublicBaseUrl"] = Gateway.GetLeftPart(UriPartial.Authority);
        settings["Cluster:SiloPort"] = $"{port}";
        settings["Cluster:GatewayPort"] = $"{FreePort()}";
        settings["Cluster:AdvertisedAddress"] = "127.0.0.1";
        AddProviders(settings);
        var process = Run($"silo-{number}", Binaries.Silo, settings, "--urls", address);
        silos.Add(new Silo(process, port));
        await process.WaitUntilReadyAsync(new Uri(address + "/health/ready"), cancellation);
    }

    private async Task RunGatewayAsync(int i, CancellationToken cancellation)
    {
        var settings = GatewaySettings();
        foreach (var (key, value) in StoreSettings())
        {
            settings[key] = value;
        }

        settings["Gateway:Redis"] = $"127.0.0.1:{redisPort}";
        gateways[i] = Run($"gateway-{i + 1}", Binaries.Gateway, settings, "--urls", Listen(Gateways[i]));
        await gateways[i]!.WaitUntilReadyAsync(new Uri(Gateways[i], "health/ready"), cancellation);
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
