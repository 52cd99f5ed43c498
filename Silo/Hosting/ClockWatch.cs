namespace Bzt.Silo.Hosting;

/// <summary>
/// Ends a cluster's silo whose wall clock was set back. Orleans waits for its timers by that clock: they would sleep for as long as the jump was, the silo
/// would probe no other and give no sign of life, and dead it would look alive. One that ends hands its grains over, and whoever keeps it running starts it
/// anew. A clock that is slewed is left alone.
/// </summary>
internal sealed partial class ClockWatch(TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ClockWatch> log) : BackgroundService
{
    /// <summary>Signs of life are given this often; what sleeps no longer is missed by nobody.</summary>
    public static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var jumps = new ClockJumps(time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var jump = jumps.Look();
            if (jump < -Tolerated)
            {
                LogSetBack(jump.Negate());
                // Whatever keeps it running on failure alone starts it anew as well.
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }
        }
    }

    [LoggerMessage(LogLevel.Critical, "The clock of this machine was set back by {SetBack}. This silo ends, to be started anew: keep clocks by NTP, and slew them.")]
    private partial void LogSetBack(TimeSpan setBack);
}

/// <summary>Tells a wall clock's jumps by the clock that measures spans, which nobody sets.</summary>
internal sealed class ClockJumps(TimeProvider time)
{
    private DateTimeOffset wall = time.GetUtcNow();
    private long span = time.GetTimestamp();

    /// <summary>How far the wall clock went beyond the time that passed since the last look; negative when it was set back.</summary>
    public TimeSpan Look()
    {
        var (nextWall, nextSpan) = (time.GetUtcNow(), time.GetTimestamp());
        var jump = nextWall - wall - time.GetElapsedTime(span, nextSpan);
        (wall, span) = (nextWall, nextSpan);
        return jump;
    }
}
