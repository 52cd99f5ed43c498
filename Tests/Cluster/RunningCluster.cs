using System.Net.Sockets;
using System.Runtime.Versioning;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Samples.Demo;
using Bzt.Silo.Hosting;
using Bzt.Tests.Applications;
using Orleans.Core.Internal;
using Bzt.Simulators.Control;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bzt.Tests.Cluster;

/// <summary>
/// The cluster that <c>./run.sh cluster</c> starts: two silos, two gateways, Redis, simulators and the balancer, each a process but the
/// last; on a database of the test run's PostgreSQL. With it a client of the silos, which sees where a grain is.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class RunningCluster : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly HttpClient simulatorHttp = new();
    private IHost? client;

    private RunningCluster(string database, int each)
    {
        var secrets = DevelopmentSecrets.LoadOrCreate(folder.File("keys/development.json"));
        Deployment = new ClusterDeployment(folder.Path, secrets, Ports.Free(), database, each) { Headless = true };
        Simulators = new SimulatorControl(simulatorHttp, Deployment.Simulators, secrets.SimulatorsToken);
    }

    public ClusterDeployment Deployment { get; }

    public SimulatorControl Simulators { get; }

    public static async Task<RunningCluster> StartAsync(string database, Action<ClusterDeployment>? configure = null, int each = 2)
    {
        var cluster = new RunningCluster(database, each);
        configure?.Invoke(cluster.Deployment);
        try
        {
            await cluster.Deployment.StartAsync(TestContext.Current.CancellationToken);
            cluster.client = await cluster.StartClientAsync(database);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>To the public address, which phones prove that they speak to; carried to the gateway that <paramref name="choose"/> names.</summary>
    public HttpClient ThroughGateway(Func<int> choose) => Client(Carrier(choose));

    /// <summary>A platform that has its token from one gateway and calls the other, or the same.</summary>
    public PlatformClient Platform(int token, int call) => new(
        Client(new ClientCredentialsHandler(
            ThroughGateway(() => token), Samples.Demo.Deployment.PlatformId, Deployment.Secrets.PlatformSecret, TimeProvider.System) { InnerHandler = Carrier(() => call) }),
        TimeProvider.System);

    /// <summary>A platform that comes in turn to the gateways that are there, as through a proxy.</summary>
    public PlatformClient Platform() => new(
        Client(new ClientCredentialsHandler(
            Client(new SocketsHttpHandler()), Samples.Demo.Deployment.PlatformId, Deployment.Secrets.PlatformSecret, TimeProvider.System) { InnerHandler = new SocketsHttpHandler() }),
        TimeProvider.System);

    private HttpClient Client(HttpMessageHandler handler) => new(handler) { BaseAddress = Deployment.Gateway, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>The same way for a browser, which keeps cookies.</summary>
    public SocketsHttpHandler Carrier(Func<int> choose) => new()
    {
        // Each request has a connection of its own, so that a changed choice is obeyed.
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync("127.0.0.1", Deployment.Gateways[choose()].Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>The silo where the certificate's grain is, with the shares in its memory.</summary>
    public async Task<ClusterDeployment.Silo> HolderOfAsync(Guid certificate)
    {
        var grains = client!.Services.GetRequiredService<IGrainFactory>();
        var address = await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grains.GetGrain<ICertificateGrain>(certificate));
        Assert.NotNull(address);
        return Deployment.Silos.Single(silo => silo.Port == address.Endpoint.Port);
    }

    /// <summary>A grain leaves the memory of the silo where it is.</summary>
    public async Task PutDownAsync(Func<IGrainFactory, IAddressable> choose)
    {
        var grains = client!.Services.GetRequiredService<IGrainFactory>();
        var grain = choose(grains);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        // The silos themselves are asked: an address may be one that a silo remembers.
        await Wait.UntilAsync(() => grains.GetGrain<IManagementGrain>(0).GetActiveGrains(grain.GetGrainId().Type).AsTask(), active => !active.Contains(grain.GetGrainId()));
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null)
        {
            await client.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)client).DisposeAsync();
        }

        await Deployment.DisposeAsync();
        simulatorHttp.Dispose();
        folder.Dispose();
    }

    private async Task<IHost> StartClientAsync(string database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        builder.Configuration["Storage:Provider"] = "postgres";
        builder.Configuration["Storage:ConnectionString"] = database;
        builder.Configuration["Protection:RootKeyFile"] = Deployment.RootKeyFile;
        builder.AddBztClient();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
