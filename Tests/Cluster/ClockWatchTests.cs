using Bzt.Silo.Hosting;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bzt.Tests.Cluster;

/// <summary>What counts as a clock that was set back; <c>loadtests chaos --faults clock-behind</c> sets one of a running silo.</summary>
public sealed class ClockWatchTests(PostgresFixture postgres)
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

    /// <summary>What keeps it running starts anew what failed.</summary>
    [Fact]
    public async Task A_silo_that_ends_for_its_clock_says_so_by_its_exit_code()
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        using var watch = new ClockWatch(clocks, lifetime, NullLogger<ClockWatch>.Instance);
        try
        {
            await watch.StartAsync(TestContext.Current.CancellationToken);
            await Wait.UntilAsync(
                () =>
                {
                    clocks.Wall -= TimeSpan.FromMinutes(1);
                    return Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested);
                },
                stopping => stopping);
            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            // This process' own.
            Environment.ExitCode = 0;
        }
    }

    [Fact]
    public async Task A_process_sees_how_far_it_is_from_the_stores_clock()
    {
        await using var store = new PostgresStore(await postgres.NewDatabaseAsync());
        foreach (var ahead in (int[])[0, 120, -120])
        {
            clocks.Wall = DateTimeOffset.UtcNow.AddSeconds(ahead);
            using var clock = new StoreClock(store, clocks, NullLogger<StoreClock>.Instance);
            Assert.InRange((await clock.LookAsync(TestContext.Current.CancellationToken))!.Value.TotalSeconds, ahead - 30, ahead + 1);
        }

        using var folder = new TempFolder();
        await using var inside = new SqliteStore(folder.File("bzt.db"));
        using var none = new StoreClock(inside, clocks, NullLogger<StoreClock>.Instance);
        Assert.Null(await none.LookAsync(TestContext.Current.CancellationToken));
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
