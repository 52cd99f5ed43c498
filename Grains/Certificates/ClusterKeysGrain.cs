using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Secrets;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <inheritdoc cref="IClusterKeysGrain"/>
[GrainType("cluster-keys")]
public sealed class ClusterKeysGrain(
    [PersistentState("cluster-keys")] IPersistentState<ClusterKeysRecord> stored, IKeyProtector protector, TimeProvider time) : Grain, IClusterKeysGrain
{
    public async Task<ClusterPublicKeys> GetPublic()
    {
        var keys = await GetOrMakeAsync();
        return new ClusterPublicKeys(keys.ChannelKeys, keys.ChannelRoot, keys.EvidenceKey);
    }

    public async Task<SealedClusterKeys> GetSealed()
    {
        var keys = await GetOrMakeAsync();
        return new SealedClusterKeys(keys.SealedCurrent, keys.SealedNext, keys.SealedEvidence);
    }

    private async Task<MadeClusterKeys> GetOrMakeAsync()
    {
        if (stored.State.Made is { } made)
        {
            return made;
        }

        using var root = SecretScalar.Random(SystemRandom.Instance);
        using var current = SecretScalar.Random(SystemRandom.Instance);
        using var next = SecretScalar.Random(SystemRandom.Instance);
        using var evidence = SecretScalar.Random(SystemRandom.Instance);
        var list = new ClusterKeyList(Sm2Group.MultiplyBase(current.Value), Sm2Group.MultiplyBase(next.Value), time.GetUtcNow());
        made = new MadeClusterKeys(
            list.Sign(root, SystemRandom.Instance),
            Sm2Group.MultiplyBase(root.Value).Encode(),
            ClusterKeyRings.Seal(protector, ClusterKeyRings.Root, root),
            ClusterKeyRings.Seal(protector, ClusterKeyRings.Current, current),
            ClusterKeyRings.Seal(protector, ClusterKeyRings.Next, next),
            Sm2Group.MultiplyBase(evidence.Value).Encode(),
            ClusterKeyRings.Seal(protector, ClusterKeyRings.Evidence, evidence));
        await stored.WriteAsync(this, new ClusterKeysRecord { Made = made });
        return made;
    }
}

[StateVersion(1)]
public sealed record ClusterKeysRecord
{
    public MadeClusterKeys? Made { get; init; }
}

/// <param name="ChannelKeys">The list, signed by the root.</param>
/// <param name="SealedRoot">Kept to sign the next list: as long as no offline root takes its place.</param>
public sealed record MadeClusterKeys(
    byte[] ChannelKeys, byte[] ChannelRoot, byte[] SealedRoot, byte[] SealedCurrent, byte[] SealedNext, byte[] EvidenceKey, byte[] SealedEvidence);
