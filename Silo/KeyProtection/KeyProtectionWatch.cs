using System.Data.Common;
using System.Diagnostics.Metrics;
using Bzt.Grains.Foundations;

namespace Bzt.Silo.KeyProtection;

/// <summary>Reads the ring every few seconds and asks the root key for a sign of life; says when there is none, and when it is back.</summary>
internal sealed partial class KeyProtectionWatch : BackgroundService
{
    private readonly KeyProtector protector;
    private readonly ProtectionOptions options;
    private readonly ILogger<KeyProtectionWatch> log;
    private readonly Meter meter;
    private readonly Counter<long> misses;
    private Miss? missing;

    public KeyProtectionWatch(KeyProtector protector, ProtectionOptions options, IMeterFactory meters, ILogger<KeyProtectionWatch> log)
    {
        (this.protector, this.options, this.log) = (protector, options, log);
        meter = meters.Create("Bzt.KeyProtection");
        misses = meter.CreateCounter<long>("bzt.keys.misses", description: "Signs of life the root key or the store did not give.");
        meter.CreateObservableGauge(
            "bzt.keys.rotated.timestamp", () => protector.NewestSince is { } since ? [new Measurement<long>(since.ToUnixTimeSeconds())] : Array.Empty<Measurement<long>>(), "s",
            "When the key that new blobs are sealed under was added to the ring, in seconds since 1970; 0 for a ring that was never rotated.");
        meter.CreateObservableGauge("bzt.keys.available", () => protector.IsAvailable ? 1 : 0, description: "1 while what is sealed can be opened, else 0: then this process refuses work.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.RefreshPeriod);
        // The first miss is a rise from nothing, not the beginning of a figure.
        misses.Add(0);
        var look = Task.CompletedTask;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // A module may hang: not on a thread that grains or requests wait for, and the keys go when the lease is over all the same.
            if (look.IsCompleted)
            {
                look = Task.Factory.StartNew(Look, stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            protector.DropIfLapsed();
        }
    }

    private void Look()
    {
        try
        {
            protector.Renew();
            if (missing is not null)
            {
                LogBack(protector.Root);
            }

            missing = null;
        }
        catch (Exception exception)
        {
            misses.Add(1);
            var miss = exception switch
            {
                RingWithoutRootException => Miss.Dropped,
                DbException => Miss.Store,
                _ => Miss.RootKey,
            };
            // Each cause once: whoever reads the last line knows what is missing now.
            if (miss != missing)
            {
                Log(miss, exception);
            }

            missing = miss;
        }
    }

    private void Log(Miss miss, Exception exception)
    {
        switch (miss)
        {
            case Miss.Dropped:
                LogDropped(protector.Root);
                break;
            case Miss.Store:
                LogNotRead(exception);
                break;
            case Miss.RootKey when protector.MayLapse:
                LogMissing(exception, protector.Root, options.Lease.TotalSeconds);
                break;
            default:
                LogNotOpened(exception, protector.Root);
                break;
        }
    }

    private enum Miss
    {
        RootKey,
        Store,
        Dropped,
    }

    [LoggerMessage(LogLevel.Critical, "The root key {Root} gives no sign of life. Without one within {Seconds} s this process destroys its keys and refuses work")]
    private partial void LogMissing(Exception exception, string root, double seconds);

    [LoggerMessage(LogLevel.Critical, "The store's ring has no key that is wrapped by {Root}: somebody dropped it. This process destroyed its keys and refuses work")]
    private partial void LogDropped(string root);

    [LoggerMessage(LogLevel.Error, "The store's ring was not read. This process goes on with the keys it knows, and learns of no new one")]
    private partial void LogNotRead(Exception exception);

    [LoggerMessage(LogLevel.Critical, "The root key {Root} does not open the store's ring. This process goes on with the keys it knows, and learns of no new one")]
    private partial void LogNotOpened(Exception exception, string root);

    [LoggerMessage(LogLevel.Warning, "The root key {Root} is back")]
    private partial void LogBack(string root);
}
