namespace Bzt.Tests.Embedded;

/// <summary>The real clock, set forward or stopped by the test. Timers run in real time: a whole system in a process lives on them.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private long shift;
    private long stoppedAt;

    public override DateTimeOffset GetUtcNow() =>
        Interlocked.Read(ref stoppedAt) is not 0 and var ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref shift, by.Ticks);

    /// <summary>From here on it is now: what must happen within seconds does, however slow the machine is.</summary>
    public void Stop() => Interlocked.Exchange(ref stoppedAt, GetUtcNow().UtcTicks);
}
