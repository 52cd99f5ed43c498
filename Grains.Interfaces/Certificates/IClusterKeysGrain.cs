namespace Bzt.Grains.Certificates;

/// <summary>
/// The cluster's own keys, made once and sealed by the key protector: the channel's static keys (current and next), the evidence key,
/// and, where no offline root is configured, the root that signs the channel keys. One grain, key 0; calls nobody.
/// </summary>
[Alias("bzt.IClusterKeys")]
public interface IClusterKeysGrain : IGrainWithIntegerKey
{
    /// <summary>What phones and verifiers get.</summary>
    [Alias("public")]
    Task<ClusterPublicKeys> GetPublic();

    /// <summary>The secrets, sealed: only a process with the protector's root key can open them.</summary>
    [Alias("sealed")]
    Task<SealedClusterKeys> GetSealed();
}

/// <param name="ChannelKeys">The signed list (docs/protocol.md) as phones read it.</param>
/// <param name="ChannelRoot">The root that signed it, 65 octets: built into the app, never fetched together with the list.</param>
/// <param name="EvidenceKey">65 octets.</param>
[GenerateSerializer, Immutable, Alias("bzt.ClusterPublicKeys")]
public sealed record ClusterPublicKeys(
    [property: Id(0)] byte[] ChannelKeys,
    [property: Id(1)] byte[] ChannelRoot,
    [property: Id(2)] byte[] EvidenceKey);

[GenerateSerializer, Immutable, Alias("bzt.SealedClusterKeys")]
public sealed record SealedClusterKeys(
    [property: Id(0)] byte[] CurrentChannelKey,
    [property: Id(1)] byte[] NextChannelKey,
    [property: Id(2)] byte[] EvidenceKey);
