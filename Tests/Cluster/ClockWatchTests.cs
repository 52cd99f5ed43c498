using Bzt.Silo.Hosting;

namespace Bzt.Tests.Cluster;

/// <summary>What counts as a clock that was set back; <c>loadtests chaos --faults clock-behind</c> sets one of a running silo.</summary>
public sealed class ClockWatchTests
{
    private readonly TwoClocks clocks = new();

    [Theory]
    [InlineData(-120)]
    [InlineData(120)]
    [InlineData(0)]
    public void A_jump_is_told_once_whatever_passed_meanwhile(int seconds)
    {
        var jumps = new ClockJumps(clocks);
        clocks.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.Zero, jumps.Look());

        clocks.Wall += TimeSpan.FromSeconds(seconds);
        clocks.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(seconds), jumps.Look());

        clocks.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, jumps.Look());
    }

    /// <summary>As time servers do it: far back in sum, never much at once.</summary>
    [Fact]
    public void A_clock_that_is_slewed_is_left_alone()
    {
        var jumps = new ClockJumps(clocks);
        for (var i = 0; i < 60; i++)
        {
            clocks.Pass(TimeSpan.FromSeconds(1));
            clocks.Wall -= TimeSpan.FromSeconds(0.5);
            Assert.InRange(jumps.Look(), -ClockWatch.Tolerated, TimeSpan.Zero);
        }
    }

    private sealed class TwoClocks : TimeProvider
    {
        private long ticks;

        public DateTimeOffset Wall { get; set; } = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan span)
        {
            ticks += span.Ticks;
            Wall += span;
        }

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => ticks;
    }
}
