namespace Bzt.Contracts.Phone;

/// <summary>What a phone trusts before it has spoken to anybody: built into the app.</summary>
/// <param name="ChannelRoot">The root that signs the cluster's channel keys, 65 octets.</param>
public sealed record ChannelTrust(byte[] ChannelRoot)
{
    /// <summary>Roots of the CAs, DER. With none the phone checks that its certificates belong together, and takes the CA's word for its root.</summary>
    public IReadOnlyList<byte[]> CertificateRoots { get; init; } = [];
}
