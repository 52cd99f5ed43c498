namespace Bzt.Grains.Providers;

/// <summary>Where provider traffic may go: codes, identities and money never cross a network unencrypted.</summary>
static class ProviderEndpoint
{
    public const string Rule = "an absolute https address, or http on this machine.";

    public static bool IsSafe(Uri endpoint) =>
        endpoint.IsAbsoluteUri && (endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback));
}
