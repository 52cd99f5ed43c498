using System.Formats.Asn1;
using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;

namespace Bzt.Protocol.Primitives;

/// <summary>
/// An SM2 ciphertext (GB/T 32918.4). Read in every form met in the field: DER C1‖C3‖C2 (GB/T 35276), raw C1C3C2 and
/// C1C2C3, each with and without the leading 04; written as DER or raw C1C3C2.
/// </summary>
public sealed class Sm2Ciphertext
{
    private readonly byte[] tail;
    private readonly bool orderIsCertain;

    private Sm2Ciphertext(Point c1, byte[] tail, bool orderIsCertain) => (C1, this.tail, this.orderIsCertain) = (c1, tail, orderIsCertain);

    /// <summary>The point of the sender's one-time key.</summary>
    public Point C1 { get; }

    /// <summary>Encrypts at least one byte.</summary>
    public static Sm2Ciphertext Encrypt(Point publicKey, ReadOnlySpan<byte> plaintext, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfZero(plaintext.Length);
        while (true)
        {
            using var k = SecretScalar.Random(random);
            var shared = Sm2Group.Multiply(k.Value, publicKey);
            var c2 = Mask(shared, plaintext);
            if (c2 is not null)
            {
                return new(Sm2Group.MultiplyBase(k.Value), [.. Check(shared, plaintext), .. c2], orderIsCertain: true);
            }
        }
    }

    /// <summary>Reads any of the forms; the order of C2 and C3, where the form leaves it open, shows when it is opened.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Sm2Ciphertext? ciphertext)
    {
        ciphertext = TryDer(bytes.ToArray()) ?? TryRaw(bytes, withPrefix: true) ?? TryRaw(bytes, withPrefix: false);
        return ciphertext is not null;
    }

    /// <summary>Opens with the shared point d·C1, however it was put together; false when C3 does not match.</summary>
    public bool TryOpen(Point shared, out byte[] plaintext)
    {
        plaintext = [];
        if (shared.IsInfinity)
        {
            return false;
        }

        return TryOpen(shared, tail.AsSpan(0, Sm3.Length), tail.AsSpan(Sm3.Length), out plaintext) ||
            (!orderIsCertain && TryOpen(shared, tail.AsSpan(tail.Length - Sm3.Length), tail.AsSpan(0, tail.Length - Sm3.Length), out plaintext));
    }

    /// <summary>Opens with a whole key.</summary>
    public bool TryDecrypt(SecretScalar key, IRandomSource random, out byte[] plaintext)
    {
        ArgumentNullException.ThrowIfNull(key);
        return TryOpen(Sm2Group.MultiplyBlinded(key.Value, C1, random), out plaintext);
    }

    /// <summary>04 ‖ X ‖ Y ‖ C3 ‖ C2.</summary>
    public byte[] ToRaw() => [.. C1.Encode(), .. Ordered()];

    /// <summary>SEQUENCE { x INTEGER, y INTEGER, C3 OCTET STRING, C2 OCTET STRING }.</summary>
    public byte[] ToDer()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        Write(writer);
        return writer.Encode();
    }

    internal void Write(AsnWriter writer)
    {
        var encoded = C1.Encode();
        var ordered = Ordered();
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Sm2Signature.Trim(encoded[1..33]));
            writer.WriteIntegerUnsigned(Sm2Signature.Trim(encoded[33..]));
            writer.WriteOctetString(ordered.AsSpan(0, Sm3.Length));
            writer.WriteOctetString(ordered.AsSpan(Sm3.Length));
        }
    }

    private byte[] Ordered() => orderIsCertain
        ? tail
        : throw new InvalidOperationException("A raw ciphertext whose order is not known cannot be written in another form.");

    private static Sm2Ciphertext? TryDer(byte[] bytes)
    {
        try
        {
            var outer = new AsnReader(bytes, AsnEncodingRules.BER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            Span<byte> encoded = stackalloc byte[Point.Length];
            encoded[0] = 4;
            var x = sequence.ReadInteger();
            var y = sequence.ReadInteger();
            var c3 = sequence.ReadOctetString();
            var c2 = sequence.ReadOctetString();
            sequence.ThrowIfNotEmpty();
            return x.Sign >= 0 && y.Sign >= 0 && c3.Length == Sm3.Length && c2.Length > 0 &&
                Sm2Signature.TryPad(x, encoded[1..33]) && Sm2Signature.TryPad(y, encoded[33..]) && Point.TryDecode(encoded, out var c1)
                ? new(c1, [.. c3, .. c2], orderIsCertain: true)
                : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static Sm2Ciphertext? TryRaw(ReadOnlySpan<byte> bytes, bool withPrefix)
    {
        var pointLength = withPrefix ? Point.Length : Point.Length - 1;
        if (bytes.Length <= pointLength + Sm3.Length)
        {
            return null;
        }

        Span<byte> encoded = stackalloc byte[Point.Length];
        encoded[0] = 4;
        bytes[..pointLength].CopyTo(encoded[(Point.Length - pointLength)..]);
        return Point.TryDecode(encoded, out var c1) ? new(c1, bytes[pointLength..].ToArray(), orderIsCertain: false) : null;
    }

    private static bool TryOpen(Point shared, ReadOnlySpan<byte> c3, ReadOnlySpan<byte> c2, out byte[] plaintext)
    {
        plaintext = [];
        var opened = Mask(shared, c2);
        if (opened is null || !CryptographicOperations.FixedTimeEquals(Check(shared, opened), c3))
        {
            return false;
        }

        plaintext = opened;
        return true;
    }

    /// <summary>data ⊕ KDF(x ‖ y); null when the key stream is all zero, as the standard asks.</summary>
    private static byte[]? Mask(Point shared, ReadOnlySpan<byte> data)
    {
        var encoded = shared.Encode();
        var output = data.ToArray();
        var any = 0;
        for (var offset = 0; offset < output.Length; offset += Sm3.Length)
        {
            var block = new Sm3().Append(encoded.AsSpan(1)).Append(TaggedHash.Part(1 + offset / Sm3.Length)).Finish();
            for (var i = 0; i < Math.Min(Sm3.Length, output.Length - offset); i++)
            {
                any |= block[i];
                output[offset + i] ^= block[i];
            }
        }

        CryptographicOperations.ZeroMemory(encoded);
        return any == 0 ? null : output;
    }

    private static byte[] Check(Point shared, ReadOnlySpan<byte> plaintext)
    {
        var encoded = shared.Encode();
        return new Sm3().Append(encoded.AsSpan(1, 32)).Append(plaintext).Append(encoded.AsSpan(33)).Finish();
    }
}
