using System.Collections.Immutable;

namespace Bzt.Grains.Inbox;

public sealed record InboxState
{
    /// <summary>In the order they came.</summary>
    public ImmutableArray<StoredMessage> Messages { get; init; } = [];
}

public sealed record StoredMessage(InboxEntry Entry, bool Read);

internal static class InboxRules
{
    /// <summary>Older ones fall out at the end; senders repeat a message within minutes, never after so many others.</summary>
    public const int Kept = 500;

    /// <summary>The same state when the message is there already.</summary>
    public static InboxState Post(InboxState state, InboxEntry entry) =>
        state.Messages.Any(message => message.Entry.MessageId == entry.MessageId)
            ? state
            : state with { Messages = [.. state.Messages.TakeLast(Kept - 1), new StoredMessage(entry, Read: false)] };

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
