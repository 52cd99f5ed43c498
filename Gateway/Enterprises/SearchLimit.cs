using System.Threading.RateLimiting;
using Bzt.Grains;

namespace Bzt.Gateway.Enterprises;

/// <summary>How often one user may search: a directory of administrators is not to be read out, masked as they are. Each gateway counts for itself.</summary>
internal sealed class SearchLimit : IDisposable
{
    private const int PerMinute = 30;

    private readonly PartitionedRateLimiter<UserId> limiter = PartitionedRateLimiter.Create<UserId, UserId>(user => RateLimitPartition.GetTokenBucketLimiter(user, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = PerMinute,
        TokensPerPeriod = PerMinute,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1),
    }));

    /// <summary>How long to wait; null when the user may search now.</summary>
    public TimeSpan? Wait(UserId user)
    {
        using var lease = limiter.AttemptAcquire(user);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1);
    }

    public void Dispose() => limiter.Dispose();
}
