using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace Bzt.Simulators.CaVendors;

/// <summary>How this vendor writes what standards leave open, as the field does.</summary>
public enum EnvelopeForm
{
    /// <summary>SM2EnvelopedKey of GB/T 35276 with an SM2Cipher inside.</summary>
    Standard = 0,
    /// <summary>Raw 04‖C1‖C3‖C2 in an OCTET STRING.</summary>
    RawC1C3C2 = 1,
    /// <summary>Raw C1‖C3‖C2 without the 04.</summary>
    BareC1C3C2 = 2,
    /// <summary>Raw 04‖C1‖C2‖C3: the old order.</summary>
    RawC1C2C3 = 3,
    /// <summary>Raw C1‖C2‖C3 without the 04.</summary>
    BareC1C2C3 = 4,
    /// <summary>EnvelopedData of GB/T 35275, SM2 encryption as …301.3.</summary>
    EnvelopedData3 = 5,
    /// <summary>EnvelopedData, SM2 encryption as …301.2.</summary>
    EnvelopedData2 = 6,
}

/// <param name="Form">Of the envelope.</param>
/// <param name="KeyLength">32, or padded with zeros in front to 48 or 64.</param>
public sealed record VendorQuirks(EnvelopeForm Form = EnvelopeForm.Standard, int KeyLength = 32);

/// <summary>GB/T 35276 and 35275, and what vendors make of them.</summary>
static class VendorEnvelope
{
    /// <summary>The encryption key for the signing key, as the vendor's quirks have it.</summary>
    public static async Task<byte[]> SealAsync(OpensslCa ca, byte[] privateKey, string receiver, VendorQuirks quirks, CancellationToken cancellation)
    {
        var (scalar, point) = ReadKey(privateKey);
        var sm4 = RandomNumberGenerator.GetBytes(16);
        var wrapped = await ca.EncryptBlocksAsync(sm4, [.. new byte[quirks.KeyLength - scalar.Length], .. scalar], cancellation);
        var cipher = await ca.EncryptAsync(receiver, sm4, cancellation);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (quirks.Form is EnvelopeForm.EnvelopedData2 or EnvelopeForm.EnvelopedData3)
            {
                WriteEnvelopedData(writer, quirks.Form == EnvelopeForm.EnvelopedData3 ? "1.2.156.10197.1.301.3" : "1.2.156.10197.1.301.2", cipher, wrapped);
            }
            else
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.2.156.10197.1.104.1");
                }

                if (quirks.Form == EnvelopeForm.Standard)
                {
                    writer.WriteEncodedValue(cipher);
                }
                else
                {
                    writer.WriteOctetString(Raw(cipher, quirks.Form));
                }

                writer.WriteBitString(point);
                writer.WriteBitString(wrapped);
            }
        }

        return writer.Encode();
    }

    static void WriteEnvelopedData(AsnWriter writer, string sm2, byte[] cipher, byte[] wrapped)
    {
        writer.WriteObjectIdentifier("1.2.156.10197.6.1.4.2.3");
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSetOf())
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);

                // Issuer and serial number of the receiver, who is not certified yet.
                using (writer.PushSequence())
                {
                    using (writer.PushSequence())
                    {
                    }

                    writer.WriteInteger(0);
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(sm2);
                    writer.WriteNull();
                }

                writer.WriteOctetString(cipher);
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.156.10197.6.1.4.2.1");
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.2.156.10197.1.104.1");
                }

                writer.WriteOctetString(wrapped, new Asn1Tag(TagClass.ContextSpecific, 0));
            }
        }
    }

    static byte[] Raw(byte[] cipher, EnvelopeForm form)
    {
        var sequence = new AsnReader(cipher, AsnEncodingRules.DER).ReadSequence();
        var (x, y, c3, c2) = (sequence.ReadInteger(), sequence.ReadInteger(), sequence.ReadOctetString(), sequence.ReadOctetString());
        byte[] prefix = form is EnvelopeForm.RawC1C3C2 or EnvelopeForm.RawC1C2C3 ? [4] : [];
        byte[] tail = form is EnvelopeForm.RawC1C3C2 or EnvelopeForm.BareC1C3C2 ? [.. c3, .. c2] : [.. c2, .. c3];
        return [.. prefix, .. Padded(x), .. Padded(y), .. tail];
    }

    static byte[] Padded(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    /// <summary>ECPrivateKey (RFC 5915) → scalar and point.</summary>
    static (byte[] Scalar, byte[] Point) ReadKey(byte[] privateKey)
    {
        var key = new AsnReader(privateKey, AsnEncodingRules.DER).ReadSequence();
        key.ReadInteger();
        var scalar = key.ReadOctetString();
        key.ReadEncodedValue();
        var point = key.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 1)).ReadBitString(out _);
        return (scalar, point);
    }
}
