using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Orleans.Placement;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <inheritdoc cref="IDevicePinsGrain"/>
/// <remarks>Every exchange of a certificate asks it, so it comes up where that certificate is.</remarks>
[GrainType("device-pins")]
[PreferLocalPlacement]
public sealed class DevicePinsGrain : Grain, IDevicePinsGrain, IOutboxOwner
{
    private readonly IPersistentState<DevicePinsState> storage;
    private readonly OutboxDrain<DevicePinsState> drain;
    private readonly TimeProvider time;

    public DevicePinsGrain([PersistentState("device-pins")] IPersistentState<DevicePinsState> storage, OutboxDrains drains, TimeProvider time)
    {
        (this.storage, this.time) = (storage, time);
        drain = drains.Attach(this, storage);
    }

    public Task<DevicePinsView> GetView() => Task.FromResult(DevicePinRules.View(storage.State, time.GetUtcNow()));

    public Task Count(DevicePinCount count)
    {
        var next = DevicePinRules.Count(storage.State, new DeviceId(this.GetPrimaryKey()), count, time.GetUtcNow());
        return ReferenceEquals(next, storage.State) ? Task.CompletedTask : drain.WriteAsync(next);
    }

    public Task DrainOutbox() => drain.DrainAsync();
}

public sealed record DevicePinsState : IHasOutbox<DevicePinsState>
{
    /// <summary>By certificate id.</summary>
    public ImmutableSortedDictionary<Guid, DeviceFailures> Certificates { get; init; } = ImmutableSortedDictionary<Guid, DeviceFailures>.Empty;

    public DateTimeOffset? LockedUntil { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public DevicePinsState WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <param name="Failures">Of one certificate since its own last success.</param>
/// <param name="Sequence">Of the word that said so.</param>
/// <param name="At">When it came.</param>
public sealed record DeviceFailures(int Failures, long Sequence, DateTimeOffset At);

/// <summary>
/// One certificate alone never reaches the device's lock: it is locked for good before. Fifteen wrong PINs over several certificates lock the
/// device for 24 hours, and every five more do so again. A success takes away its own certificate's failures, never another's: who knows one
/// PIN cannot buy guesses at the others with it. A certificate's failures count here until a week after its last one; at the certificate itself until its next success.
/// </summary>
internal static class DevicePinRules
{
    public const int FirstLock = 15;
    public const int NextLock = 5;
    public static readonly TimeSpan Lock = TimeSpan.FromHours(24);
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(7);

    public static DevicePinsView View(DevicePinsState state, DateTimeOffset now)
    {
        var total = Total(state, now);
        var left = total < FirstLock ? FirstLock - total : NextLock - ((total - FirstLock) % NextLock);
        return new DevicePinsView(left, state.LockedUntil > now ? state.LockedUntil : null);
    }

    /// <summary>The same state when the word is not new.</summary>
    public static DevicePinsState Count(DevicePinsState state, DeviceId device, DevicePinCount count, DateTimeOffset now)
    {
        if (state.Certificates.GetValueOrDefault(count.Certificate.Value) is { } known && known.Sequence >= count.Sequence)
        {
            return state;
        }

        var before = Total(state, now);
        var forgotten = state.Certificates.Where(entry => entry.Value.At <= now - Remembered).Select(entry => entry.Key);
        var next = state with
        {
            Certificates = state.Certificates.RemoveRange(forgotten).SetItem(count.Certificate.Value, new DeviceFailures(count.Failures, count.Sequence, now)),
        };
        var total = Total(next, now);
        if (total <= before || Locks(total) == Locks(before))
        {
            return next;
        }

        var until = now + Lock;
        return next with
        {
            LockedUntil = until,
            Outbox = next.Outbox.AddMessage(count.Holder, PinMessages.DeviceLocked(device, until, now)),
        };
    }

    private static int Locks(int total) => total < FirstLock ? 0 : 1 + ((total - FirstLock) / NextLock);

    private static int Total(DevicePinsState state, DateTimeOffset now) =>
        state.Certificates.Values.Where(entry => entry.At > now - Remembered).Sum(entry => entry.Failures);
}
