using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;

namespace Bzt.Tests.Storage;

/// <summary>
/// Two silos of one cluster on one clock, of which one is made to leave while calls are under way in it. A call waits for its answer as long as the test lasts:
/// what waits for the call's own end would never come to one.
/// </summary>
internal sealed class LeavingSilo : IAsyncDisposable
{
    private const int Probes = 20;

    private Task left = Task.CompletedTask;

    private LeavingSilo(TestSilo staying, TestSilo leaving) => (Staying, Leaving) = (staying, leaving);

    public TestSilo Staying { get; }

    public TestSilo Leaving { get; }

    public FakeTimeProvider Clock => Staying.Clock;

    /// <summary>What both wrote.</summary>
    public IEnumerable<string> Written => Staying.Faults.Written.Concat(Leaving.Faults.Written).Select(write => write.Subject);

    public static async Task<LeavingSilo> StartAsync(PostgresFixture postgres, Action<IHostApplicationBuilder>? configure = null)
    {
        var database = await postgres.NewDatabaseAsync();
        var staying = await TestSilo.StartAsync(Configure, postgres: database);
        return new LeavingSilo(staying, await TestSilo.StartAsync(Configure, staying.Clock, database, staying));

        void Configure(IHostApplicationBuilder builder)
        {
            builder.Services.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMinutes(5));
            configure?.Invoke(builder);
        }
    }

    /// <summary>Whether the grain is up in the silo that will leave.</summary>
    public async Task<bool> IsLeaving(IAddressable grain) =>
        await Staying.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain) is { } place && place.Equals(Leaving.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress);

    /// <summary>Begins; when this ends, its activations are being ended.</summary>
    public async Task LeaveAsync()
    {
        var watch = new LeavingWatch();
        foreach (var number in Enumerable.Range(0, Probes))
        {
            var probe = Staying.Grains.GetGrain<ILeavingProbeGrain>($"{watch.Id} {number}");
            await probe.ComeUp();
            if (await IsLeaving(probe))
            {
                watch.Expected++;
            }
        }

        left = Task.Run(Leaving.StopAsync);
        await Applications.Wait.UntilAsync(() => Task.FromResult(watch.Ended), ended => ended >= watch.Expected);
    }

    /// <summary>Lets time pass until it is done.</summary>
    public Task PassUntilAsync(Task done) => Applications.Wait.UntilAsync(() =>
    {
        Clock.Advance(TimeSpan.FromMilliseconds(100));
        return Task.FromResult(done.IsCompleted);
    }, isDone => isDone);

    /// <summary>Until it has left in good order.</summary>
    public Task LeftAsync() => left;

    public async ValueTask DisposeAsync()
    {
        await left;
        await Leaving.DisposeAsync();
        await Staying.DisposeAsync();
    }
}

[Alias("bzt.tests.ILeavingProbe")]
public interface ILeavingProbeGrain : IGrainWithStringKey
{
    [Alias("ComeUp")]
    Task ComeUp();
}

/// <summary>Tells when it is ended.</summary>
[GrainType("test-leaving-probe")]
public sealed class LeavingProbeGrain : Grain, ILeavingProbeGrain
{
    public Task ComeUp() => Task.CompletedTask;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        LeavingWatch.Tell(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }
}

/// <summary>Counts the probes that are ended: both silos are in this process.</summary>
internal sealed class LeavingWatch
{
    private static readonly ConcurrentDictionary<string, LeavingWatch> Watches = new();
    private int ended;

    public LeavingWatch() => Watches[Id] = this;

    public string Id { get; } = $"{Guid.NewGuid():N}";

    public int Expected { get; set; }

    public int Ended => Volatile.Read(ref ended);

    public static void Tell(string probe) => Interlocked.Increment(ref Watches[probe[..probe.IndexOf(' ', StringComparison.Ordinal)]].ended);
}
