using Bzt.Grains.Foundations;
using Bzt.Silo.Hosting;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Reminders;

namespace Bzt.Tests.Storage;

/// <summary>
/// The embedded silo inside the test process, composed as in production, on SQLite in a folder of its own.
/// <code>
/// await using var silo = await TestSilo.StartAsync();
/// await silo.Grains.GetGrain&lt;IMyGrain&gt;("key").Do();
/// await silo.RestartAsync();      // same folder, same clock
/// silo.Clock.Advance(TimeSpan.FromDays(1));
/// silo.Faults.FailNext(WriteFault.Persisted);
/// </code>
/// The clock is what grains, their timers and reminders see; Orleans' own machinery runs on real time.
/// </summary>
public sealed class TestSilo : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly Action<IHostApplicationBuilder>? configure;
    private IHost? host;

    private readonly string? postgres;

    private TestSilo(FakeTimeProvider? clock, string? postgres, Action<IHostApplicationBuilder>? configure)
    {
        this.postgres = postgres;
        Clock = clock ?? new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 1, 0, 0, TimeSpan.Zero));
        this.configure = configure;
    }

    public FakeTimeProvider Clock { get; }

    public TestFaults Faults { get; } = new();

    public string Folder => folder.Path;

    public string RootKeyFile => folder.File("keys/root.key");

    public IServiceProvider Services => host?.Services ?? throw new InvalidOperationException("The silo is stopped.");

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <param name="configure">Adds to the composition, or replaces parts of it by registering them again.</param>
    /// <param name="postgres">A database of <see cref="PostgresFixture"/>: then the silo is one of a cluster.</param>
    /// <param name="beside">Another of the same cluster, whose root key it gets.</param>
    public static async Task<TestSilo> StartAsync(
        Action<IHostApplicationBuilder>? configure = null, FakeTimeProvider? clock = null, string? postgres = null, TestSilo? beside = null)
    {
        var silo = new TestSilo(clock, postgres, configure);
        if (beside is not null)
        {
            Directory.CreateDirectory(silo.folder.File("keys"));
            File.Copy(beside.folder.File("keys/root.key"), silo.folder.File("keys/root.key"));
        }

        await silo.StartHostAsync();
        return silo;
    }

    /// <summary>Waits until the grain's outbox has been delivered, or its first item refused once more.</summary>
    public Task DrainAsync(IAddressable grain) => grain.AsReference<IOutboxOwner>().DrainOutbox();

    /// <summary>Stops the silo as SIGTERM does, and starts it again on the same folder.</summary>
    public async Task RestartAsync()
    {
        await StopHostAsync();
        await StartHostAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopHostAsync();
        folder.Dispose();
    }

    private async Task StartHostAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Testing" });
        if (postgres is null)
        {
            builder.Configuration["Storage:DataFolder"] = folder.File("data");
        }
        else
        {
            builder.Configuration["Storage:Provider"] = "postgres";
            builder.Configuration["Storage:ConnectionString"] = postgres;
            builder.Configuration["Cluster:AdvertisedAddress"] = "127.0.0.1";
            builder.Configuration["Cluster:SiloPort"] = $"{EmbeddedPort.Take()}";
            builder.Configuration["Cluster:GatewayPort"] = $"{EmbeddedPort.Take()}";
            FileRootKey.Create(new ProtectionOptions { RootKeyFile = RootKeyFile });
        }

        builder.Configuration["Protection:RootKeyFile"] = RootKeyFile;
        builder.Configuration.AddInMemoryCollection(NoProviders.Settings);
        // The store's own clock dates rows, and a test's does not move it: every pending row is old enough for the sweeper.
        builder.Configuration["Outbox:PendingAge"] = "00:00:00";
        builder.Services.AddSingleton<TimeProvider>(Clock);
        // Orleans would otherwise run its heartbeats and retries on the test's clock, which stands still.
        builder.Services.AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System);
        builder.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, Clock);
        builder.Services.AddKeyedSingleton<TimeProvider>(ReminderTimeProviderNames.Reminders, Clock);
        builder.Services.AddSingleton<IStorageFaults>(Faults);
        builder.AddBztSilo();
        configure?.Invoke(builder);
        host = builder.Build();
        await host.StartAsync();
    }

    public Task StopAsync() => StopHostAsync();

    private async Task StopHostAsync()
    {
        if (host is null)
        {
            return;
        }

        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        host = null;
    }
}
