using System.Formats.Asn1;
using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace Bzt.Protocol.Primitives;

/// <summary>
/// SM2EnvelopedKey of GB/T 35276 §7.4: an encryption key made by the CA, wrapped by an SM4 key that is wrapped to the
/// signing key. SM4 here is in ECB, as the standard has it.
/// </summary>
public sealed class Sm2EnvelopedKey
{
    private const string Sm4Oid = "1.2.156.10197.1.104";
    private const string Sm4EcbOid = "1.2.156.10197.1.104.1";

    private readonly byte[] wrapped;

    private Sm2EnvelopedKey(Sm2Ciphertext symmetricKey, Point publicKey, byte[] wrapped) =>
        (SymmetricKey, PublicKey, this.wrapped) = (symmetricKey, publicKey, wrapped);

    /// <summary>The SM4 key, encrypted to the signing key.</summary>
    public Sm2Ciphertext SymmetricKey { get; }

    /// <summary>The public encryption key PE.</summary>
    public Point PublicKey { get; }

    /// <summary>Wraps an encryption key, as a CA's key management does.</summary>
    public static byte[] Build(Point signingKey, SecretScalar encryptionKey, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(encryptionKey);
        using var sm4Key = new SecretBytes(16);
        random.Fill(sm4Key.Span);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sm4EcbOid);
            }

            Sm2Ciphertext.Encrypt(signingKey, sm4Key.Span, random).Write(writer);
            writer.WriteBitString(Sm2Group.MultiplyBase(encryptionKey.Value).Encode());
            writer.WriteBitString(Ecb(true, sm4Key.Span, encryptionKey.Span));
        }

        return writer.Encode();
    }

    /// <summary>Reads an envelope with 32, 48 or 64 bytes of wrapped key.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, out Sm2EnvelopedKey? envelope)
    {
        envelope = null;
        try
        {
            var outer = new AsnReader(bytes, AsnEncodingRules.BER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var algorithm = sequence.ReadSequence().ReadObjectIdentifier();
            var symmetricKey = sequence.ReadEncodedValue();
            var publicKey = sequence.ReadBitString(out var unusedInKey);
            var wrapped = sequence.ReadBitString(out var unusedInWrapped);
            sequence.ThrowIfNotEmpty();
            if (algorithm is Sm4Oid or Sm4EcbOid && unusedInKey == 0 && unusedInWrapped == 0 && wrapped.Length is 32 or 48 or 64 &&
                Sm2Ciphertext.TryParse(symmetricKey.Span, out var ciphertext) && Point.TryDecode(publicKey, out var point))
            {
                envelope = new(ciphertext!, point, wrapped);
            }
        }
        catch (AsnContentException)
        {
            return false;
        }

        return envelope is not null;
    }

    /// <summary>
    /// Unwraps the encryption key with the SM4 key. The padding of 48 and 64 bytes differs between vendors; the right
    /// 32 bytes are those whose public key is <see cref="PublicKey"/>. Null when none are.
    /// </summary>
    public SecretScalar? Unwrap(ReadOnlySpan<byte> sm4Key)
    {
        if (sm4Key.Length != 16)
        {
            return null;
        }

        var opened = Ecb(false, sm4Key, wrapped);
        try
        {
            foreach (var start in new[] { 0, opened.Length - 32 })
            {
                if (Scalar.TryDecode(opened.AsSpan(start, 32), out var key) && Sm2Group.MultiplyBase(key) == PublicKey)
                {
                    return new(key);
                }
            }

            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    private static byte[] Ecb(bool encrypt, ReadOnlySpan<byte> key, ReadOnlySpan<byte> blocks)
    {
        var engine = new SM4Engine();
        engine.Init(encrypt, new KeyParameter(key));
        var output = new byte[blocks.Length];
        for (var offset = 0; offset < output.Length; offset += 16)
        {
            engine.ProcessBlock(blocks[offset..], output.AsSpan(offset));
        }

        return output;
    }
}
