using System.Collections.Immutable;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Retention;

/// <summary>The stored state of <see cref="RetentionGrain"/>.</summary>
[StateVersion(1)]
public sealed record StoredRetention
{
    /// <summary>When the last round was, whatever it ended; null before the first.</summary>
    public DateTimeOffset? LastRound { get; init; }

    /// <summary>Until then nothing is ended: the clock had jumped. Null while it runs as clocks do.</summary>
    public DateTimeOffset? QuietUntil { get; init; }

    /// <summary>Certificates that may be gone while their holders' lists still name them.</summary>
    public ImmutableArray<EndingCertificate> Ending { get; init; } = [];
}

public sealed record EndingCertificate(UserId Holder, CertificateId Certificate);

/// <summary>Whether the time may be believed, by which things are ended for good: pure.</summary>
internal static class RetentionClock
{
    /// <summary>Between a silo and the store.</summary>
    public static readonly TimeSpan MostApart = TimeSpan.FromMinutes(5);

    /// <summary>Between two rounds of which one is at most a day after the other; and how long nothing is ended when it was more.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromDays(7);

    /// <summary>Two rounds may be at two silos, one ahead of the store and one behind it.</summary>
    public static bool Jumped(StoredRetention state, DateTimeOffset now) =>
        state.LastRound is { } last && (now < last - (2 * MostApart) || now - last > Quiet);

    public static StoredRetention Next(StoredRetention state, DateTimeOffset now) => state with
    {
        LastRound = now,
        QuietUntil = Jumped(state, now) ? now + Quiet : state.QuietUntil > now ? state.QuietUntil : null,
    };
}
