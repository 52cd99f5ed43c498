using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;

namespace Bzt.Tests.Protocol;

/// <summary>The tree of RFC 9162 with SM3.</summary>
public class MerkleTreeTests
{
    [Fact]
    public void The_root_of_three_leaves_is_what_the_RFC_says()
    {
        byte[][] leaves = [[1], [2, 2], []];
        byte[] left = Node(Leaf([1]), Leaf([2, 2]));
        Assert.Equal(Node(left, Leaf([])), MerkleTree.Root(leaves));
        Assert.Equal(Leaf([1]), MerkleTree.Root([[1]]));
        Assert.Equal("1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b", Convert.ToHexStringLower(MerkleTree.Root([])));

        static byte[] Leaf(byte[] leaf) => Sm3.Hash((byte[])[0, .. leaf]);

        static byte[] Node(byte[] left, byte[] right) => Sm3.Hash((byte[])[1, .. left, .. right]);
    }

    [Fact]
    public void Every_leaf_of_every_tree_is_proven_and_nothing_else()
    {
        for (var size = 1; size <= 33; size++)
        {
            byte[][] leaves = [.. Enumerable.Range(0, size).Select(i => new byte[] { (byte)i, 7 })];
            var root = MerkleTree.Root(leaves);
            for (var index = 0; index < size; index++)
            {
                var path = MerkleTree.Path(leaves, index);
                Assert.True(MerkleTree.IsIncluded(leaves[index], index, size, path, root));
                Assert.False(MerkleTree.IsIncluded([9, 9], index, size, path, root));
                Assert.False(MerkleTree.IsIncluded(leaves[index], size, size, path, root));
                Assert.False(MerkleTree.IsIncluded(leaves[index], -1, size, path, root));
                Assert.False(MerkleTree.IsIncluded(leaves[index], index, size, [.. path, root], root));
                if (size > 1)
                {
                    Assert.False(MerkleTree.IsIncluded(leaves[index], (index + 1) % size, size, path, root));
                    Assert.False(MerkleTree.IsIncluded(leaves[index], index, size, [.. path.Skip(1)], root));
                    Assert.False(MerkleTree.IsIncluded(leaves[index], index, size, [[], .. path.Skip(1)], root));
                }
            }
        }
    }
}
