using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

// 消息: the newest, and as many pages before them as were looked at.
public sealed partial class PhoneApp
{
    private const int MessagePage = 50;

    /// <summary>Newest first; null before the first answer.</summary>
    public IReadOnlyList<MessageInfo>? Messages { get; private set; }

    public int Unread { get; private set; }

    /// <summary>There are messages before the last of <see cref="Messages"/>.</summary>
    public bool HasOlderMessages { get; private set; }

    /// <summary>The newest. Older ones that were looked at stay.</summary>
    public Task LoadMessagesAsync() => LoadAsync(async () =>
    {
        var page = await Client.GetInboxAsync();
        var older = page.Messages is [.., { } last] ? (Messages ?? []).Where(message => message.At < last.At) : [];
        (Messages, Unread) = ([.. page.Messages, .. older], page.Unread);
        HasOlderMessages |= older.Any() || page.Messages.Count == MessagePage;
    });

    public Task LoadOlderMessagesAsync() => LoadAsync(async () =>
    {
        if (Messages is [.., { } last])
        {
            var page = await Client.GetInboxAsync(last.MessageId, MessagePage);
            (Messages, HasOlderMessages) = ([.. Messages, .. page.Messages], page.Messages.Count == MessagePage);
        }
    });

    public async Task MarkReadAsync(MessageInfo message)
    {
        if (!message.Read)
        {
            await LoadAsync(() => Client.MarkReadAsync(message.MessageId));
            await LoadMessagesAsync();
        }
    }
}
