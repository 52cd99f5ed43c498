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

/// <summary>Who is told of each kind.</summary>
internal sealed class SessionCallbackRoutes(IGrainFactory grains) : IOutboxRoutes
{
    public IReadOnlyList<OutboxRoute> Routes =>
    [
        new(SessionCallbackOutbox.Watch, item => grains.SessionCallback(Guid.Parse(item.Target)).Watch(item.Read<SessionWatch>())),
        new(SessionCallbackOutbox.Ended, item => grains.SessionCallback(Guid.Parse(item.Target)).Ended(item.Read<SessionEnded>())),
    ];
}
