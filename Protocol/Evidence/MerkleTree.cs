using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Evidence;

/// <summary>The Merkle tree of RFC 9162 §2.1 with SM3: leaves hash under 0, inner nodes under 1, so that neither passes for the other.</summary>
public static class MerkleTree
{
    /// <summary>Root of no leaves: SM3 of nothing.</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        return leaves.Count == 0 ? Sm3.Hash(ReadOnlySpan<byte>.Empty) : Root(leaves, 0, leaves.Count);
    }

    /// <summary>The nodes beside the way from a leaf to the root, lowest first (§2.1.3.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static IReadOnlyList<byte[]> Path(IReadOnlyList<byte[]> leaves, int index)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leaves.Count);
        var path = new List<byte[]>();
        var (from, count) = (0, leaves.Count);
        while (count > 1)
        {
            var left = Left(count);
            if (index - from < left)
            {
                path.Add(Root(leaves, from + left, count - left));
                count = left;
            }
            else
            {
                path.Add(Root(leaves, from, left));
                (from, count) = (from + left, count - left);
            }
        }

        path.Reverse();
        return path;
    }

    /// <summary>Whether the leaf is the one at that index of a tree of that size and root (§2.1.3.2).</summary>
    public static bool IsIncluded(ReadOnlySpan<byte> leaf, long index, long size, IReadOnlyList<byte[]> path, ReadOnlySpan<byte> root)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (node, last, hash) = (index, size - 1, Leaf(leaf));
        foreach (var sibling in path)
        {
            if (last == 0 || sibling is not { Length: Sm3.Length })
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = Node(sibling, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    (node, last) = (node >> 1, last >> 1);
                }
            }
            else
            {
                hash = Node(hash, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    private static byte[] Root(IReadOnlyList<byte[]> leaves, int from, int count)
    {
        if (count == 1)
        {
            return Leaf(leaves[from]);
        }

        var left = Left(count);
        return Node(Root(leaves, from, left), Root(leaves, from + left, count - left));
    }

    /// <summary>The largest power of two below <paramref name="count"/>.</summary>
    private static int Left(int count) => 1 << (31 - int.LeadingZeroCount(count - 1));

    private static byte[] Leaf(ReadOnlySpan<byte> leaf) => Sm3.Hash((byte[])[0, .. leaf]);

    private static byte[] Node(byte[] left, byte[] right) => Sm3.Hash((byte[])[1, .. left, .. right]);
}
