using System.Collections.Immutable;

namespace Bzt.Grains.OpenIdConnect;

/// <summary>
/// When a signing key is made, published and forgotten. A key signs for ninety days; it is published a week before it first signs, so that whoever
/// caches the list has it by then, and a week after, for tokens that are still on their way.
/// </summary>
public static class OpenIdKeyRules
{
    public static readonly TimeSpan Signing = TimeSpan.FromDays(90);
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(7);

    /// <summary>From when on a key that is to be made now signs; null when none is due.</summary>
    public static DateTimeOffset? NextDue(ImmutableArray<StoredOpenIdKey> keys, DateTimeOffset now)
    {
        if (keys.IsEmpty)
        {
            return now;
        }

        var last = keys.Max(key => key.SignsUntil);
        return last - now > Overlap ? null : last > now ? last : now;
    }

    /// <summary>What is published, the one that signs first.</summary>
    public static ImmutableArray<StoredOpenIdKey> Published(ImmutableArray<StoredOpenIdKey> keys, DateTimeOffset now) =>
        [.. keys.Where(key => now < key.SignsUntil + Overlap).OrderBy(key => key.SignsFrom <= now && now < key.SignsUntil ? 0 : 1).ThenBy(key => key.SignsFrom)];
}
