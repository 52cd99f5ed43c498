using Bzt.Grains.Inbox;

namespace Bzt.Grains.Accounts;

// WeChat as a way to log in.
public sealed partial class UserGrain
{
    public Task<bool> HasWeChat(string accountHash) => Task.FromResult(durable.WeChat?.Account == accountHash);

    public async Task<Reply<Nothing>> StoreWeChat(string accountHash)
    {
        if (durable.PersonKey is null)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (durable.WeChat is { } tie)
        {
            return tie.Account == accountHash ? new Nothing() : new Refusal(RefusalCode.WeChatTaken);
        }

        var now = time.GetUtcNow();
        var message = new InboxEntry(
            $"wechat-{now.ToUnixTimeMilliseconds()}", MessageKind.WeChatTied, "已绑定微信", "今后可以使用微信登录您的账号。若非本人操作，请在设置中解除绑定。", null, now);
        await WriteAsync(durable with { WeChat = new WeChatTie(accountHash, now), Outbox = durable.Outbox.AddMessage(Id, message) });
        return new Nothing();
    }

    public Task DropWeChat(string accountHash) => durable.WeChat?.Account == accountHash ? WriteAsync(durable with { WeChat = null }) : Task.CompletedTask;

    public async Task UntieWeChat()
    {
        if (durable.WeChat is not { } tie)
        {
            return;
        }

        var now = time.GetUtcNow();
        var message = new InboxEntry($"wechat-{now.ToUnixTimeMilliseconds()}", MessageKind.WeChatUntied, "已解除微信绑定", "微信不再能登录您的账号。", null, now);
        await WriteAsync(durable with { WeChat = null, Outbox = durable.Outbox.AddMessage(Id, message).AddReleaseWeChat(Id, tie.Account) });
    }
}
