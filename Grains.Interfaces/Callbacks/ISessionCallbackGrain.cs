using Bzt.Contracts.Platforms;

namespace Bzt.Grains.Callbacks;

/// <summary>
/// The one callback of a session: waits for its end, also for one by time that nobody else would notice, and tells the platform, again and
/// again for two days. Key: the session's id, so one platform's dead endpoint is nothing to another's, nor to its own next session's.
/// </summary>
[Alias("bzt.ISessionCallback")]
public interface ISessionCallbackGrain : IGrainWithGuidKey
{
    /// <summary>A session of a platform that wants to be told was opened. Idempotent.</summary>
    [Alias("watch")]
    Task Watch(SessionWatch watch);

    /// <summary>It has ended. Idempotent.</summary>
    [Alias("ended")]
    Task Ended(SessionEnded ended);

    /// <summary>Does what is due.</summary>
    [Alias("work")]
    Task Work();

    /// <summary>Tries that are written down.</summary>
    [Alias("attempts")]
    Task<int> GetAttempts();

    /// <summary>Begins anew with what was given up. <see cref="RefusalCode.NotFound"/> when nothing of this platform was.</summary>
    [Alias("redeliver")]
    Task<Reply<Nothing>> Redeliver(PlatformId platform);
}

[GenerateSerializer, Immutable, Alias("bzt.SessionWatch")]
public sealed record SessionWatch([property: Id(0)] PlatformId Platform, [property: Id(1)] DateTimeOffset ExpiresAt);

[GenerateSerializer, Immutable, Alias("bzt.SessionEnded")]
public sealed record SessionEnded([property: Id(0)] SessionKind Kind, [property: Id(1)] SessionEnd End, [property: Id(2)] DateTimeOffset At);

/// <summary>A session has one message, so its name is the session's: the same at every repeat.</summary>
public static class CallbackMessageId
{
    private const string Prefix = "msg_";

    public static string Of(Guid session) => $"{Prefix}{session:N}";

    /// <summary>Null for what is no such name.</summary>
    public static Guid? SessionOf(string messageId) =>
        messageId.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(messageId.AsSpan(Prefix.Length), "N", out var session) ? session : null;
}
