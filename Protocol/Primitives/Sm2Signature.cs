using System.Formats.Asn1;
using System.Numerics;
using System.Text;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;

namespace Bzt.Protocol.Primitives;

/// <summary>An SM2 signature (GB/T 32918.2): r and s in [1, n−1].</summary>
public sealed record Sm2Signature(Scalar R, Scalar S)
{
    /// <summary>Length of the form r ‖ s.</summary>
    public const int RawLength = 64;

    /// <summary>The signer id everybody in the field uses.</summary>
    public const string DefaultSignerId = "1234567812345678";

    private static readonly byte[] CurveAndGenerator = Convert.FromHexString(
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC" +
        "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93" +
        "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7" +
        "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0");

    /// <summary>Z of GB/T 32918.2 §5.5: the digest of signer id, curve and public key.</summary>
    public static byte[] Z(Point publicKey, string signerId = DefaultSignerId)
    {
        var id = Encoding.UTF8.GetBytes(signerId);
        return new Sm3()
            .Append([(byte)(id.Length * 8 >> 8), (byte)(id.Length * 8)]).Append(id)
            .Append(CurveAndGenerator).Append(publicKey.Encode().AsSpan(1)).Finish();
    }

    /// <summary>e = SM3(Z ‖ message), 32 bytes.</summary>
    public static byte[] Digest(Point publicKey, ReadOnlySpan<byte> message, string signerId = DefaultSignerId) =>
        new Sm3().Append(Z(publicKey, signerId)).Append(message).Finish();

    /// <summary>An ordinary signature with a whole key: for the app's root, the cluster, tests. Phones never have one.</summary>
    public static Sm2Signature Sign(SecretScalar key, ReadOnlySpan<byte> digest, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(key);
        var e = Scalar.Reduce(digest);
        while (true)
        {
            using var k = SecretScalar.Random(random);
            var r = e + Sm2Group.MultiplyBase(k.Value).X;
            var s = (Scalar.One + key.Value).Invert() * (r + k.Value) - r;
            if (!r.IsZero && !s.IsZero && !(r + s).IsZero)
            {
                return new(r, s);
            }
        }
    }

    /// <summary>Whether this signs the digest e under the key (GB/T 32918.2 §7.1).</summary>
    public bool Verify(Point publicKey, ReadOnlySpan<byte> digest)
    {
        var t = R + S;
        if (publicKey.IsInfinity || R.IsZero || S.IsZero || t.IsZero)
        {
            return false;
        }

        var point = Sm2Group.MultiplyAddVartime(S, t, publicKey);
        return !point.IsInfinity && Scalar.Reduce(digest) + point.X == R;
    }

    /// <summary>r ‖ s, 64 bytes.</summary>
    public byte[] ToRaw() => [.. R.Encode(), .. S.Encode()];

    /// <summary>Reads exactly r ‖ s.</summary>
    public static bool TryParseRaw(ReadOnlySpan<byte> bytes, out Sm2Signature? signature)
    {
        signature = bytes.Length == RawLength &&
            Scalar.TryDecode(bytes[..32], out var r) && Scalar.TryDecode(bytes[32..], out var s) ? new(r, s) : null;
        return signature is not null;
    }

    /// <summary>SEQUENCE { r INTEGER, s INTEGER }, the form of GB/T 35276 and of X.509.</summary>
    public byte[] ToDer()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Trim(R.Encode()));
            writer.WriteIntegerUnsigned(Trim(S.Encode()));
        }

        return writer.Encode();
    }

    /// <summary>Reads exactly the DER form.</summary>
    public static bool TryParseDer(ReadOnlyMemory<byte> bytes, out Sm2Signature? signature)
    {
        signature = null;
        try
        {
            var reader = new AsnReader(bytes, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            if (TryScalar(sequence.ReadInteger(), out var r) && TryScalar(sequence.ReadInteger(), out var s))
            {
                sequence.ThrowIfNotEmpty();
                signature = new(r, s);
            }
        }
        catch (AsnContentException)
        {
            return false;
        }

        return signature is not null;
    }

    internal static ReadOnlySpan<byte> Trim(byte[] bytes)
    {
        var start = 0;
        while (start < bytes.Length - 1 && bytes[start] == 0)
        {
            start++;
        }

        return bytes.AsSpan(start);
    }

    private static bool TryScalar(BigInteger value, out Scalar scalar)
    {
        Span<byte> bytes = stackalloc byte[Scalar.Length];
        scalar = default;
        return value.Sign > 0 && TryPad(value, bytes) && Scalar.TryDecode(bytes, out scalar);
    }

    internal static bool TryPad(BigInteger value, Span<byte> destination)
    {
        var length = value.GetByteCount(isUnsigned: true);
        destination.Clear();
        return length <= destination.Length &&
            value.TryWriteBytes(destination[(destination.Length - length)..], out _, isUnsigned: true, isBigEndian: true);
    }
}
