using System.ComponentModel.DataAnnotations;
using Bzt.Grains.Foundations;
using Orleans.Configuration;
using Microsoft.Extensions.Options;

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
/// <remarks>Every silo sweeps; that several wake the same grain does no harm, it is activated once.</remarks>
public sealed partial class OutboxSweeper(
    SqlStore store, IGrainFactory grains, OutboxOptions options, IOptions<ClusterOptions> cluster, TimeProvider time, ILogger<OutboxSweeper> log)
    : BackgroundService
{
    private const int AtOnce = 16;

    public async Task SweepAsync(CancellationToken cancellation)
    {
        var pending = await store.QueryAsync(
            store.Texts.PendingOutboxes,
            row => (Grain: StateStorage.GrainOf(row.GetString(0), row.GetString(1)), Age: TimeSpan.FromSeconds(row.GetInt64(2))),
            cancellation,
            ("service", cluster.Value.ServiceId), ("age", (long)options.PendingAge.TotalSeconds));
        Telemetry.OutboxSeen(pending.Count, pending.Select(row => row.Age).DefaultIfEmpty().Max());
        await Parallel.ForEachAsync(pending.Select(row => row.Grain), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (grain, _) =>
        {
            try
            {
                await grains.GetGrain<IOutboxOwner>(grain).DrainOutbox();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogNotDrained(exception, grain);
            }
        });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Period, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogNotSwept(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "The outbox of {Grain} was not drained; the next sweep tries again")]
    private partial void LogNotDrained(Exception exception, GrainId grain);

    [LoggerMessage(LogLevel.Warning, "Pending outboxes were not read; the next sweep tries again")]
    private partial void LogNotSwept(Exception exception);
}
