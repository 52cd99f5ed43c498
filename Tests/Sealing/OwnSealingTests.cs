using Bzt.Contracts.Phone;

namespace Bzt.Tests.Sealing;

/// <summary>What a phone holds of its sealing sessions: pure.</summary>
public sealed class OwnSealingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly OwnSealings None = OwnSealings.Parse(null);

    [Fact]
    public void A_digest_is_counted_once_and_beyond_the_bound_nothing_is()
    {
        var bounds = Bounds(most: 2);
        var own = None.Begin(bounds, Hour, Now).Next;
        own = Count(own, 1);
        own = Count(own, 1);
        Assert.Equal((own, null), own.Count(bounds.SealingSessionId, [Digest(2), Digest(3)], Now));
        own = Count(Stored(own), 2);
        Assert.True(own.Find(bounds.SealingSessionId).Result!.IsOver(Now));
        Assert.NotNull(own.Count(bounds.SealingSessionId, [Digest(1)], Now).Result);
        Assert.Null(own.Count(bounds.SealingSessionId, [Digest(3)], Now).Result);
        Assert.Null(own.Count(Guid.NewGuid(), [Digest(1)], Now).Result);

        OwnSealings Count(OwnSealings before, byte digest)
        {
            var (next, counted) = before.Count(bounds.SealingSessionId, [Digest(digest)], Now);
            Assert.NotNull(counted);
            return next;
        }
    }

    [Fact]
    public void Its_minutes_run_by_the_phones_clock_and_a_repeat_begins_nothing_anew()
    {
        var bounds = Bounds(most: 2);
        var own = None.Begin(bounds, Hour, Now).Next;
        Assert.Same(own, own.Begin(bounds, Hour, Now + Hour / 2).Next);
        Assert.Null(own.Begin(bounds with { MaxDocuments = 50 }, Hour, Now).Result);
        var begun = Stored(own).Begin(bounds, Hour, Now).Result!;
        Assert.Equal(Hour / 2, begun.LeftAt(Now + Hour / 2));
        Assert.Equal(TimeSpan.Zero, begun.LeftAt(Now + Hour));
        Assert.Equal(Hour, begun.LeftAt(Now.AddYears(-1)));
        Assert.Null(own.Count(bounds.SealingSessionId, [Digest(1)], Now + Hour).Result);
    }

    /// <summary>What is forgotten is refused, and is forgotten only long after its end, or for sixteen newer ones.</summary>
    [Fact]
    public void Old_ones_are_forgotten()
    {
        var bounds = Bounds(most: 2);
        var own = None.Begin(bounds, Hour, Now).Next;
        Assert.NotNull(own.Begin(Bounds(1), Hour, Now.AddHours(24)).Next.Find(bounds.SealingSessionId).Result);
        Assert.Null(own.Begin(Bounds(1), Hour, Now.AddHours(25)).Next.Find(bounds.SealingSessionId).Result);
        for (var others = 0; others < 16; others++)
        {
            Assert.NotNull(own.Find(bounds.SealingSessionId).Result);
            own = own.Begin(Bounds(1), Hour, Now).Next;
        }

        Assert.Null(own.Find(bounds.SealingSessionId).Result);
        Assert.Equal(16, own.Sessions.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"sessions":[null]}""")]
    [InlineData("""{"sessions":[{"beginsAt":1}]}""")]
    public void Damaged_it_is_an_error_and_never_an_empty_count(string stored) =>
        Assert.Throws<InvalidDataException>(() => OwnSealings.Parse(System.Text.Encoding.UTF8.GetBytes(stored)));

    private static SealingBounds Bounds(int most) => new(Guid.NewGuid(), "yichang-ggzy", "平台", "P-1", "项目", "企业", most, true, Now + Hour);

    private static OwnSealings Stored(OwnSealings own) => OwnSealings.Parse(own.Encode());

    private static byte[] Digest(byte value) => [.. Enumerable.Repeat(value, 32)];
}
