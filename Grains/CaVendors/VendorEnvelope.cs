using System.Formats.Asn1;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;

namespace Bzt.Grains.CaVendors;

/// <summary>The two orders of a raw SM2 ciphertext: of GB/T 32918.4 today, and of its draft, which many devices still speak.</summary>
public enum CiphertextOrder
{
    C1C3C2 = 0,
    C1C2C3 = 1,
}

/// <summary>
/// What vendors call the envelope of an encryption key, made the SM2EnvelopedKey of GB/T 35276 that everything here expects. Nothing is
/// opened on the way: nobody but the phone and the silo together can. The padding of the key inside is theirs to see.
/// </summary>
internal static class VendorEnvelope
{
    private const string Sm4 = "1.2.156.10197.1.104";
    private const string Sm4Ecb = "1.2.156.10197.1.104.1";
    private const int Sm4KeyLength = 16;

    /// <summary>GB/T 35275 and PKCS#7 name an EnvelopedData differently.</summary>
    private static readonly string[] EnvelopedData = ["1.2.156.10197.6.1.4.2.3", "1.2.840.113549.1.7.3"];

    /// <summary>SM2 encryption under its numbers in the field: .3 by the standard, .2 and the bare curve by older toolkits.</summary>
    private static readonly string[] Sm2Encryption = ["1.2.156.10197.1.301.3", "1.2.156.10197.1.301.2", "1.2.156.10197.1.301"];

    /// <param name="bytes">SM2EnvelopedKey with its SM2 ciphertext in any form, or an EnvelopedData around the private key.</param>
    /// <param name="encryptionCertificate">Whose key it is, DER.</param>
    /// <param name="order">How raw ciphertexts are ordered.</param>
    /// <returns>SM2EnvelopedKey, DER; null when it is neither.</returns>
    public static byte[]? TryNormalize(byte[] bytes, byte[] encryptionCertificate, CiphertextOrder order)
    {
        try
        {
            if (!Sm2Certificate.TryParse(encryptionCertificate, out var certificate))
            {
                return null;
            }

            var outer = new AsnReader(bytes, AsnEncodingRules.BER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var (sm2, wrapped) = sequence.PeekTag() == Asn1Tag.ObjectIdentifier ? ReadEnvelopedData(sequence) : ReadEnvelopedKey(sequence);
            return sm2 is null || ToDer(sm2, order) is not { } key || wrapped.Length is not (32 or 48 or 64) ? null : Write(key, certificate.PublicKey, wrapped);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>The private key of a CMP response: an EncryptedValue has the same parts under other names; an EnvelopedData lacks its ContentInfo.</summary>
    public static byte[]? TryNormalize(Org.BouncyCastle.Asn1.Crmf.EncryptedKey key, byte[] encryptionCertificate)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        try
        {
            using (writer.PushSequence())
            {
                if (!key.IsEncryptedValue)
                {
                    writer.WriteObjectIdentifier(EnvelopedData[0]);
                    using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    {
                        writer.WriteEncodedValue(Org.BouncyCastle.Asn1.Cms.EnvelopedData.GetInstance(key.Value).GetDerEncoded());
                    }
                }
                else if (Org.BouncyCastle.Asn1.Crmf.EncryptedValue.GetInstance(key.Value) is { SymmAlg: { } symmetric, EncSymmKey: { } wrappedKey, EncValue: { } value })
                {
                    writer.WriteEncodedValue(symmetric.GetDerEncoded());
                    writer.WriteOctetString(wrappedKey.GetOctets());
                    writer.WriteBitString([]);
                    writer.WriteBitString(value.GetOctets());
                }
            }
        }
        catch (Exception malformed) when (malformed is not OutOfMemoryException)
        {
            // BouncyCastle's parsers let out whatever they met.
            return null;
        }

        return TryNormalize(writer.Encode(), encryptionCertificate, CiphertextOrder.C1C3C2);
    }

    /// <summary>symAlgID, symEncryptedKey, sm2PublicKey, sm2EncryptedPrivateKey.</summary>
    private static (byte[]? Sm2, byte[] Wrapped) ReadEnvelopedKey(AsnReader sequence)
    {
        if (sequence.ReadSequence().ReadObjectIdentifier() is not (Sm4 or Sm4Ecb))
        {
            return (null, []);
        }

        var sm2 = ReadCiphertext(sequence);
        sequence.ReadBitString(out _);
        var wrapped = sequence.PeekTag() == Asn1Tag.PrimitiveOctetString ? sequence.ReadOctetString() : sequence.ReadBitString(out _);
        sequence.ThrowIfNotEmpty();
        return (sm2, wrapped);
    }

    /// <summary>ContentInfo of an EnvelopedData with one recipient: version, recipientInfos, encryptedContentInfo.</summary>
    private static (byte[]? Sm2, byte[] Wrapped) ReadEnvelopedData(AsnReader sequence)
    {
        if (!EnvelopedData.Contains(sequence.ReadObjectIdentifier()))
        {
            return (null, []);
        }

        var data = sequence.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        data.ReadInteger();
        var recipient = data.ReadSetOf().ReadSequence();
        recipient.ReadInteger();
        recipient.ReadEncodedValue();
        if (!Sm2Encryption.Contains(recipient.ReadSequence().ReadObjectIdentifier()))
        {
            return (null, []);
        }

        var sm2 = ReadCiphertext(recipient);
        var content = data.ReadSequence();
        content.ReadObjectIdentifier();
        return content.ReadSequence().ReadObjectIdentifier() is Sm4 or Sm4Ecb
            ? (sm2, content.ReadOctetString(new Asn1Tag(TagClass.ContextSpecific, 0)))
            : (null, []);
    }

    // A SEQUENCE is the SM2Cipher itself; a string holds one, or the raw octets.
    private static byte[] ReadCiphertext(AsnReader reader) => reader.PeekTag() switch
    {
        { TagValue: (int)UniversalTagNumber.OctetString } => reader.ReadOctetString(),
        { TagValue: (int)UniversalTagNumber.BitString } => reader.ReadBitString(out _),
        _ => reader.ReadEncodedValue().ToArray(),
    };

    private static byte[]? ToDer(byte[] sm2, CiphertextOrder order)
    {
        var raw = sm2.Length switch
        {
            Point.Length + Sm3.Length + Sm4KeyLength when sm2[0] == 4 => sm2.AsSpan(1),
            Point.Length - 1 + Sm3.Length + Sm4KeyLength => sm2,
            _ => default,
        };
        if (raw.IsEmpty)
        {
            return sm2.Length > 0 && sm2[0] == 0x30 && Sm2Ciphertext.TryParse(sm2, out var parsed) ? parsed!.ToDer() : null;
        }

        // Which part is the digest cannot be seen: order is a setting of the vendor.
        var tail = raw[64..];
        var c3 = order == CiphertextOrder.C1C3C2 ? tail[..Sm3.Length] : tail[Sm4KeyLength..];
        var c2 = order == CiphertextOrder.C1C3C2 ? tail[Sm3.Length..] : tail[..Sm4KeyLength];
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new System.Numerics.BigInteger(raw[..32], isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new System.Numerics.BigInteger(raw[32..64], isUnsigned: true, isBigEndian: true));
            writer.WriteOctetString(c3);
            writer.WriteOctetString(c2);
        }

        return writer.Encode();
    }

    private static byte[] Write(byte[] sm2, Point publicKey, byte[] wrapped)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sm4Ecb);
            }

            writer.WriteEncodedValue(sm2);
            writer.WriteBitString(publicKey.Encode());
            writer.WriteBitString(wrapped);
        }

        return writer.Encode();
    }
}
