using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Bzt.Grains.Foundations;

/// <summary>
/// What operators see of the product: its metrics, and the trace of each flow. Names and tags hold no secrets and nobody's data: kinds, ends,
/// ids of sessions. docs/operations.md says what each figure means; deploy/ has the dashboards and alerts on them.
/// </summary>
public static partial class Telemetry
{
    /// <summary>Of the meter and of the activity source.</summary>
    public const string Name = "Bzt";

    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly ConcurrentDictionary<string, (int Waiting, DateTimeOffset Oldest)> CaQueues = new(StringComparer.Ordinal);
    private static OutboxSight? outbox;
    private static RetentionSight? retention;

    private static readonly Counter<long> Flows = Meter.CreateCounter<long>("bzt.flows", description: "Sessions that ended, by kind and end.");
    private static readonly Counter<long> PinFailures = Meter.CreateCounter<long>("bzt.pin.failures", description: "Wrong PINs.");
    private static readonly Counter<long> Frozen = Meter.CreateCounter<long>("bzt.certificates.frozen", description: "Certificates frozen because a copy of the phone is suspected.");
    private static readonly Counter<long> StateLosses = Meter.CreateCounter<long>("bzt.state.losses", description: "Phones ahead of the store: the store is older than it was.");
    private static readonly Counter<long> Altered = Meter.CreateCounter<long>("bzt.state.altered", description: "Messages to certificates, and their writes, whose sealed counts or row are not the silo's own, or do not go on from their evidence; links of evidence that took the place of others or go on from nothing.");
    private static readonly Counter<long> Erased = Meter.CreateCounter<long>("bzt.retention.erased", description: "States ended for good because their period was over, by what they were.");
    private static readonly Counter<long> NotErased = Meter.CreateCounter<long>("bzt.retention.failed", description: "States whose period was over and that could not be ended in a round.");
    private static readonly UpDownCounter<long> Phones = Meter.CreateUpDownCounter<long>("bzt.phones.connected", description: "Phones with a connection to this gateway.");
    private static readonly Histogram<double> StorageDuration = Meter.CreateHistogram("bzt.storage.duration", "s", "One durable operation on a grain's state.", advice: Buckets());
    private static readonly Counter<long> StorageFailures = Meter.CreateCounter<long>("bzt.storage.failures", description: "Durable operations on grains' states that failed.");
    private static readonly Histogram<double> PushDuration = Meter.CreateHistogram("bzt.push.duration", "s", "From a message for a phone to its socket.", advice: Buckets());

    static Telemetry()
    {
        Meter.CreateObservableGauge("bzt.outbox.pending", () => If(Volatile.Read(ref outbox), seen => seen.Pending), description: "States whose outbox a crash or a refusal left undelivered.");
        Meter.CreateObservableGauge("bzt.outbox.oldest", () => If(Volatile.Read(ref outbox), seen => seen.OldestSeconds), "s", "Since when the one of them was not written that was written longest ago.");
        Meter.CreateObservableGauge("bzt.outbox.failing", () => OutboxFailures.Longest() is { } longest ? [new Measurement<double>(longest)] : Array.Empty<Measurement<double>>(), "s", "How long the delivery that fails for the longest time at this silo has failed.");
        Meter.CreateObservableGauge("bzt.ca.queue.waiting", () => CaQueues.Select(ca => new Measurement<int>(ca.Value.Waiting, Tag("ca", ca.Key))), description: "Applications and revocations a CA has not decided.");
        Meter.CreateObservableGauge(
            "bzt.ca.queue.oldest",
            () => CaQueues.Select(ca => new Measurement<double>(ca.Value.Waiting == 0 ? 0 : Math.Max(0, (DateTimeOffset.UtcNow - ca.Value.Oldest).TotalSeconds), Tag("ca", ca.Key))),
            "s",
            "How long the oldest of them has waited for the CA.");
        Meter.CreateObservableGauge("bzt.retention.round.timestamp", () => If(Volatile.Read(ref retention), round => round.At), "s", "When the last round of retention was that this silo saw, in seconds since 1970.");
        Meter.CreateObservableGauge("bzt.retention.held", () => If(Volatile.Read(ref retention), round => round.Held), description: "What that round found beyond its period and left, since it is held.");
        Meter.CreateObservableGauge("bzt.retention.paused", () => If(Volatile.Read(ref retention), round => round.Paused ? 1 : 0), description: "1 when that round ended nothing, since a clock may be wrong or the store did not answer.");
    }

