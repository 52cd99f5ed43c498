using System.Net;
using System.Threading.RateLimiting;
using Bzt.Contracts;
using Bzt.Gateway.Problems;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Hosting;

/// <summary>What endpoints carry that one address may ask only so often a minute.</summary>
internal sealed record BrakedByAddress;

/// <summary>This gateway's own count of an address at what may be tried without an account, before anything of the request is read.</summary>
/// <remarks>ASP.NET's rate limiting middleware never ends its limiters, whose timers keep all of a host that has stopped in memory.</remarks>
internal sealed class AddressBrake(IOptions<GatewayOptions> options, TimeProvider time) : IMiddleware, IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress?> limiter = PartitionedRateLimiter.Create<IPAddress?, string>(address =>
        RateLimitPartition.GetTokenBucketLimiter(LoginRateLimit.PartitionOf(address), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.LoginsPerMinute,
            TokensPerPeriod = options.Value.LoginsPerMinute,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1),
        }));

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<BrakedByAddress>() is null)
        {
            await next(context);
            return;
        }

        using var lease = limiter.AttemptAcquire(context.Connection.RemoteIpAddress);
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }

        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromMinutes(1);
        await new ProblemResult(ErrorCodes.RateLimited) { RetryAt = time.GetUtcNow() + wait }.ExecuteAsync(context);
    }

    public void Dispose() => limiter.Dispose();
}
