using System.Buffers.Binary;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;

namespace Bzt.Protocol.Evidence;

/// <summary>
/// How far every chain went that moved since the checkpoint before. Signed and published, it is known to people the cluster does not
/// control, and so is everything below it: a chain that is altered later no longer leads to it.
/// </summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Previous"><see cref="Hash"/> of the checkpoint before, 32 zero bytes for the first.</param>
/// <param name="Size">Number of leaves, one for each chain.</param>
/// <param name="Root">Of the <see cref="MerkleTree"/> over the leaves (<see cref="Leaf"/>).</param>
/// <param name="At">In whole milliseconds.</param>
public sealed record EvidenceCheckpoint(long Number, byte[] Previous, int Size, byte[] Root, DateTimeOffset At)
{
    /// <summary>What stands in the tree for a chain that went to that entry.</summary>
    public static byte[] Leaf(Guid certificate, long sequence, byte[] hash) =>
        TaggedHash.Hash("evidence/leaf", TaggedHash.Part(certificate.ToString("D")), Number64(sequence), hash);

    /// <summary>SM3 over every member in the order of declaration.</summary>
    public byte[] Hash() => TaggedHash.Hash(
        "evidence/checkpoint", Number64(Number), Previous, Number64(Size), Root, Number64(At.ToUnixTimeMilliseconds()));

    /// <summary>Signs with the evidence key (SM2, default signer id).</summary>
    public Sm2Signature Sign(SecretScalar key, Point publicKey, IRandomSource random) =>
        Sm2Signature.Sign(key, Sm2Signature.Digest(publicKey, Hash()), random);

    /// <summary>Whether the evidence key signed it.</summary>
    public bool IsSignedBy(Point publicKey, Sm2Signature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return signature.Verify(publicKey, Sm2Signature.Digest(publicKey, Hash()));
    }

    private static byte[] Number64(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
