namespace Bzt.Gateway.Hosting;

/// <summary>
/// Cookies by the strictest rules the address allows. Known by https, they carry the prefix <c>__Host-</c> (RFC 6265bis §4.1.3.2): no browser takes
/// one over http or from a sibling host, so nobody else plants one. On loopback there is http, and no prefix.
/// </summary>
internal static class HostCookies
{
    public static bool AreSecure(GatewayOptions options) => options.PublicBaseUrl?.Scheme == Uri.UriSchemeHttps;

    public static string Name(GatewayOptions options, string name) => AreSecure(options) ? "__Host-" + name : name;

    /// <summary>The prefix asks for the whole host; without it the cookie keeps to where it is used.</summary>
    public static string Path(GatewayOptions options, string path) => AreSecure(options) ? "/" : path;

    public static CookieSecurePolicy Policy(GatewayOptions options) => AreSecure(options) ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
}
