using Bzt.Grains.Foundations;

namespace Bzt.Grains.Callbacks;

/// <summary>What a session tells its callback. The kinds are stored: they are never renamed.</summary>
internal static class SessionCallbackOutbox
{
    public const string Watch = "session/watch";
    public const string Ended = "session/ended";

    public static Outbox AddWatch(this Outbox outbox, Guid session, SessionWatch watch) => outbox.Add(Watch, session.ToString("D"), watch);

    public static Outbox AddEnded(this Outbox outbox, Guid session, SessionEnded ended) => outbox.Add(Ended, session.ToString("D"), ended);
}

public sealed class SessionWatchHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => SessionCallbackOutbox.Watch;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.SessionCallback(Guid.Parse(delivery.Item.Target)).Watch(delivery.Item.Read<SessionWatch>());
}

public sealed class SessionEndedHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => SessionCallbackOutbox.Ended;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.SessionCallback(Guid.Parse(delivery.Item.Target)).Ended(delivery.Item.Read<SessionEnded>());
}
