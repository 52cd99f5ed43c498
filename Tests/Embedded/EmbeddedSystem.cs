using System.Net;
using System.Net.Sockets;
using Bzt.Gateway.Hosting;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Control;
using Bzt.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Reminders;

namespace Bzt.Tests.Embedded;

/// <summary>
/// The product as <c>./run.sh</c> runs it, inside the test process: the embedded gateway on SQLite in a folder of its own, and the simulators.
/// <code>
/// var system = await EmbeddedSystem.SharedAsync();                 // most tests: one for the whole run, never restarted, clock never moved
/// await using var system = await EmbeddedSystem.StartAsync();      // tests that restart, move the clock or steer a provider
/// var phone = await system.RealNamedPhoneAsync();
/// await system.RestartAsync();                                     // same folder, same address
/// </code>
/// </summary>
public sealed class EmbeddedSystem : IAsyncDisposable
{
    internal const string ControlToken = "control-token-of-the-tests";

    private static readonly Lazy<Task<EmbeddedSystem>> Shared = new(() => StartAsync());
    // Drawing the simulated providers' RSA keys costs more than starting the rest; one set is as good as many.
    private static readonly Lazy<SimulatorKeys> DrawnKeys = new(() => SimulatorKeys.LoadOrCreate(null));
    private static int persons;

    private readonly TempFolder folder = new();
    private readonly Action<WebApplicationBuilder>? configure;
    private readonly HttpClient simulatorHttp = new();
    private WebApplication? simulators;
    private WebApplication? gateway;
    private IReadOnlyDictionary<string, string?> providers = new Dictionary<string, string?>();

    private EmbeddedSystem(Action<WebApplicationBuilder>? configure) => this.configure = configure;

    public ShiftedClock Clock { get; } = new();

    /// <summary>A client without credentials; its base address is the gateway's.</summary>
    public HttpClient Gateway { get; private set; } = new();

    public Uri Address => Gateway.BaseAddress!;

    public SimulatorControl Simulators { get; private set; } = null!;

    public Uri SimulatorsAddress { get; private set; } = null!;

    public IServiceProvider Services => gateway?.Services ?? throw new InvalidOperationException("The gateway is stopped.");

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>Database and blobs: what an attacker with the disk would have. Keys lie elsewhere.</summary>
    public string DataFolder => folder.File("data");

    public string RootKeyFile => folder.File("keys/root.key");

    /// <summary>How a gateway is told of the simulators.</summary>
    public IReadOnlyDictionary<string, string?> ProviderSettings => providers;

    /// <summary>The system that tests share. It must not be restarted, its clock not moved, its providers not steered.</summary>
    public static Task<EmbeddedSystem> SharedAsync() => Shared.Value;

    /// <param name="configure">Adds to the gateway's composition; its settings win.</param>
    public static async Task<EmbeddedSystem> StartAsync(Action<WebApplicationBuilder>? configure = null)
    {
        var system = new EmbeddedSystem(configure);
        try
        {
            await system.StartSimulatorsAsync();
            await system.StartGatewayAsync(new Uri("http://127.0.0.1:0"));
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>A person nobody else in this run has: name, ID number, bank card, phone number.</summary>
    public static TestPerson NextPerson() => TestPerson.Get(Interlocked.Increment(ref persons));

    /// <summary>Stops the gateway as SIGTERM does and starts it again: same folder, and the same address, as phones and platforms expect.</summary>
    public async Task RestartAsync()
    {
        var address = Address;
        await StopGatewayAsync();
        await StartGatewayAsync(address);
    }

    /// <summary>Stops the gateway and leaves the simulators and all files: for tests that go on with it as a process.</summary>
    public Task StopAsync() => StopGatewayAsync();

    public async ValueTask DisposeAsync()
    {
        await StopGatewayAsync();
        if (simulators is not null)
        {
            await simulators.StopAsync();
            await simulators.DisposeAsync();
            simulators = null;
        }

        simulatorHttp.Dispose();
        Gateway.Dispose();
        folder.Dispose();
    }

    internal static async ValueTask DisposeSharedAsync()
    {
        if (Shared.IsValueCreated)
        {
            await (await Shared.Value).DisposeAsync();
        }
    }

    private async Task StartSimulatorsAsync()
    {
        simulators = SimulatorsHost.Build(["--environment", "Development", "--urls", "http://127.0.0.1:0"], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Configuration["Simulators:Password"] = "password-of-the-tests";
            builder.Configuration["Simulators:ControlToken"] = ControlToken;
            builder.Services.AddSingleton<TimeProvider>(Clock);
            builder.Services.AddSingleton(DrawnKeys.Value);
        });
        await simulators.StartAsync();
        providers = SimulatorsHost.ProviderSettings(simulators);
        SimulatorsAddress = AddressOf(simulators);
        Simulators = new SimulatorControl(simulatorHttp, SimulatorsAddress, ControlToken);
    }

    private async Task StartGatewayAsync(Uri address)
    {
        try
        {
            await StartOnceAsync(address);
        }
        catch (IOException) when (address.Port != 0)
        {
            // An outgoing connection of another test may just have been given the port.
            await StopGatewayAsync();
            await StartOnceAsync(new Uri("http://127.0.0.1:0"));
        }

        Gateway.Dispose();
        Gateway = new HttpClient { BaseAddress = AddressOf(gateway!), Timeout = TimeSpan.FromSeconds(100) };
    }

    private async Task StartOnceAsync(Uri address)
    {
        gateway = GatewayHost.Build(["--environment", "Development", "--urls", address.ToString()], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Configuration.AddInMemoryCollection(providers);
            builder.Configuration["Storage:DataFolder"] = DataFolder;
            builder.Configuration["Protection:RootKeyFile"] = RootKeyFile;
            builder.Configuration["Gateway:LoginsPerMinute"] = "100000";
            // All tests are one address, and some ask as fast as they can.
            builder.Configuration["Limits:StrangerPerSecond"] = builder.Configuration["Limits:UserPerSecond"] = builder.Configuration["Limits:AtOncePerUser"] = "100000";
            builder.Services.AddSingleton<TimeProvider>(Clock);
            // Orleans' own heartbeats are not to see the clock jump.
            builder.Services.AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System);
            builder.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, Clock);
            builder.Services.AddKeyedSingleton<TimeProvider>(ReminderTimeProviderNames.Reminders, Clock);
            configure?.Invoke(builder);
        });
        await gateway.StartAsync();
    }

    private async Task StopGatewayAsync()
    {
        if (gateway is not null)
        {
            await gateway.StopAsync();
            await gateway.DisposeAsync();
            gateway = null;
        }
    }

    private static Uri AddressOf(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
}

/// <summary>Ends the shared system with the run, if any test began it.</summary>
public sealed class SharedSystemEnd : IAsyncDisposable
{
    public ValueTask DisposeAsync() => EmbeddedSystem.DisposeSharedAsync();
}