    /// <summary>The share of flows that are traced, of 1. A flow is traced whole, by every process, or not at all.</summary>
    public static double TracedShare { get; set; } = 1;

    /// <summary>
    /// Once somebody listens: the first frozen certificate is a rise from nothing, not the beginning of a figure, which no alert would see.
    /// </summary>
    public static void ShowZeros()
    {
        PinFailures.Add(0);
        Frozen.Add(0);
        StateLosses.Add(0);
        Altered.Add(0);
        foreach (var operation in (string[])["read", "write", "clear"])
        {
            StorageFailures.Add(0, Tag("operation", operation));
        }

        Retained(0, 0, 0, 0);
    }

    public static void PhoneConnected() => Phones.Add(1);

    public static void PhoneDisconnected() => Phones.Add(-1);

    public static void FlowEnded(string kind, string end) => Flows.Add(1, Tag("kind", kind), Tag("end", end));

    public static void PinFailed() => PinFailures.Add(1);

    public static void CertificateFrozen() => Frozen.Add(1);

    public static void StateLost() => StateLosses.Add(1);

    public static void StateAltered() => Altered.Add(1);

    public static void Retained(int certificates, int applications, int rows, int failed)
    {
        Erased.Add(certificates, Tag("what", "certificate"));
        Erased.Add(applications, Tag("what", "application"));
        Erased.Add(rows, Tag("what", "row"));
        NotErased.Add(failed);
    }

    /// <summary>Rounds are at one silo and then at another: whoever compares looks at the newest.</summary>
    public static void RetentionSeen(int held, bool paused, DateTimeOffset at) => Volatile.Write(ref retention, new RetentionSight(held, paused, at.ToUnixTimeSeconds()));

    public static void Stored(string operation, bool failed, TimeSpan took)
    {
        StorageDuration.Record(took.TotalSeconds, Tag("operation", operation), Tag("failed", failed));
        if (failed)
        {
            StorageFailures.Add(1, Tag("operation", operation));
        }
    }

    public static void Pushed(TimeSpan took) => PushDuration.Record(took.TotalSeconds);

    public static void OutboxSeen(int pending, TimeSpan oldest) => Volatile.Write(ref outbox, new OutboxSight(pending, oldest.TotalSeconds));

    /// <summary>Nobody knows: no figure rather than an old one.</summary>
    public static void OutboxUnseen() => Volatile.Write(ref outbox, null);

    public static void CaQueueSeen(string ca, int waiting, DateTimeOffset oldest) => CaQueues[ca] = (waiting, oldest);

    /// <summary>The adapter went to another silo, which tells from now on.</summary>
    public static void CaQueueGone(string ca) => CaQueues.TryRemove(ca, out _);

    /// <summary>
    /// A step of a session's flow. Its trace is the session's: the trace id is the session's id, whichever process and whichever request the step
    /// is part of. So platform's request, phone's requests, grains and durable writes are one trace, found by the id that stands in every log line.
    /// </summary>
    public static Activity? Step(Guid session, string name)
    {
        if (!Activities.HasListeners())
        {
            return null;
        }

        Span<byte> id = stackalloc byte[16];
        session.TryWriteBytes(id, bigEndian: true, out _);
        // The parent of all steps, which nobody records: made from the id like the trace.
        var root = new ActivityContext(
            ActivityTraceId.CreateFromBytes(id), ActivitySpanId.CreateFromBytes(id[8..]), IsTraced(id) ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, isRemote: true);
        var request = Activity.Current;
        return request?.TraceId == root.TraceId
            ? Activities.StartActivity(name)
            : Activities.StartActivity(name, ActivityKind.Internal, root, links: request is null ? null : [new ActivityLink(request.Context)]);
    }

    /// <summary>A part of what is being done.</summary>
    public static Activity? Part(string name) => Activities.HasListeners() && Activity.Current is not null ? Activities.StartActivity(name) : null;

    // The last octets of a session's id are random.
    private static bool IsTraced(ReadOnlySpan<byte> id) => BitConverter.ToUInt32(id[12..]) < TracedShare * uint.MaxValue;

    /// <summary>No measurement where nothing was seen.</summary>
    private static IEnumerable<Measurement<TValue>> If<TSight, TValue>(TSight? seen, Func<TSight, TValue> of) where TSight : class where TValue : struct =>
        seen is null ? [] : [new(of(seen))];

    private sealed record OutboxSight(int Pending, double OldestSeconds);

    private sealed record RetentionSight(int Held, bool Paused, long At);

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);

    private static InstrumentAdvice<double> Buckets() => new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };
}
