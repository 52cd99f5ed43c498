using System.Net.Http.Json;
using System.Text.Json;

namespace Bzt.Contracts.Phone;

/// <summary>What a phone trusts before it has spoken to anybody: built into the app.</summary>
/// <param name="ChannelRoot">The root that signs the cluster's channel keys, 65 octets.</param>
public sealed record ChannelTrust(byte[] ChannelRoot)
{
    /// <summary>Roots of the CAs, DER. With none the phone checks that its certificates belong together, and takes the CA's word for its root.</summary>
    public IReadOnlyList<byte[]> CertificateRoots { get; init; } = [];

    /// <summary>The key that signs evidence, 65 octets: what <see cref="EvidenceExport.Verify"/> is to be given, kept from before a dispute.</summary>
    public byte[] EvidenceKey { get; init; } = [];

    /// <summary>Reads it from the host that serves the app: as trustworthy as that host.</summary>
    public static async Task<ChannelTrust> FetchAsync(HttpClient http, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(http);
        return await http.GetFromJsonAsync(Routes.PhoneAppTrust, BztJson.Default.ChannelTrust, cancellation) ?? throw new JsonException("The answer is null.");
    }
}
