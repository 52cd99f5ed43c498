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

internal static class InboxRules
{
    /// <summary>Older ones fall out at the end; senders repeat a message within minutes, never after so many others.</summary>
    public const int Kept = 500;

    /// <summary>The same state when the message is there already.</summary>
    public static InboxState Post(InboxState state, UserId owner, InboxEntry entry, DateTimeOffset now)
    {
        if (state.Messages.Any(message => message.Entry.MessageId == entry.MessageId))
        {
            return state;
        }

        var next = state with { Messages = [.. state.Messages.TakeLast(Kept - 1), new StoredMessage(entry, Read: false)] };
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
