namespace Bzt.Tests.Embedded;

/// <summary>The real clock, set forward by the test. Timers run in real time: a whole system in a process lives on them.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private long shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref shift, by.Ticks);
}
