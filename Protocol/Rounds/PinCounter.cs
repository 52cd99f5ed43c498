using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>Wrong PINs since the last PIN-proved success: five lock for 30 minutes, eight for 24 hours, ten for good.</summary>
/// <param name="Failures">The count.</param>
/// <param name="LockedUntil">End of the last timed lock.</param>
public sealed record PinCounter(int Failures = 0, DateTimeOffset? LockedUntil = null)
{
    /// <summary>The failure that locks for good.</summary>
    public const int FailuresForGood = 10;

    /// <summary>Whether only recovery helps.</summary>
    public bool IsLockedForGood => Failures >= FailuresForGood;

    /// <summary>The lock in force at a time.</summary>
    public PinLock? LockAt(DateTimeOffset now) =>
        IsLockedForGood ? new(Until: null) : LockedUntil > now ? new(LockedUntil) : null;

    /// <summary>The counter after one more wrong PIN.</summary>
    public PinCounter Failed(DateTimeOffset now)
    {
        var failures = Failures + 1;
        return new(failures, failures switch
        {
            5 => now + TimeSpan.FromMinutes(30),
            8 => now + TimeSpan.FromHours(24),
            _ => null,
        });
    }

    internal WrongPin Answer(DateTimeOffset now) => new(Failures, Math.Max(0, FailuresForGood - Failures), LockAt(now));
}
