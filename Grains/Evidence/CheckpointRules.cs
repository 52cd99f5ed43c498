using Bzt.Grains.Certificates;
using Bzt.Protocol.Evidence;

namespace Bzt.Grains.Evidence;

/// <summary>What is in a checkpoint: pure.</summary>
public static class CheckpointRules
{
    /// <summary>Of several pages of one chain the furthest counts.</summary>
    public static IReadOnlyList<CheckpointLeaf> Order(IEnumerable<CheckpointLeaf> heads) =>
        [.. heads.GroupBy(head => head.Certificate).Select(chain => chain.MaxBy(head => head.Sequence)!).OrderBy(head => head.Certificate.ToString(), StringComparer.Ordinal)];

    /// <summary>The leaves with their marks, the binding leaf before them.</summary>
    /// <remarks>
    /// Ordered by what stands in the tree, which nobody can guess: by certificate, whoever has two that were made just before and after another's would
    /// learn from their places in the tree whether that one moved.
    /// </remarks>
    /// <param name="number">Of the checkpoint they are for.</param>
    /// <param name="continues">Of the one before.</param>
    /// <param name="heads">One for each chain.</param>
    /// <param name="firsts">Hash of each chain's first entry, where it is known.</param>
    public static (IReadOnlyList<CheckpointLeaf> Leaves, IReadOnlyList<byte[]> Marks) Mark(
        long number, long continues, IEnumerable<CheckpointLeaf> heads, IReadOnlyDictionary<CertificateId, byte[]> firsts)
    {
        var chains = heads.OrderBy(head => Convert.ToHexString(Leaf(head)), StringComparer.Ordinal).ToList();
        byte[][] marks = [.. chains.Select(head => firsts.TryGetValue(head.Certificate, out var first) ? CheckpointMark.Of(first, number, head.Sequence) : [])];
        return ([new CheckpointLeaf(default, continues, CheckpointMark.Hash(marks)), .. chains], marks);
    }

    /// <summary>Those of certificates.</summary>
    public static IReadOnlyList<CheckpointLeaf> Chains(IReadOnlyList<CheckpointLeaf> leaves) => [.. leaves.Where(leaf => leaf.Certificate != default)];

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

    /// <summary>What anybody may have: it is the checkpoint's by its root, and says neither certificate nor sequence.</summary>
    public static PublishedLeaves? Publish(StoredCheckpoint state, StoredMarks marks) =>
        state.Checkpoint is null ? null
        : state.Leaves is [{ Certificate: var none } binding, .. var chains] && none == default
            ? new PublishedLeaves(binding.Sequence, [.. chains.Select(Leaf)], [.. marks.Marks])
            : new PublishedLeaves(null, [.. state.Leaves.Select(Leaf)], [.. state.Leaves.Select(_ => (byte[])[])]);

    private static byte[] Leaf(CheckpointLeaf leaf) => EvidenceCheckpoint.Leaf(leaf.Certificate.Value, leaf.Sequence, leaf.Hash);
}
