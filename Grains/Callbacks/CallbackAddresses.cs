using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Bzt.Grains.Callbacks;

/// <summary>Which addresses a platform may have us call: what it could not reach itself from outside, we do not reach for it.</summary>
internal static class CallbackAddresses
{
    private const int LongestUrl = 1800;

    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Global unicast, and in it what leads back to IPv4 (RFC 6052, 3056, 4380) or is for documentation (RFC 3849, 9637).</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] NotGlobal = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(network => IPNetwork.Parse(network))];

    /// <param name="text">As the platform gave it.</param>
    /// <param name="allowLoopback">Embedded: also http, and this machine.</param>
    /// <param name="url">What is called.</param>
    public static bool TryParse(string text, bool allowLoopback, [NotNullWhen(true)] out Uri? url)
    {
        url = null;
        if (text.Length is 0 or > LongestUrl || !Uri.TryCreate(text, UriKind.Absolute, out var parsed) || parsed.UserInfo.Length > 0 || parsed.Fragment.Length > 0
            || (parsed.Scheme != Uri.UriSchemeHttps && !(allowLoopback && parsed.Scheme == Uri.UriSchemeHttp && parsed.IsLoopback)))
        {
            return false;
        }

        // A name is looked at when it is resolved, each time; a number is looked at here as well, so that a mistake is told at once.
        if (IPAddress.TryParse(parsed.DnsSafeHost, out var address) ? !IsAllowed(address, allowLoopback) : parsed.IsLoopback && !allowLoopback)
        {
            return false;
        }

        url = parsed;
        return true;
    }

    public static bool IsAllowed(IPAddress address, bool allowLoopback) => IsPublic(address) || (allowLoopback && IPAddress.IsLoopback(address));

    private static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily switch
        {
            AddressFamily.InterNetwork => !NotPublic.Any(network => network.Contains(plain)),
            AddressFamily.InterNetworkV6 => GlobalUnicast.Contains(plain) && !NotGlobal.Any(network => network.Contains(plain)),
            _ => false,
        };
    }
}
