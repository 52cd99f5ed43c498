using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Hosting;

/// <summary>Where the outside finds us. Never taken from a request: its Host header is the caller's to choose.</summary>
public sealed class PublicAddress(IOptions<GatewayOptions> options, IServer server)
{
    private readonly Lazy<Uri> address = new(() => Find(options.Value, server), LazyThreadSafetyMode.PublicationOnly);
    private readonly Lazy<string> origin = new(() => Find(options.Value, server).GetLeftPart(UriPartial.Authority), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Ends with a slash.</summary>
    public Uri Base => address.Value;

    /// <summary>The absolute address of a path that begins with a slash.</summary>
    public string Of(string path) => origin.Value + path;

    private static Uri Find(GatewayOptions options, IServer server) => options.PublicBaseUrl
        ?? (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } first
            ? new Uri(first)
            : throw new InvalidOperationException("The server does not listen yet, and Gateway:PublicBaseUrl is not set."));
}
