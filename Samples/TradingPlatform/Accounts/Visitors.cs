using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Bzt.Samples.TradingPlatform.Accounts;

/// <summary>Who is not logged in is told apart by address, so that nobody uses up what is there for everybody. Behind a proxy: <see cref="PlatformOptions.TrustedProxies"/>.</summary>
internal static class Visitors
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    /// <summary>What the service learns: a keyed hash.</summary>
    public static string NameOf(HttpContext context) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(PartitionOf(context.Connection.RemoteIpAddress))).AsSpan(0, 16));

    /// <summary>An IPv6 customer has a /64 to choose addresses from.</summary>
    public static string PartitionOf(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };
}
