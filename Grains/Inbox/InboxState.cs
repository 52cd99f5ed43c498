using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Bzt.Grains.Foundations;
using Bzt.Grains.WebPush;

namespace Bzt.Grains.Inbox;

public sealed record InboxState : IHasOutbox<InboxState>
{
    /// <summary>In the order they came.</summary>
    public ImmutableArray<StoredMessage> Messages { get; init; } = [];

    /// <summary>Null before the first message that is pushed: most inboxes never have one.</summary>
    public Outbox? Pushes { get; init; }

    [JsonIgnore]
    public Outbox Outbox => Pushes ?? Outbox.Empty;

    public InboxState WithOutbox(Outbox outbox) => this with { Pushes = outbox.LastSequence == 0 ? null : outbox };
}

public sealed record StoredMessage(InboxEntry Entry, bool Read);

/// <summary>Where a message comes from: what one sort sends pushes out nothing of another.</summary>
internal enum MessageOrigin
{
    /// <summary>What became of the account, its devices, PINs and certificates.</summary>
    Security,

    /// <summary>What a platform asks or tells, as often as it likes.</summary>
    Platform,

    Other,
}

internal static class InboxRules
{
    /// <summary>Of one origin. Older ones fall out at the end; senders repeat a message within minutes, never after so many others.</summary>
    public const int Kept = 200;

    public static MessageOrigin OriginOf(MessageKind kind) => kind switch
    {
        MessageKind.CertificateActive or MessageKind.CertificateFrozen or MessageKind.CertificateLocked or MessageKind.CertificateRevoked or MessageKind.CertificateExpiring
            or MessageKind.NewDevice or MessageKind.DeviceLocked or MessageKind.PasswordChanged or MessageKind.NumberChanged or MessageKind.WeChatTied or MessageKind.WeChatUntied
            or MessageKind.PinChanged or MessageKind.PinResetAsked or MessageKind.PinResetStopped or MessageKind.PinResetReady
            or MessageKind.MemberRemoved or MessageKind.AdministratorChanged or MessageKind.EnterpriseClaimed
            or MessageKind.SealingSessionBegun or MessageKind.SealingSessionEnded => MessageOrigin.Security,
        MessageKind.SignatureAsked or MessageKind.OpeningChanged => MessageOrigin.Platform,
        _ => MessageOrigin.Other,
    };

    /// <summary>The same state when the message is there already.</summary>
    public static InboxState Post(InboxState state, UserId owner, InboxEntry entry, DateTimeOffset now)
    {
        if (state.Messages.Any(message => message.Entry.MessageId == entry.MessageId))
        {
            return state;
        }

        var origin = OriginOf(entry.Kind);
        var surplus = state.Messages.Count(message => OriginOf(message.Entry.Kind) == origin) - (Kept - 1);
        var kept = state.Messages.Where(message => OriginOf(message.Entry.Kind) != origin || surplus-- <= 0);
        var next = state with { Messages = [.. kept, new StoredMessage(entry, Read: false)] };
        return PushRules.OrderOf(entry, now) is { } push ? next.WithOutbox(next.Outbox.AddPush(owner, push)) : next;
    }

    /// <summary>Everything goes but the count of what was ever sent.</summary>
    public static InboxState Clear(InboxState state) => new InboxState().WithOutbox(state.Outbox with { Items = [] });

    public static InboxMessages Page(InboxState state, int take, string? before)
    {
        IEnumerable<StoredMessage> newestFirst = state.Messages.Reverse();
        if (before is not null)
        {
            newestFirst = newestFirst.SkipWhile(message => message.Entry.MessageId != before).Skip(1);
        }

        return new InboxMessages([.. newestFirst.Take(take).Select(message => new InboxMessage(message.Entry, message.Read))], state.Messages.Count(message => !message.Read));
    }

    /// <summary>Null when there is no such message.</summary>
    public static InboxState? MarkRead(InboxState state, string messageId) =>
        state.Messages.FirstOrDefault(message => message.Entry.MessageId == messageId) is not { } found ? null
            : found.Read ? state
            : state with { Messages = state.Messages.Replace(found, found with { Read = true }) };
}
