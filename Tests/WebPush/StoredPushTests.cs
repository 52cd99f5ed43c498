using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.WebPush;
using Bzt.Tests.Storage;

namespace Bzt.Tests.WebPush;

/// <summary>What a release has stored, every later one reads.</summary>
public sealed class StoredPushTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly PushOrder Order = new(PushKind.Signature, Id, At, At.AddMinutes(5));

    [Fact]
    public void Pushes() => GoldenState.Verify("push-v1", new PushState { Pending = [new PendingPush(Id, Order, 1, At), new PendingPush(Id, Order with { Kind = PushKind.Security, Subject = null }, 0, At)] });

    [Fact]
    public void Keys() => GoldenState.Verify("push-keys-v1", new PushKeysState { Keys = [new StoredPushKey(2, [4], [5]), new StoredPushKey(1, [6], [7])] });

    [Fact]
    public void Inbox_with_a_message_that_is_pushed() => GoldenState.Verify("inbox-v1-pushed", new InboxState
    {
        Messages = [new StoredMessage(new InboxEntry("csc/1", MessageKind.SignatureAsked, "签名请求", "有 1 份内容待您确认签名", Id.ToString(), At, At.AddMinutes(5)), Read: false)],
    }.WithOutbox(Outbox.Empty.AddPush(new UserId(Id), Order)));

    [Fact]
    public void User_whose_device_is_subscribed() => GoldenState.Verify("user-v1-push", new UserState
    {
        Devices = [new Device(Id, [4, 5], "jkt", "手机", [6], Active: true, At, Push: [9])],
    });
}
