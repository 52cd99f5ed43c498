using System.Diagnostics.Metrics;
using Bzt.Silo.Blobs;
using Bzt.Silo.Storage;

namespace Bzt.Silo.KeyProtection;

/// <summary>After a rotation: moves everything sealed that is in the store to the newest key, row by row, while the cluster works.</summary>
/// <remarks>
/// A row is rewritten only while its version is the one that was read, and keeps it: contents are the same, so a grain that has the state
/// in memory neither notices nor loses its race with this. What such a grain writes next brings its old envelopes back; so the passes
/// go on until one finds nothing to move. Old keys stay in the ring, so at no moment is anything unreadable.
/// Each silo tries; a row of the store says who does it. Two at once would only do the same twice.
/// </remarks>
internal sealed partial class Rewrapping : BackgroundService
{
    private const int Page = 100;

    private readonly string runner = Guid.NewGuid().ToString("N");
    private readonly SqlStore store;
    private readonly KeyProtector protector;
    private readonly IMovableBlobs blobs;
    private readonly ProtectionOptions options;
    private readonly ILogger<Rewrapping> log;
    private readonly Meter meter;
    private long left;

    public Rewrapping(SqlStore store, KeyProtector protector, IMovableBlobs blobs, ProtectionOptions options, IMeterFactory meters, ILogger<Rewrapping> log)
    {
        (this.store, this.protector, this.blobs, this.options, this.log) = (store, protector, blobs, options, log);
        meter = meters.Create("Bzt.KeyProtection.Rewrapping");
        meter.CreateObservableGauge("bzt.keys.rewrap.left", () => Volatile.Read(ref left), description: "Rows this silo has yet to look at in the present pass after a rotation.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    /// <summary>One look: does what is to be done, if nobody else does. False when there was nothing.</summary>
    internal async Task<bool> RunAsync(CancellationToken cancellation)
    {
        if (!protector.IsAvailable)
        {
            return false;
        }

        if (protector.KeyToMoveTo is not { } key || await RewrapProgress.ClaimAsync(store, key, runner, Now()) is not { } progress)
        {
            // What a pass of this silo left when it was interrupted is somebody else's by now, or done.
            Volatile.Write(ref left, 0);
            return false;
        }

        progress = progress with { Total = await CountAsync(cancellation), Done = 0, Fixed = 0 };
        var moved = progress.Moved;
        foreach (var part in (Func<Step, CancellationToken, Task>[])[RewrapStatesAsync, RewrapKeysAsync, blobs.RewrapAsync])
        {
            await part(Advance, cancellation);
        }

        var done = progress.Moved == moved;
        await RewrapProgress.SaveAsync(store, progress with { Done = progress.Total, Finished = done ? Now() : null, Seen = Now() });
        Volatile.Write(ref left, 0);
        LogPass(key, progress.Moved - moved, progress.Fixed);
        return !done;

        async Task Advance(int rows, int movedNow, int fixedNow)
        {
            cancellation.ThrowIfCancellationRequested();
            if (protector.KeyToMoveTo != key)
            {
                throw new OperationCanceledException("There is a newer key.");
            }

            progress = progress with { Done = progress.Done + rows, Moved = progress.Moved + movedNow, Fixed = progress.Fixed + fixedNow, Seen = Now() };
            Volatile.Write(ref left, Math.Max(0, progress.Total - progress.Done));
            await RewrapProgress.SaveAsync(store, progress);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.RefreshPeriod);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await RunAsync(stoppingToken))
                {
                    // Whoever had a state in memory writes or leaves in the meantime.
                    await Task.Delay(10 * options.RefreshPeriod, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogInterrupted(exception);
            }
        }
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private async Task<long> CountAsync(CancellationToken cancellation) =>
        await store.CountAsync("SELECT count(*) FROM OrleansStorage", cancellation) + await blobs.CountAsync(cancellation);

    private async Task RewrapStatesAsync(Step advance, CancellationToken cancellation)
    {
        var (type, id) = ("", "");
        while (true)
        {
            var rows = await store.QueryAsync(
                "SELECT GrainTypeString, GrainIdExtensionString, ServiceId, Version, PayloadBinary FROM OrleansStorage WHERE (GrainTypeString, GrainIdExtensionString) > (@type, @id) ORDER BY GrainTypeString, GrainIdExtensionString LIMIT @page",
                row => (Type: row.GetString(0), Id: row.GetString(1), Service: row.GetString(2), Version: row.GetInt32(3), Payload: row.IsDBNull(4) ? null : (byte[])row.GetValue(4)),
                cancellation, ("type", type), ("id", id), ("page", Page));
            if (rows.Count == 0)
            {
                return;
            }

            var fixedForms = 0;
            var changed = rows.Where(row => row.Payload is not null && Rewrap(row.Payload, ref fixedForms)).ToList();
            var moved = changed.Count == 0 ? 0 : await store.WriteAsync(async connection =>
            {
                var count = 0;
                foreach (var row in changed)
                {
                    count += await connection.ExecuteAsync(
                        "UPDATE OrleansStorage SET PayloadBinary = @payload WHERE GrainTypeString = @type AND GrainIdExtensionString = @id AND ServiceId = @service AND Version = @version",
                        ("payload", row.Payload), ("type", row.Type), ("id", row.Id), ("service", row.Service), ("version", row.Version));
                }

                return count;
            }, cancellation);
            await advance(rows.Count, moved, fixedForms);
            (type, id) = (rows[^1].Type, rows[^1].Id);
        }
    }

    private async Task RewrapKeysAsync(Step advance, CancellationToken cancellation)
    {
        var moved = 0;
        var fixedForms = 0;
        foreach (var (name, xml) in await store.QueryAsync("SELECT name, xml FROM data_protection_key", row => (row.GetString(0), row.GetString(1)), cancellation))
        {
            var text = System.Text.Encoding.UTF8.GetBytes(xml);
            if (Rewrap(text, ref fixedForms))
            {
                moved += await store.WriteAsync(connection => connection.ExecuteAsync(
                    "UPDATE data_protection_key SET xml = @now WHERE name = @name AND xml = @xml",
                    ("now", System.Text.Encoding.UTF8.GetString(text)), ("name", name), ("xml", xml)), cancellation);
            }
        }

        await advance(0, moved, fixedForms);
    }

    private bool Rewrap(byte[] text, ref int fixedForms)
    {
        var (moved, stay) = SealedText.Rewrap(text, protector);
        fixedForms += stay;
        return moved > 0;
    }

    /// <summary>What a page of rows came to.</summary>
    internal delegate Task Step(int rows, int moved, int fixedForms);

    [LoggerMessage(LogLevel.Information, "Everything sealed was looked at for key {Key}: {Moved} moved, {Fixed} in a form that stays under its key until it is written anew")]
    private partial void LogPass(uint key, long moved, long @fixed);

    [LoggerMessage(LogLevel.Warning, "Moving what is sealed to the newest key was interrupted; it is taken up again")]
    private partial void LogInterrupted(Exception exception);
}

/// <summary>The blob store's part: each blob's key is sealed in its header.</summary>
internal interface IMovableBlobs
{
    Task<long> CountAsync(CancellationToken cancellation);

    Task RewrapAsync(Rewrapping.Step advance, CancellationToken cancellation);
}
