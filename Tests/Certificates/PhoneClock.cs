namespace Bzt.Tests.Certificates;

/// <summary>The clocks of a phone: what they show is set, long timers are fired, by the test.</summary>
internal sealed class PhoneClock(TimeProvider real) : TimeProvider
{
    private readonly List<Action> waiting = [];
    private TimeSpan wall;
    private TimeSpan passed;

    public override DateTimeOffset GetUtcNow() => real.GetUtcNow() + wall;

    public override long GetTimestamp() => real.GetTimestamp() + (long)(passed.TotalSeconds * real.TimestampFrequency);

    public void Pass(TimeSpan by, bool wallClockStands) => (wall, passed) = wallClockStands ? (wall, passed + by) : (wall + by, passed);

    public void Fire() => waiting.ForEach(fire => fire());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.FromSeconds(50))
        {
            waiting.Add(() => callback(state));
        }

        return real.CreateTimer(callback, state, dueTime, period);
    }
}
