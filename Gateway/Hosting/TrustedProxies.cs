using Microsoft.AspNetCore.HttpOverrides;

namespace Bzt.Gateway.Hosting;

/// <summary>Behind a reverse proxy the caller's address and scheme are what the proxy says; from anybody else these headers mean nothing.</summary>
internal static class TrustedProxies
{
    public static void UseTrustedProxies(this WebApplication app, GatewayOptions options)
    {
        if (options.TrustedProxies.Count == 0)
        {
            return;
        }

        // The scheme decides on secure cookies and HSTS. The host is never taken: see PublicAddress.
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.TrustedProxies)
        {
            forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        }

        app.UseForwardedHeaders(forwarded);
    }
}
