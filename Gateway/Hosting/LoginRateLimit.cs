using System.Net;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Hosting;

/// <summary>What may be tried without an account is limited by address, in front of the limits each number has of its own.</summary>
internal static class LoginRateLimit
{
    /// <summary>
    /// Two brakes: this gateway's own, before anything is read, and the cluster's count of the address, so that many gateways allow no more than one.
    /// </summary>
    public static RouteHandlerBuilder LimitByAddress(this RouteHandlerBuilder endpoint, AddressUse use) =>
        endpoint.WithMetadata(new BrakedByAddress()).AddEndpointFilter(async (call, next) =>
        {
            var services = call.HttpContext.RequestServices;
            var options = services.GetRequiredService<IOptions<GatewayOptions>>().Value;
            var limits = new AddressLimits(options.LoginsPerMinute, options.MostCodesPerDay);
            var refusal = await TakeAsync(services.GetRequiredService<IGrainFactory>(), services.GetRequiredService<IKeyProtector>(), call.HttpContext.Connection.RemoteIpAddress, use, limits);
            return refusal is not null ? refusal.ToHttp() : await next(call);
        });

    /// <summary>
    /// All networks of the address allow it, or none has counted it. The widest is asked first: what it refuses brings nothing of a narrower one into
    /// memory. The narrowest counts first: what it refuses takes nothing from its neighbours, or one address would use up a whole provider's.
    /// </summary>
    /// <param name="purpose">Each has counts of its own.</param>
    internal static async Task<Refusal?> TakeAsync(
        IGrainFactory grains, IKeyProtector protector, IPAddress? address, AddressUse use, AddressLimits limits, string purpose = "address")
    {
        var networks = NetworksOf(address)
            .Select(network => (Grain: grains.Address(protector.KeyedHash(purpose, network.Network)), Limits: new AddressLimits(Times(limits.PerMinute, network.Share), Times(limits.CodesPerDay, network.Share))))
            .ToList();
        foreach (var (grain, shared) in networks.SkipLast(1))
        {
            if (await grain.May(use, shared) is Refused<Nothing>(var refusal))
            {
                return refusal;
            }
        }

        foreach (var (grain, shared) in Enumerable.Reverse(networks))
        {
            if (await grain.Take(use, shared) is Refused<Nothing>(var refusal))
            {
                return refusal;
            }
        }

        return null;

        static int Times(int limit, int share) => (int)Math.Min((long)limit * share, int.MaxValue);
    }

    /// <summary>
    /// What an address is counted as, widest first, and how many times an address' limits each has. A customer has a /64, or a whole /48, and a provider
    /// a /32: without the wider ones somebody with a /32 would have four thousand million addresses here, each with limits and a place in memory of its own.
    /// </summary>
    internal static IReadOnlyList<(string Network, int Share)> NetworksOf(IPAddress? address)
    {
        var narrow = PartitionOf(address);
        return address is { IsIPv4MappedToIPv6: false, AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 }
            ? [(narrow[..8], 256), (narrow[..12], 16), (narrow, 1)]
            : [(narrow, 1)];
    }

    /// <summary>An IPv6 customer has a /64 to choose addresses from.</summary>
    internal static string PartitionOf(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes()[..8]),
        _ => address.ToString(),
    };
}
