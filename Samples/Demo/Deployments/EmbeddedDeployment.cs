namespace Bzt.Samples.Demo;

/// <summary>Everything on this machine: a gateway with the silo inside, SQLite, the simulators, the sample trading platform.</summary>
internal sealed class EmbeddedDeployment(string folder, DevelopmentSecrets secrets, Ports ports, LocalNetwork? network = null) : Deployment(folder, secrets)
{
    public override Uri Gateway { get; } = network?.Address ?? Local(ports.Gateway);

    public override Uri Simulators { get; } = Local(ports.Simulators);

    public override Uri TradingPlatform { get; } = Local(ports.TradingPlatform);

    public override async Task StartAsync(CancellationToken cancellation)
    {
        await RunSimulatorsAsync(cancellation);
        var settings = GatewaySettings();
        AddProviders(settings);
        settings["Storage:DataFolder"] = Path.Combine(Folder, "data");
        // Phones that end as their number says, for whoever develops a platform (docs/platforms/sandbox.md).
        settings["MockPhone:Enabled"] = "true";
        settings["Platforms:2:Id"] = "sandbox";
        settings["Platforms:2:Name"] = "沙箱平台";
        settings["Platforms:2:RecognitionGroup"] = "sandbox";
        settings["Platforms:2:ClientSecret"] = Secrets.SandboxSecret;
        settings["Platforms:2:Sandbox"] = "true";
        var listen = Listen(Local(ports.Gateway));
        if (network is not null)
        {
            listen = network.Listen;
            settings["Kestrel:Certificates:Default:Path"] = network.CertificateFile;
            settings["Kestrel:Certificates:Default:KeyPath"] = network.KeyFile;
        }

        var gateway = Run("gateway", Binaries.Gateway, settings, "--urls", listen);
        await gateway.WaitUntilReadyAsync(network is null ? new Uri(Gateway, "health/ready") : network.Health, cancellation);
        await RunTradingPlatformAsync(cancellation);
    }

    private static Uri Local(int port) => new($"http://localhost:{port}/");
}

/// <summary>The addresses' ports; free ones for a deployment nobody has to find.</summary>
internal sealed record Ports(int Gateway, int Simulators, int TradingPlatform)
{
    public static readonly Ports Embedded = new(5080, 5081, 5082);

    /// <summary>Others than the embedded system's: to a browser, and so to the phone app's keys, they are another place.</summary>
    public static readonly Ports Cluster = new(5180, 5181, 5182);

    public static Ports Free() => new(Deployment.FreePort(), Deployment.FreePort(), Deployment.FreePort());
}
