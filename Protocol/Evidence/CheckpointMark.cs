using System.Buffers.Binary;
using System.Security.Cryptography;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Evidence;

/// <summary>
/// What is published beside a leaf, so that whoever has a chain finds the leaves of that chain, its altered ones too, while to everybody else a mark is
/// 24 random octets: the key is the hash of the chain's first entry, which nobody knows who was not given the chain. A new one at each checkpoint,
/// so no two can be told to be of one chain.
/// </summary>
public static class CheckpointMark
{
    /// <summary>16 octets that say which chain, 8 that say how far it was.</summary>
    public const int Length = Recognised + sizeof(long);

    private const int Recognised = 16;

    /// <summary>The mark of a chain that was as far as <paramref name="sequence"/> in the checkpoint of that number.</summary>
    /// <param name="first"><see cref="EvidenceEntry.Hash"/> of the chain's first entry.</param>
    public static byte[] Of(byte[] first, long number, long sequence)
    {
        var mark = Pad(first, number);
        var place = mark.AsSpan(Recognised);
        BinaryPrimitives.WriteInt64BigEndian(place, BinaryPrimitives.ReadInt64BigEndian(place) ^ sequence);
        return mark;
    }

    /// <summary>How far the chain was; null when the mark is another chain's, or none.</summary>
    public static long? Read(ReadOnlySpan<byte> mark, byte[] first, long number)
    {
        if (mark.Length != Length)
        {
            return null;
        }

        var pad = Pad(first, number);
        return CryptographicOperations.FixedTimeEquals(pad.AsSpan(0, Recognised), mark[..Recognised])
            ? BinaryPrimitives.ReadInt64BigEndian(pad.AsSpan(Recognised)) ^ BinaryPrimitives.ReadInt64BigEndian(mark[Recognised..])
            : null;
    }

    /// <summary>
    /// What stands in the tree before the chains: a leaf of no certificate that binds the marks and the number of the checkpoint before. To who knows
    /// nothing of it, it is a leaf like the others.
    /// </summary>
    /// <param name="continues">Number of the checkpoint whose hash is <see cref="EvidenceCheckpoint.Previous"/>; 0 for none.</param>
    /// <param name="marks">In the order of the leaves; empty where a chain has none.</param>
    public static byte[] Binding(long continues, IReadOnlyList<byte[]> marks) => EvidenceCheckpoint.Leaf(Guid.Empty, continues, Hash(marks));

    /// <summary>What the binding leaf has in place of an entry's hash.</summary>
    public static byte[] Hash(IReadOnlyList<byte[]> marks) => TaggedHash.Hash("evidence/marks", TaggedHash.Part(marks));

    private static byte[] Pad(byte[] first, long number)
    {
        var part = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(part, number);
        return TaggedHash.Expand("evidence/mark", Length, first, part);
    }
}
