using System.Net;
using System.Threading.RateLimiting;
using Bzt.Contracts;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Hosting;

/// <summary>What may be tried without an account is limited by address, in front of the limits each number has of its own.</summary>
internal static class LoginRateLimit
{
    public const string Policy = "login";

    public static void AddLoginRateLimit(this IServiceCollection services, GatewayOptions options) => services.AddRateLimiter(limiter =>
    {
        limiter.AddPolicy(Policy, context => RateLimitPartition.GetTokenBucketLimiter(PartitionOf(context.Connection.RemoteIpAddress), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.LoginsPerMinute,
            TokensPerPeriod = options.LoginsPerMinute,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1),
        }));
        limiter.OnRejected = async (context, _) =>
        {
            var now = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
            var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromMinutes(1);
            await new ProblemResult(ErrorCodes.RateLimited) { RetryAt = now + wait }.ExecuteAsync(context.HttpContext);
        };
    });

    /// <summary>
    /// Two brakes: this gateway's own, before anything is read, and the cluster's count of the address, so that many gateways allow no more than one.
    /// </summary>
    public static RouteHandlerBuilder LimitByAddress(this RouteHandlerBuilder endpoint, AddressUse use) =>
        endpoint.RequireRateLimiting(Policy).AddEndpointFilter(async (call, next) =>
        {
            var services = call.HttpContext.RequestServices;
            var options = services.GetRequiredService<IOptions<GatewayOptions>>().Value;
            var address = services.GetRequiredService<IKeyProtector>().KeyedHash("address", PartitionOf(call.HttpContext.Connection.RemoteIpAddress));
            var reply = await services.GetRequiredService<IGrainFactory>().Address(address).Take(use, new AddressLimits(options.LoginsPerMinute, options.MostCodesPerDay));
            return reply is Refused<Nothing>(var refusal) ? refusal.ToHttp() : await next(call);
        });

    /// <summary>An IPv6 customer has a /64 to choose addresses from.</summary>
    internal static string PartitionOf(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes()[..8]),
        _ => address.ToString(),
    };
}
