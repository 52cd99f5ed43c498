using System.Formats.Asn1;
using System.Numerics;
using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Asn1.X509;

namespace Bzt.Protocol.TimeStamps;

/// <summary>What a time-stamp authority states (RFC 3161, 2.4.2, TSTInfo).</summary>
/// <param name="Policy">The policy it was made under.</param>
/// <param name="Digest">SM3 of what was stamped.</param>
/// <param name="Serial">Unique for the authority.</param>
/// <param name="Time">When it existed at the latest.</param>
/// <param name="Nonce">Of the question.</param>
public sealed record TimeStampInfo(string Policy, byte[] Digest, BigInteger Serial, DateTimeOffset Time, BigInteger? Nonce)
{
    private const int Version = 1;

    /// <summary>DER. The time is to the second, and said to be right within one.</summary>
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(Version);
            writer.WriteObjectIdentifier(Policy);
            TimeStampQuery.WriteImprint(writer, Digest);
            writer.WriteInteger(Serial);
            writer.WriteGeneralizedTime(Time, omitFractionalSeconds: true);
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
            }

            if (Nonce is { } nonce)
            {
                writer.WriteInteger(nonce);
            }
        }

        return writer.Encode();
    }

    /// <summary>Null when it is none, or of another digest than SM3.</summary>
    public static TimeStampInfo? TryRead(byte[] encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        try
        {
            var info = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence();
            if (!info.TryReadInt32(out var version) || version != Version)
            {
                return null;
            }

            var policy = info.ReadObjectIdentifier();
            var imprint = info.ReadSequence();
            if (imprint.ReadSequence().ReadObjectIdentifier() != TimeStampOids.Sm3 || imprint.ReadOctetString() is not { Length: Sm3.Length } digest)
            {
                return null;
            }

            var (serial, time) = (info.ReadInteger(), info.ReadGeneralizedTime());
            BigInteger? nonce = null;
            while (info.HasData)
            {
                // Accuracy, ordering and name are passed over; the only other integer is the nonce.
                if (info.PeekTag() == Asn1Tag.Integer)
                {
                    nonce = info.ReadInteger();
                }
                else
                {
                    info.ReadEncodedValue();
                }
            }

            return new TimeStampInfo(policy, digest, serial, time, nonce);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}

/// <summary>
/// A time-stamp token: CMS SignedData over a <see cref="TimeStampInfo"/>, the signing certificate named by its SM3 (RFC 5816), signed with SM2 and SM3 under the
/// default signer id.
/// </summary>
public static class TimeStampToken
{
    /// <summary>Signs a statement.</summary>
    /// <param name="info">What is stated.</param>
    /// <param name="certificate">The authority's, DER; its extended key usage is time stamping alone, and critical.</param>
    /// <param name="certificates">What goes into the token, DER; none when the asker wants none.</param>
    /// <param name="sign">Signs these octets with that certificate's key.</param>
    public static byte[] Create(TimeStampInfo info, byte[] certificate, IReadOnlyList<byte[]> certificates, Func<byte[], Sm2Signature> sign)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(sign);
        var content = info.Encode();
        var attributes = SignedAttributes(content, certificate);
        var signature = sign(attributes);
        var structure = X509CertificateStructure.GetInstance(certificate);

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(TimeStampOids.SignedData);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
            {
                // Version 3, because the content is no id-data (RFC 5652, 5.1).
                writer.WriteInteger(3);
                using (writer.PushSetOf())
                {
                    Algorithm(writer, TimeStampOids.Sm3);
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(TimeStampOids.Info);
                    using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    {
                        writer.WriteOctetString(content);
                    }
                }

                if (certificates.Count > 0)
                {
                    using (writer.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    {
                        foreach (var one in certificates)
                        {
                            writer.WriteEncodedValue(one);
                        }
                    }
                }

                using (writer.PushSetOf())
                using (writer.PushSequence())
                {
                    writer.WriteInteger(1);
                    using (writer.PushSequence())
                    {
                        writer.WriteEncodedValue(structure.Issuer.GetDerEncoded());
                        writer.WriteEncodedValue(structure.SerialNumber.GetDerEncoded());
                    }

                    Algorithm(writer, TimeStampOids.Sm3);
                    WriteImplicit(writer, attributes);
                    Algorithm(writer, TimeStampOids.Sm2WithSm3);
                    writer.WriteOctetString(signature.ToDer());
                }
            }
        }

        return writer.Encode();
    }

    /// <summary>As the SET OF that is signed (RFC 5652, 5.4).</summary>
    private static byte[] SignedAttributes(byte[] content, byte[] certificate)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            Attribute(writer, TimeStampOids.ContentType, w => w.WriteObjectIdentifier(TimeStampOids.Info));
            Attribute(writer, TimeStampOids.MessageDigest, w => w.WriteOctetString(Sm3.Hash(content)));
            Attribute(writer, TimeStampOids.SigningCertificateV2, w =>
            {
                using (w.PushSequence())
                using (w.PushSequence())
                using (w.PushSequence())
                {
                    Algorithm(w, TimeStampOids.Sm3);
                    w.WriteOctetString(Sm3.Hash(certificate));
                }
            });
        }

        return writer.Encode();
    }

    /// <summary>The same octets under the tag they have in a SignerInfo.</summary>
    private static void WriteImplicit(AsnWriter writer, byte[] set)
    {
        var tagged = (byte[])[.. set];
        tagged[0] = 0xA0;
        writer.WriteEncodedValue(tagged);
    }

    private static void Algorithm(AsnWriter writer, string oid)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
        }
    }

    private static void Attribute(AsnWriter writer, string oid, Action<AsnWriter> value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSetOf())
            {
                value(writer);
            }
        }
    }
}
