using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Bzt.Grains.Foundations;

/// <summary>
/// What has to be done from time to time without anybody asking for it. One that stops makes no noise of its own: so each is expected from a process'
/// start on, and shows when it was done last.
/// </summary>
/// <remarks>
/// Most are done at one silo of several and at another the next time: whoever looks takes the newest of a duty. A silo's start counts as done, since each
/// start has every duty done soon after.
/// </remarks>
public static class Duties
{
    public const string Retention = "retention";
    public const string Checkpoints = "checkpoints";
    public const string Expiry = "expiry";
    public const string Archive = "archive";

    private static readonly Meter Meter = new(Telemetry.Name);
    private static readonly ConcurrentDictionary<string, Sight> Seen = new(StringComparer.Ordinal);
    private static readonly Counter<long> Misses = Meter.CreateCounter<long>("bzt.duty.misses", description: "What a duty should have looked at and could not, by duty; it is tried again.");

    static Duties()
    {
        Meter.CreateObservableGauge("bzt.duty.done.timestamp", () => Each(seen => seen.Done.ToUnixTimeSeconds()), "s", "When the duty was done last as far as this process knows, or the process began, in seconds since 1970.");
        Meter.CreateObservableGauge("bzt.duty.period", () => Each(seen => (long)seen.Period.TotalSeconds), "s", "How often the duty is to be done.");
    }

    /// <summary>From now on it is due every <paramref name="period"/>.</summary>
    public static void Expect(string duty, TimeSpan period, DateTimeOffset now)
    {
        Seen[duty] = new Sight(now, period);
        Misses.Add(0, Tag(duty));
    }

    /// <summary>All of it was done.</summary>
    public static void Done(string duty, DateTimeOffset now)
    {
        // A process that expects nothing of the kind only lends its grains.
        if (Seen.TryGetValue(duty, out var seen))
        {
            Seen.TryUpdate(duty, seen with { Done = now }, seen);
        }
    }

    public static void Missed(string duty, int count) => Misses.Add(count, Tag(duty));

    private static IEnumerable<Measurement<long>> Each(Func<Sight, long> of) => Seen.Select(duty => new Measurement<long>(of(duty.Value), Tag(duty.Key)));

    private static KeyValuePair<string, object?> Tag(string duty) => new("duty", duty);

    private sealed record Sight(DateTimeOffset Done, TimeSpan Period);
}
