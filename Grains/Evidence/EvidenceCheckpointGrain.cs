using System.Collections.Immutable;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Orleans.Runtime;

namespace Bzt.Grains.Evidence;

/// <inheritdoc cref="IEvidenceCheckpointGrain"/>
[GrainType("evidence-checkpoint")]
public sealed class EvidenceCheckpointGrain([PersistentState("evidence-checkpoint")] IPersistentState<StoredCheckpoint> storage) : Grain, IEvidenceCheckpointGrain
{
    public async Task<SignedCheckpoint> Keep(SignedCheckpoint checkpoint, IReadOnlyList<CheckpointLeaf> leaves)
    {
        if (storage.State.Checkpoint is { } known)
        {
            return known;
        }

        await storage.WriteAsync(this, new StoredCheckpoint(checkpoint, [.. leaves]));
        return checkpoint;
    }

    public Task<SignedCheckpoint?> Get() => Task.FromResult(storage.State.Checkpoint);

    public Task<IReadOnlyList<CheckpointLeaf>> GetLeaves() => Task.FromResult<IReadOnlyList<CheckpointLeaf>>(storage.State.Leaves);

    public Task<CheckpointInclusion?> Prove(CertificateId certificate) => Task.FromResult(CheckpointRules.Prove(storage.State, certificate));
}

/// <summary>The stored state of <see cref="EvidenceCheckpointGrain"/>.</summary>
[StateVersion(1)]
public sealed record StoredCheckpoint(SignedCheckpoint? Checkpoint, ImmutableArray<CheckpointLeaf> Leaves)
{
    public StoredCheckpoint() : this(null, [])
    {
    }
}

/// <summary>What is in a checkpoint: pure.</summary>
public static class CheckpointRules
{
    /// <summary>The order of the leaves; of several pages of one chain the furthest counts.</summary>
    public static IReadOnlyList<CheckpointLeaf> Order(IEnumerable<CheckpointLeaf> heads) =>
        [.. heads.GroupBy(head => head.Certificate).Select(chain => chain.MaxBy(head => head.Sequence)!).OrderBy(head => head.Certificate.ToString(), StringComparer.Ordinal)];

    public static EvidenceCheckpoint Make(long number, byte[] previous, IReadOnlyList<CheckpointLeaf> leaves, DateTimeOffset now) => new(
        number, previous, leaves.Count, MerkleTree.Root([.. leaves.Select(Leaf)]), DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()));

    public static byte[] Hash(SignedCheckpoint checkpoint) =>
        new EvidenceCheckpoint(checkpoint.Number, checkpoint.Previous, checkpoint.Size, checkpoint.Root, checkpoint.At).Hash();

    public static CheckpointInclusion? Prove(StoredCheckpoint state, CertificateId certificate)
    {
        for (var index = 0; index < state.Leaves.Length; index++)
        {
            if (state.Leaves[index].Certificate == certificate)
            {
                return new CheckpointInclusion(state.Checkpoint!, state.Leaves[index].Sequence, index, MerkleTree.Path([.. state.Leaves.Select(Leaf)], index));
            }
        }

        return null;
    }

    private static byte[] Leaf(CheckpointLeaf leaf) => EvidenceCheckpoint.Leaf(leaf.Certificate.Value, leaf.Sequence, leaf.Hash);
}
