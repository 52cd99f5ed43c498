using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;

namespace Bzt.Protocol.Primitives;

/// <summary>
/// Sealing to a one-time SM2 key: an ephemeral point, then SM4-GCM under a key derived from the shared point and
/// everything public about it. Each box has its own key, so the nonce is derived along with it.
/// </summary>
public static class OneTimeBox
{
    /// <summary>How much longer a box is than its content.</summary>
    public const int Overhead = Point.Length + Sm4Gcm.TagLength;

    /// <summary>Seals; only the holder of the recipient's key opens it, and only under the same context.</summary>
    public static byte[] Seal(Point recipient, ReadOnlySpan<byte> context, ReadOnlySpan<byte> content, IRandomSource random)
    {
        using var ephemeral = SecretScalar.Random(random);
        var point = Sm2Group.MultiplyBase(ephemeral.Value).Encode();
        using var key = Derive(Sm2Group.Multiply(ephemeral.Value, recipient), point, recipient, context);
        return [.. point, .. Sm4Gcm.Seal(key.Span[..16], key.Span[16..], context, content)];
    }

    /// <summary>Opens; false when it was sealed for somebody or something else.</summary>
    public static bool TryOpen(SecretScalar key, ReadOnlySpan<byte> context, ReadOnlySpan<byte> box, IRandomSource random, out byte[] content)
    {
        ArgumentNullException.ThrowIfNull(key);
        content = [];
        if (box.Length < Overhead || !Point.TryDecode(box[..Point.Length], out var ephemeral))
        {
            return false;
        }

        var recipient = Sm2Group.MultiplyBase(key.Value);
        using var derived = Derive(Sm2Group.MultiplyBlinded(key.Value, ephemeral, random), ephemeral.Encode(), recipient, context);
        return Sm4Gcm.TryOpen(derived.Span[..16], derived.Span[16..], context, box[Point.Length..], out content);
    }

    private static SecretBytes Derive(Point shared, byte[] ephemeral, Point recipient, ReadOnlySpan<byte> context)
    {
        var secret = shared.Encode();
        var derived = TaggedHash.Expand("box", Sm4Gcm.KeyLength + Sm4Gcm.NonceLength, secret, ephemeral, recipient.Encode(), context.ToArray());
        var key = new SecretBytes(derived);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(secret);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(derived);
        return key;
    }
}
