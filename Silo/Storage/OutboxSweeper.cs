using System.ComponentModel.DataAnnotations;
using System.Threading.Channels;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Bzt.Silo.Storage;

/// <summary>Section <c>Outbox</c>.</summary>
public sealed class OutboxOptions
{
    public const string Section = "Outbox";

    /// <summary>A row whose outbox has been pending for so long was left by a crash; a living grain trims sooner.</summary>
    public TimeSpan PendingAge { get; set; } = TimeSpan.FromSeconds(60);

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Finds states whose outbox a crash left undelivered, by the flag in their header, and wakes their grains.</summary>
/// <remarks>
/// Every silo sweeps; that several wake the same grain does no harm, it is activated once. When a silo has died one of the others does not wait
/// for the age: people wait for what the dead one had decided and not told. It then also asks grains that live, which answer that all is told.
/// A silo that starts takes its own start for such a death: it may be what comes after the death of all of them.
/// </remarks>
public sealed partial class OutboxSweeper(
    SqlStore store, IGrainFactory grains, OutboxOptions options, IOptions<ClusterOptions> cluster, ISiloStatusOracle silos, TimeProvider time, ILogger<OutboxSweeper> log)
    : BackgroundService, ISiloStatusListener
{
    private const int AtOnce = 16;

    /// <summary>The others take over the dead silo's part of the directory meanwhile; calls that come sooner wait for that.</summary>
    internal static readonly TimeSpan AfterDeath = TimeSpan.FromSeconds(2);

    private readonly Channel<SiloAddress> deaths = Channel.CreateBounded<SiloAddress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public async Task SweepAsync(CancellationToken cancellation)
    {
        List<(GrainId Grain, TimeSpan Age)> pending;
        try
        {
            pending = await PendingAsync(options.PendingAge, cancellation);
        }
        catch
        {
            Telemetry.OutboxUnseen();
            throw;
        }

        Telemetry.OutboxSeen(pending.Count, pending.Select(row => row.Age).DefaultIfEmpty().Max());
        await WakeAsync(pending, cancellation);
    }

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status is SiloStatus.Dead)
        {
            deaths.Writer.TryWrite(updatedSilo);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        silos.SubscribeToSiloStatusEvents(this);
        deaths.Writer.TryWrite(silos.SiloAddress);
        try
        {
            await Task.WhenAll(SweepPeriodicallyAsync(stoppingToken), SweepAfterDeathsAsync(stoppingToken));
        }
        finally
        {
            silos.UnSubscribeFromSiloStatusEvents(this);
        }
    }

    private async Task SweepPeriodicallyAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.Period, time);
        do
        {
            await TryAsync(() => SweepAsync(stop), stop);
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private async Task SweepAfterDeathsAsync(CancellationToken stop)
    {
        await foreach (var _ in deaths.Reader.ReadAllAsync(stop))
        {
            await Task.Delay(AfterDeath, time, stop);
            if (silos.GetActiveSilos().Min() is { } first && first.Equals(silos.SiloAddress))
            {
                await TryAsync(async () => await WakeAsync(await PendingAsync(TimeSpan.Zero, stop), stop), stop);
            }
        }
    }

    private Task<List<(GrainId Grain, TimeSpan Age)>> PendingAsync(TimeSpan age, CancellationToken cancellation) => store.QueryAsync(
        store.Texts.PendingOutboxes,
        row => (Grain: StateStorage.GrainOf(row.GetString(0), row.GetString(1)), Age: TimeSpan.FromSeconds(row.GetInt64(2))),
        cancellation,
        ("service", cluster.Value.ServiceId), ("age", (long)age.TotalSeconds));

    private Task WakeAsync(List<(GrainId Grain, TimeSpan Age)> pending, CancellationToken cancellation) =>
        Parallel.ForEachAsync(pending, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (row, _) =>
        {
            try
            {
                await grains.GetGrain<IOutboxOwner>(row.Grain).DrainOutbox();
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                LogNotDrained(exception, row.Grain);
            }
        });

    /// <summary>Only the stop ends the sweeps; a call that another silo cancelled does not.</summary>
    private async Task TryAsync(Func<Task> sweep, CancellationToken stop)
    {
        try
        {
            await sweep();
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            LogNotSwept(exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The outbox of {Grain} was not drained; the next sweep tries again")]
    private partial void LogNotDrained(Exception exception, GrainId grain);

    [LoggerMessage(LogLevel.Warning, "Pending outboxes were not read; the next sweep tries again")]
    private partial void LogNotSwept(Exception exception);
}
