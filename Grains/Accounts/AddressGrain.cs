namespace Bzt.Grains.Accounts;

/// <inheritdoc cref="IAddressGrain"/>
[GrainType("address")]
public sealed class AddressGrain(TimeProvider time) : Grain, IAddressGrain
{
    private AddressCount count;

    public Task<Reply<Nothing>> Take(AddressUse use, AddressLimits limits)
    {
        var now = time.GetUtcNow();
        (count, var refusal) = AddressRules.Take(count, use, limits, now);

        // Kept in memory for as long as what it counted matters.
        DelayDeactivation(AddressRules.Day);
        return Task.FromResult<Reply<Nothing>>(refusal is not null ? refusal : new Nothing());
    }
}

/// <summary>Two windows that begin with the first request in them.</summary>
internal readonly record struct AddressCount(DateTimeOffset MinuteFrom, int InMinute, DateTimeOffset DayFrom, int CodesInDay);

internal static class AddressRules
{
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>A refused request does not count.</summary>
    public static (AddressCount Count, Refusal? Refusal) Take(AddressCount count, AddressUse use, AddressLimits limits, DateTimeOffset now)
    {
        var next = count;
        next = now >= next.MinuteFrom + Minute ? next with { MinuteFrom = now, InMinute = 0 } : next;
        next = now >= next.DayFrom + Day ? next with { DayFrom = now, CodesInDay = 0 } : next;
        if (next.InMinute >= limits.PerMinute)
        {
            return (next, new Refusal(RefusalCode.RateLimited, next.MinuteFrom + Minute));
        }

        if (use is not AddressUse.SmsCode)
        {
            return (next with { InMinute = next.InMinute + 1 }, null);
        }

        return next.CodesInDay >= limits.CodesPerDay
            ? (next, new Refusal(RefusalCode.RateLimited, next.DayFrom + Day))
            : (next with { InMinute = next.InMinute + 1, CodesInDay = next.CodesInDay + 1 }, null);
    }
}
