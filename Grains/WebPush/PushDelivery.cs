using Bzt.Grains.Foundations;

namespace Bzt.Grains.WebPush;

/// <summary>Carries orders from any grain's outbox to the user's pushes.</summary>
public sealed class PushDelivery(IGrainFactory grains) : IOutboxHandler
{
    public const string Name = "web-push";

    public string Kind => Name;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Push(new UserId(Guid.Parse(delivery.Item.Target))).Ask(delivery.Item.Read<PushOrder>());
}

public static class PushOutbox
{
    /// <summary>Wakes the user's closed phones up, once this state is stored.</summary>
    public static Outbox AddPush(this Outbox outbox, UserId user, PushOrder order) => outbox.Add(PushDelivery.Name, user.ToString(), order);
}
