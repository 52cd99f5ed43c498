using Bzt.Grains.Foundations;

namespace Bzt.Grains.Inbox;

/// <summary>Carries messages from any grain's outbox to a user's inbox.</summary>
public sealed class InboxDelivery(IGrainFactory grains) : IOutboxHandler
{
    public const string Name = "inbox";

    public string Kind => Name;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Inbox(new UserId(Guid.Parse(delivery.Item.Target))).Post(delivery.Item.Read<InboxEntry>());
}

public static class InboxOutbox
{
    /// <summary>Tells the user, once this state is stored.</summary>
    public static Outbox AddMessage(this Outbox outbox, UserId user, InboxEntry entry) => outbox.Add(InboxDelivery.Name, user.ToString(), entry);
}
