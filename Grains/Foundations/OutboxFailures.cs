using System.Collections.Concurrent;

namespace Bzt.Grains.Foundations;

/// <summary>Which pumps of this process do not get their first item delivered, and since when.</summary>
/// <remarks>
/// The rows do not tell: each write of a busy grain renews the row's time, whatever its outbox holds. An activation that ends takes its time with it;
/// the next one fails anew.
/// </remarks>
internal static class OutboxFailures
{
    private static readonly ConcurrentDictionary<OutboxPump, (TimeProvider Time, long Since)> Failing = new();

    /// <summary>Since its first failure in a row: a later one changes nothing.</summary>
    public static void Begin(OutboxPump pump, TimeProvider time, CancellationToken ended)
    {
        Failing.TryAdd(pump, (time, time.GetTimestamp()));
        if (ended.IsCancellationRequested)
        {
            // It was ended in this moment, and nobody comes to say so once more.
            Over(pump);
        }
    }

    public static void Over(OutboxPump pump) => Failing.TryRemove(pump, out _);

    /// <summary>The longest, in seconds; null when nothing fails.</summary>
    public static double? Longest() => Failing.Values.Select(failure => (double?)failure.Time.GetElapsedTime(failure.Since).TotalSeconds).Max();
}
