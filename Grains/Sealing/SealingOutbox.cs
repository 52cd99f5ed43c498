using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Sealing;

/// <summary>The kinds are stored: they are never renamed.</summary>
internal static class SealingOutbox
{
    public const string Index = "sealing/index";
    public const string Begun = "sealing/begun";

    public static Outbox AddIndex(this Outbox outbox, string of, SealingId id) => outbox.Add(Index, of, id);

    public static Outbox AddBegun(this Outbox outbox, CreditCode enterprise, UserId holder, InboxEntry entry) =>
        outbox.Add(Begun, enterprise.Value, new SealingNotice(holder, entry));
}

internal sealed record SealingNotice(UserId Holder, InboxEntry Entry);

public sealed class SealingIndexHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => SealingOutbox.Index;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.GetGrain<ISealingSessionIndexGrain>(delivery.Item.Target).Add(delivery.Item.Read<SealingId>());
}

/// <summary>The administrator knows that staff let a phone sign by itself; nobody is told of his own.</summary>
public sealed class SealingBegunHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => SealingOutbox.Begun;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var notice = delivery.Item.Read<SealingNotice>();
        if (await grains.Enterprise(new CreditCode(delivery.Item.Target)).GetAdministrator() is Done<UserId>(var administrator) && administrator != notice.Holder)
        {
            await grains.Inbox(administrator).Post(notice.Entry);
        }
    }
}
