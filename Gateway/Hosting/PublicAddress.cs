using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Hosting;

/// <summary>Where the outside finds us. Never taken from a request: its Host header is the caller's to choose.</summary>
public sealed class PublicAddress(IOptions<GatewayOptions> options, IServer server)
{
    private readonly Lazy<Uri> address = new(() => options.Value.PublicBaseUrl ?? Bound(server), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Ends with a slash.</summary>
    public Uri Base => address.Value;

    /// <summary>The absolute address of a path that begins with a slash.</summary>
    public string Of(string path) => Base.GetLeftPart(UriPartial.Authority) + path;

    private static Uri Bound(IServer server) =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } first
            ? new Uri(first)
            : throw new InvalidOperationException("The server does not listen yet, and Gateway:PublicBaseUrl is not set.");
}
