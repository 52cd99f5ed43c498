using QRCoder;

namespace Bzt.Samples.Demo;

internal static class Commands
{
    public static async Task<int> ServeAsync(bool lan, CancellationToken stop)
    {
        var folder = Path.Combine(Binaries.Repository, "var");
        var secrets = DevelopmentSecrets.LoadOrCreate(Path.Combine(folder, "keys", "development.json"));
        using var network = lan ? LocalNetwork.Prepare(Path.Combine(folder, "keys"), Ports.Embedded.Gateway) : null;
        await using var deployment = new EmbeddedDeployment(folder, secrets, Ports.Embedded, network);
        Console.WriteLine("starting ...");
        await deployment.StartAsync(stop);
        network?.Offer();
        Announce(deployment, network);
        await WaitAsync(deployment, stop);
        Console.WriteLine("stopping ...");
        return 0;
    }

    public static async Task<int> ServeClusterAsync(CancellationToken stop)
    {
        var folder = Path.Combine(Binaries.Repository, "var", "cluster");
        var secrets = DevelopmentSecrets.LoadOrCreate(Path.Combine(folder, "keys", "development.json"));
        await using var deployment = new ClusterDeployment(folder, secrets, Ports.Cluster) { Published = true };
        Console.WriteLine("starting ...");
        await deployment.StartAsync(stop);
        Announce(deployment, network: null);
        await WaitAsync(deployment, stop);
        Console.WriteLine("stopping ...");
        return 0;
    }

    /// <summary>The main job against a deployment of its own, so that it can be played beside a running system and twice.</summary>
    public static async Task<int> PlayAsync(string output, bool cluster, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("bzt-demo-").FullName;
        try
        {
            var secrets = DevelopmentSecrets.LoadOrCreate(Path.Combine(folder, "keys", "development.json"));
            await using Deployment deployment = cluster ? new ClusterDeployment(folder, secrets, Ports.Free()) { Published = true } : new EmbeddedDeployment(folder, secrets, Ports.Free());
            Console.WriteLine("starting ...");
            await deployment.StartAsync(stop);
            await Journey.PlayAsync(deployment, output, stop);
        }
        finally
        {
            Deployment.Delete(folder);
        }

        return 0;
    }

    /// <summary>The main job against the containers of docker-compose.yml with the profile <c>demo</c>.</summary>
    public static async Task<int> PlayAtComposeAsync(string output, CancellationToken stop)
    {
        var host = Environment.GetEnvironmentVariable("BZT_HOST") is { Length: > 0 } named ? named : "bzt.localhost";
        await using var deployment = RunningDeployment.Composition(host, Path.Combine(Binaries.Repository, "secrets"));
        await Journey.PlayAsync(deployment, output, stop);
        return 0;
    }

    private static void Announce(Deployment deployment, LocalNetwork? network)
    {
        Console.WriteLine($"""

            phone app            {deployment.Gateway}app
            trading platform     {deployment.TradingPlatform}    password {deployment.Secrets.TradingPlatformPassword} of chujiang, xiling, expert, buyer
            CA console           {deployment.Gateway}ca-console    password {deployment.Secrets.CaConsolePassword}
            simulators           {deployment.Simulators}    password {deployment.Secrets.SimulatorsPassword}
            API documentation    {deployment.Gateway}docs

            Ctrl-C stops; started again, all is still there.
            """);
        if (network is not null)
        {
            Console.WriteLine($"""

                A phone in this network: fetch and trust the certificate of this machine, then open the phone app.
                certificate          {network.AuthorityAddress}
                {Qr(network.AuthorityAddress)}
                phone app            {deployment.Gateway}app
                {Qr(new Uri(deployment.Gateway, "app"))}
                """);
        }
    }

    private static string Qr(Uri address)
    {
        using var data = QRCodeGenerator.GenerateQrCode(address.ToString(), QRCodeGenerator.ECCLevel.M);
        using var code = new AsciiQRCode(data);
        return code.GetGraphicSmall();
    }

    private static async Task WaitAsync(Deployment deployment, CancellationToken stop)
    {
        var stopped = Task.Delay(Timeout.Infinite, stop);
        var ended = await Task.WhenAny([stopped, .. deployment.Processes.Select(process => process.Exited)]);
        if (ended != stopped && deployment.Processes.FirstOrDefault(process => process.HasExited) is { } dead)
        {
            throw new DemoException($"{dead.Name} ended unexpectedly; see {dead.LogFile}");
        }
    }
}
