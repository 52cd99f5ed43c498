namespace Bzt.Grains.Accounts;

/// <inheritdoc cref="IAddressGrain"/>
/// <remarks>
/// Who has many networks to call from makes many of these: each is gone two minutes after its last request, when nothing is counted any more, but for
/// one that had codes.
/// </remarks>
[GrainType("address"), CollectionAgeLimit(Minutes = 2)]
public sealed class AddressGrain(TimeProvider time) : Grain, IAddressGrain
{
    private AddressCount count;

    public Task<Reply<Nothing>> May(AddressUse use, AddressLimits limits) =>
        Task.FromResult<Reply<Nothing>>(AddressRules.Take(count, use, limits, time.GetUtcNow()).Refusal is { } refusal ? refusal : new Nothing());

    public Task<Reply<Nothing>> Take(AddressUse use, AddressLimits limits)
    {
        var now = time.GetUtcNow();
        (count, var refusal) = AddressRules.Take(count, use, limits, now);

        if (AddressRules.Kept(count, now) is { } kept)
        {
            DelayDeactivation(kept);
        }

        return Task.FromResult<Reply<Nothing>>(refusal is not null ? refusal : new Nothing());
    }
}

/// <summary>Two windows that begin with the first request in them.</summary>
internal readonly record struct AddressCount(DateTimeOffset MinuteFrom, int InMinute, DateTimeOffset DayFrom, int CodesInDay);

internal static class AddressRules
{
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>How long the codes it counted matter; null when there are none.</summary>
    public static TimeSpan? Kept(AddressCount count, DateTimeOffset now) => count.CodesInDay > 0 && count.DayFrom + Day > now ? count.DayFrom + Day - now : null;

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
