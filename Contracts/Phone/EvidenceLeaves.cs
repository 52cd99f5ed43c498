using Bzt.Protocol.Evidence;

namespace Bzt.Contracts.Phone;

/// <summary>
/// The leaves of a published checkpoint. They name nobody, and no two of two checkpoints can be told to be of one certificate, except by who has the
/// certificate's evidence: he finds every leaf of it (<see cref="CheckpointMark"/>), also those of records that were taken out of it since.
/// </summary>
/// <param name="Number">The checkpoint's.</param>
/// <param name="Continues">Number of the checkpoint before; absent in checkpoints of releases that bound no marks.</param>
/// <param name="Leaves">In the order of the tree.</param>
public sealed record EvidenceLeaves(long Number, long? Continues, IReadOnlyList<EvidenceLeafInfo> Leaves)
{
    /// <summary>Whether they are the leaves of that checkpoint, all of them and with its marks. Whose signature it has is not looked at.</summary>
    public bool AreOf(EvidenceCheckpointInfo checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        IReadOnlyList<byte[]> tree = Continues is { } before
            ? [CheckpointMark.Binding(before, [.. Leaves.Select(leaf => leaf.Mark)]), .. Leaves.Select(leaf => leaf.Leaf)]
            : [.. Leaves.Select(leaf => leaf.Leaf)];
        return Number == checkpoint.Number && tree.Count == checkpoint.Size
            && (Continues is not null || Leaves.All(leaf => leaf.Mark.Length == 0))
            && MerkleTree.Root(tree).AsSpan().SequenceEqual(checkpoint.Root);
    }
}

/// <param name="Leaf">What stands in the tree, 32 octets.</param>
/// <param name="Mark">24 octets; empty where the chain has none in this checkpoint.</param>
public sealed record EvidenceLeafInfo(byte[] Leaf, byte[] Mark);
