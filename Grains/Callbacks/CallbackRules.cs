using System.Collections.Immutable;
using Bzt.Contracts.Platforms;

namespace Bzt.Grains.Callbacks;

/// <summary>An endpoint at rest.</summary>
public sealed record StoredCallbackEndpoint
{
    /// <summary>Null: nothing is told.</summary>
    public string? Url { get; init; }

    /// <summary>The newest last.</summary>
    public ImmutableArray<StoredCallbackSecret> Secrets { get; init; } = [];

    /// <summary>The newest last.</summary>
    public ImmutableArray<DeadCallback> Dead { get; init; } = [];

    /// <summary>Dead ones that made room.</summary>
    public long Dropped { get; init; }
}

/// <param name="Protected">Sealed by the key protector.</param>
/// <param name="ValidUntil">Null for the newest.</param>
public sealed record StoredCallbackSecret(byte[] Protected, DateTimeOffset CreatedAt, DateTimeOffset? ValidUntil = null);

/// <summary>What becomes of an endpoint, its secrets and its dead letters; when a message is tried again.</summary>
internal static class CallbackRules
{
    public const int MostDead = 500;
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(7);

    /// <summary>After the first try, at once: two days in all, so that a weekend's outage is the only one that loses its message.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(16), TimeSpan.FromHours(24),
    ];

    /// <summary>When it is tried again after so many tries; null: never.</summary>
    public static TimeSpan? PauseAfter(int attempts) => attempts <= Pauses.Length ? Pauses[attempts - 1] : null;

    public static StoredCallbackEndpoint WithSecret(StoredCallbackEndpoint endpoint, byte[] secret, TimeSpan overlap, DateTimeOffset now)
    {
        // Never more than two: what an earlier rotation left ends with this one.
        var before = endpoint.Secrets.TakeLast(1).Select(old => old with { ValidUntil = now + overlap });
        return endpoint with { Secrets = [.. before.Where(old => old.ValidUntil > now), new StoredCallbackSecret(secret, now)] };
    }

    public static IEnumerable<StoredCallbackSecret> Valid(StoredCallbackEndpoint endpoint, DateTimeOffset now) =>
        endpoint.Secrets.Where(secret => secret.ValidUntil is null || secret.ValidUntil > now);

    public static StoredCallbackEndpoint Bury(StoredCallbackEndpoint endpoint, DeadCallback dead)
    {
        var others = endpoint.Dead.RemoveAll(other => other.Session == dead.Session);
        var kept = others.Length < MostDead ? others : others.RemoveRange(0, others.Length - MostDead + 1);
        return endpoint with { Dead = kept.Add(dead), Dropped = endpoint.Dropped + others.Length - kept.Length };
    }

    public static StoredCallbackEndpoint Raise(StoredCallbackEndpoint endpoint, Guid session) =>
        endpoint with { Dead = endpoint.Dead.RemoveAll(dead => dead.Session == session) };

    public static CallbackEvent Event(Guid session, SessionEnded ended) =>
        new(CallbackEvent.SessionCompleted, ended.At, new CallbackData(session, ended.Kind, ended.End));
}
