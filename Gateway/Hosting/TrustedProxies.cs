using Microsoft.AspNetCore.HttpOverrides;

namespace Bzt.Gateway.Hosting;

/// <summary>Behind a reverse proxy the caller's address and scheme are what the proxy says; from anybody else these headers mean nothing.</summary>
internal static class TrustedProxies
{
    public static void UseTrustedProxies(this WebApplication app, GatewayOptions options)
    {
        if (options.TrustedProxies.Count > 0)
        {
            app.UseForwardedHeaders(From(options));
        }

        // Known by https, it is https that browsers speak, to whichever proxy: the scheme decides on secure cookies and HSTS, and no header takes them away.
        if (HostCookies.AreSecure(options))
        {
            app.Use((context, next) =>
            {
                context.Request.Scheme = Uri.UriSchemeHttps;
                return next(context);
            });
        }
    }

    private static ForwardedHeadersOptions From(GatewayOptions options)
    {
        // The host is never taken: see PublicAddress.
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.TrustedProxies)
        {
            forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        }

        return forwarded;
    }
}
