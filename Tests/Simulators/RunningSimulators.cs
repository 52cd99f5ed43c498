using Bzt.Grains.Providers;
using Bzt.Grains.Providers.Payments;
using Bzt.Simulators;
using Bzt.Simulators.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Bzt.Tests.Simulators;

/// <summary>The simulators on a port of their own, and the product's adapters configured as they say.</summary>
internal sealed class RunningSimulators : IAsyncDisposable
{
    public const string Password = "open sesame";
    public const string Token = "a control token of tests";

    // Making RSA keys costs more than everything else here; the accounts of different tests may be the same.
    static readonly Lazy<SimulatorKeys> SharedKeys = new(() => SimulatorKeys.LoadOrCreate(folder: null));

    readonly WebApplication app;
    readonly List<ServiceProvider> products = [];

    RunningSimulators(WebApplication app)
    {
        this.app = app;
        List<Uri> addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];
        Address = addresses.Single(address => address.Scheme == Uri.UriSchemeHttp);
        TlsAddress = addresses.SingleOrDefault(address => address.Scheme == Uri.UriSchemeHttps);
        Control = new(Http, Address, Token);
    }

    public Uri Address { get; }

    /// <summary>Null unless the test made the host listen for TLS.</summary>
    public Uri? TlsAddress { get; }

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public SimulatorControl Control { get; }

    public SimulatorKeys Keys => app.Services.GetRequiredService<SimulatorKeys>();

    public IReadOnlyDictionary<string, string?> Settings => SimulatorsHost.ProviderSettings(app);

    /// <param name="clock">The simulators' clock, if it is not the system's.</param>
    /// <param name="folder">Where they keep their keys and state.</param>
    /// <param name="smsVendor">Whose SMS the product is told to use.</param>
    /// <param name="ownKeys">Accounts unlike those of all others.</param>
    /// <param name="caVendorFor">Which CA of the product the CA vendor stands for.</param>
    /// <param name="configure">Adds to the composition.</param>
    public static async Task<RunningSimulators> StartAsync(TimeProvider? clock = null, string? folder = null, bool ownKeys = false, string smsVendor = "Aliyun", string? caVendorFor = null, Action<WebApplicationBuilder>? configure = null)
    {
        List<string> arguments =
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0",
            "--Simulators:Password", Password, "--Simulators:ControlToken", Token, "--Simulators:SmsVendor", smsVendor,
        ];
        if (folder is not null)
        {
            arguments.AddRange(["--Simulators:DataFolder", folder]);
        }

        if (caVendorFor is not null)
        {
            arguments.AddRange(["--Simulators:CaVendorFor", caVendorFor]);
        }

        var app = SimulatorsHost.Build([.. arguments], builder =>
        {
            builder.Logging.ClearProviders();
            if (folder is null && !ownKeys)
            {
                builder.Services.AddSingleton(SharedKeys.Value);
            }

            if (clock is not null)
            {
                builder.Services.AddSingleton(clock);
            }

            configure?.Invoke(builder);
        });
        await app.StartAsync();
        return new(app);
    }

    /// <summary>The product's side.</summary>
    /// <param name="clock">The product's clock.</param>
    /// <param name="changes">Settings that differ from what the simulators say.</param>
    public T Adapter<T>(TimeProvider? clock = null, params (string Key, string? Value)[] changes) where T : notnull
    {
        var settings = Settings.ToDictionary();
        foreach (var (key, value) in changes)
        {
            settings[key] = value;
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddProviders();
        var product = services.BuildServiceProvider();
        products.Add(product);
        return product.GetRequiredService<T>();
    }

    /// <summary>The product's way to pay of this name.</summary>
    public IPaymentProvider Payment(string name, TimeProvider? clock = null, params (string Key, string? Value)[] changes) =>
        Adapter<IEnumerable<IPaymentProvider>>(clock, changes).Single(provider => provider.Name == name);

    /// <summary>A clock that starts now: the wire formats' timestamps are compared with it.</summary>
    public static FakeTimeProvider Clock() => new(DateTimeOffset.UtcNow);

    public async ValueTask DisposeAsync()
    {
        foreach (var product in products)
        {
            await product.DisposeAsync();
        }

        Http.Dispose();
        await app.DisposeAsync();
    }
}
