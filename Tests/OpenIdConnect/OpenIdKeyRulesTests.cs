using System.Collections.Immutable;
using Bzt.Grains.OpenIdConnect;

namespace Bzt.Tests.OpenIdConnect;

/// <summary>A year of signing keys, an hour at a time.</summary>
public sealed class OpenIdKeyRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_key_is_known_a_week_before_it_signs_and_a_week_after()
    {
        var keys = ImmutableArray<StoredOpenIdKey>.Empty;
        var published = new List<(DateTimeOffset At, IReadOnlyList<string> Ids)>();
        for (var now = Start; now < Start.AddDays(400); now = now.AddHours(1))
        {
            if (OpenIdKeyRules.NextDue(keys, now) is { } from)
            {
                keys = OpenIdKeyRules.Published(keys, now).Add(new StoredOpenIdKey($"key-{now:yyyyMMddHH}", [1], from, from + OpenIdKeyRules.Signing));
            }

            published.Add((now, [.. OpenIdKeyRules.Published(keys, now).Select(key => key.KeyId)]));
        }

        var signing = published.Select(entry => entry.Ids[0]).Distinct().ToList();
        Assert.Equal(5, signing.Count);
        foreach (var key in signing.Skip(1).SkipLast(1))
        {
            var signs = published.Where(entry => entry.Ids[0] == key).Select(entry => entry.At).ToList();
            var known = published.Where(entry => entry.Ids.Contains(key)).Select(entry => entry.At).ToList();
            Assert.Equal(TimeSpan.FromDays(90), signs[^1] - signs[0] + TimeSpan.FromHours(1));
            Assert.Equal((TimeSpan.FromDays(7), TimeSpan.FromDays(7)), (signs[0] - known[0], known[^1] - signs[^1]));
        }

        Assert.All(published, entry => Assert.InRange(entry.Ids.Count, 1, 2));
    }

    [Fact]
    public void After_a_long_sleep_a_new_key_signs_at_once()
    {
        var old = new StoredOpenIdKey("old", [1], Start, Start + OpenIdKeyRules.Signing);
        var now = Start.AddDays(200);
        Assert.Equal(now, OpenIdKeyRules.NextDue([old], now));
        Assert.Empty(OpenIdKeyRules.Published([old], now));
    }
}
