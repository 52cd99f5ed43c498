using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.WebPush;

/// <summary>A user's pushes that are still to be sent.</summary>
public sealed record PushState : IHasOutbox
{
    /// <summary>What the store's flag is set by: while something waits the sweeper brings the grain back after a crash.</summary>
    private static readonly Outbox Owed = Outbox.Empty.Add("web-push", "", true);

    /// <summary>One of a kind for a device: a newer takes the older's place.</summary>
    public ImmutableArray<PendingPush> Pending { get; init; } = [];

    Outbox IHasOutbox.Outbox => Pending.IsEmpty ? Outbox.Empty : Owed;
}

/// <param name="NextAttempt">Not before this.</param>
public sealed record PendingPush(Guid Device, PushOrder Order, int Attempts, DateTimeOffset NextAttempt);

/// <summary>What is pushed, to whom, and when it is tried again: pure.</summary>
internal static class PushRules
{
    /// <summary>What is not bound to a session's end is news for a day.</summary>
    public static readonly TimeSpan News = TimeSpan.FromDays(1);

    private const int MostTries = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);

    /// <summary>Null for messages that can wait until the user looks.</summary>
    public static PushOrder? OrderOf(InboxEntry entry, DateTimeOffset now)
    {
        PushKind? kind = entry.Kind switch
        {
            MessageKind.SignatureAsked => PushKind.Signature,
            MessageKind.JoinRequested or MessageKind.CertificateRequested or MessageKind.RenewalRequested => PushKind.Approval,
            MessageKind.TransferRequested or MessageKind.InvitationReceived => PushKind.Offer,
            MessageKind.NewDevice or MessageKind.PinResetAsked or MessageKind.CertificateFrozen => PushKind.Security,
            _ => null,
        };

        // Only an id that says nothing to others: a credit code stays here.
        Guid? subject = kind is PushKind.Signature or PushKind.Approval && Guid.TryParse(entry.Subject, out var id) ? id : null;
        return kind is { } pushed ? new PushOrder(pushed, subject, now, entry.Until ?? now + News) : null;
    }

    /// <summary>A limited device may not act: it is told only what concerns its user's safety.</summary>
    public static bool IsFor(PushOrder order, PushTarget target) => target.Active || order.Kind == PushKind.Security;

    /// <summary>RFC 8030 §5.3: whether a sleeping phone is woken up.</summary>
    public static bool IsUrgent(PushKind kind) => kind is PushKind.Signature or PushKind.Sealing or PushKind.Security;

    public static PushState Ask(PushState state, PushOrder order, IEnumerable<PushTarget> targets, DateTimeOffset due)
    {
        var pending = state.Pending;
        foreach (var device in targets.Where(target => IsFor(order, target)).Select(target => target.Device.Value))
        {
            var older = pending.FirstOrDefault(push => push.Device == device && push.Order.Kind == order.Kind);
            if (older is null)
            {
                pending = pending.Add(new PendingPush(device, order, 0, due));
            }
            else if (older.Order.AskedAt < order.AskedAt)
            {
                // It goes when the older one would have: a stream of requests must not put the first push off for ever.
                pending = pending.Replace(older, older with { Order = order });
            }
        }

        return state with { Pending = pending };
    }

    /// <summary>Without what is of no use any more: too late, fetched by the device itself, or for a device that has no subscription.</summary>
    public static PushState Prune(PushState state, IReadOnlyList<DeviceFetch> fetches, IReadOnlyList<PushTarget> targets, DateTimeOffset now)
    {
        var left = state.Pending.RemoveAll(push =>
            push.Order.Until <= now
            || fetches.Any(fetch => fetch.Device.Value == push.Device && fetch.At >= push.Order.AskedAt)
            || !targets.Any(target => target.Device.Value == push.Device && IsFor(push.Order, target)));
        return left.Length == state.Pending.Length ? state : state with { Pending = left };
    }

    /// <summary>Of an order that has another's place by now nothing is known.</summary>
    public static PushState Settle(PushState state, IEnumerable<PushOutcome> outcomes, DateTimeOffset now)
    {
        var pending = state.Pending;
        foreach (var outcome in outcomes)
        {
            if (pending.FirstOrDefault(push => push.Device == outcome.Device.Value && push.Order.Kind == outcome.Kind && push.Order.AskedAt == outcome.AskedAt) is not { } push)
            {
                continue;
            }

            var tried = push with { Attempts = push.Attempts + 1, NextAttempt = now + Pause(push.Attempts + 1, outcome.RetryAfter) };
            pending = outcome.Result == PushResult.Away && tried.Attempts < MostTries && tried.NextAttempt < push.Order.Until ? pending.Replace(push, tried) : pending.Remove(push);
        }

        return state with { Pending = pending };
    }

    private static TimeSpan Pause(int attempts, TimeSpan? asked)
    {
        var own = FirstPause * (1 << Math.Min(attempts - 1, 16));
        own = own < LongestPause ? own : LongestPause;
        return asked > own ? asked.Value : own;
    }
}
