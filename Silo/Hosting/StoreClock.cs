using System.Diagnostics.Metrics;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;

namespace Bzt.Silo.Hosting;

/// <summary>How far this process' clock is ahead of the store's, which is the one that all of them share. A store inside the process has no clock of its own.</summary>
public sealed partial class StoreClock : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly SqlStore store;
    private readonly TimeProvider time;
    private readonly ILogger<StoreClock> log;
    private readonly Meter meter = new(Telemetry.Name);
    private object? skew;

    public StoreClock(SqlStore store, TimeProvider time, ILogger<StoreClock> log)
    {
        (this.store, this.time, this.log) = (store, time, log);
        meter.CreateObservableGauge(
            "bzt.clock.skew", () => Volatile.Read(ref skew) is double seconds ? [new Measurement<double>(seconds)] : Array.Empty<Measurement<double>>(), "s",
            "How far the clock of this process is ahead of the store's; negative when it is behind.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    /// <summary>One question; null where the store has no clock of its own. The answer is as of the middle of the time that it took.</summary>
    internal async Task<TimeSpan?> LookAsync(CancellationToken cancellation)
    {
        if (store.Texts.Clock is not { } clock)
        {
            return null;
        }

        // The connection is there by the second time at the latest: what is measured is the question.
        await store.QueryAsync(clock, row => row.GetInt64(0), cancellation);
        var (asked, span) = (time.GetUtcNow(), time.GetTimestamp());
        var seconds = (await store.QueryAsync(clock, row => row.GetInt64(0), cancellation))[0];
        return asked + (time.GetElapsedTime(span) / 2) - DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                Volatile.Write(ref skew, (await LookAsync(stoppingToken))?.TotalSeconds);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Nobody knows: no figure rather than an old one.
                Volatile.Write(ref skew, null);
                LogNotAsked(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Debug, "The store was not asked for its time; the next minute it is")]
    private partial void LogNotAsked(Exception exception);
}
