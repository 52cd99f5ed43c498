using System.Formats.Asn1;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Seals;

/// <summary>Whose seal it is, as GB/T 38540 counts.</summary>
public enum ElectronicSealType
{
    /// <summary>单位印章.</summary>
    Organisation = 1,

    /// <summary>个人印章.</summary>
    Person = 2,
}

/// <summary>What a seal maker vouches for (GB/T 38540-2020, <c>SES_SealInfo</c>): this picture is the seal of the holders of these certificates.</summary>
/// <param name="VendorId">The maker's own code.</param>
/// <param name="Id">The seal's, ASCII.</param>
/// <param name="Type">Whose it is.</param>
/// <param name="Name">The seal's name.</param>
/// <param name="Certificates">The certificates that may sign with it, DER; empty when the seal lists digests only.</param>
/// <param name="CreatedAt">When it was made, to the second.</param>
/// <param name="ValidFrom">From when it may be used.</param>
/// <param name="ValidTo">Until when.</param>
/// <param name="PictureType">GIF, PNG, OFD, SVG …</param>
/// <param name="Picture">The picture's bytes.</param>
/// <param name="WidthMm">On paper.</param>
/// <param name="HeightMm">On paper.</param>
public sealed record ElectronicSealInfo(
    string VendorId, string Id, ElectronicSealType Type, string Name, IReadOnlyList<byte[]> Certificates, DateTimeOffset CreatedAt, DateTimeOffset ValidFrom, DateTimeOffset ValidTo,
    string PictureType, byte[] Picture, int WidthMm, int HeightMm)
{
    /// <summary>DER; what the maker signs.</summary>
    public byte[] Encode() => Der.Sequence(w =>
    {
        using (w.PushSequence())
        {
            w.WriteCharacterString(UniversalTagNumber.IA5String, ElectronicSeal.Marker);
            w.WriteInteger(ElectronicSeal.Version);
            w.WriteCharacterString(UniversalTagNumber.IA5String, VendorId);
        }

        w.WriteCharacterString(UniversalTagNumber.IA5String, Id);
        using (w.PushSequence())
        {
            w.WriteInteger((int)Type);
            w.Text(Name);
            w.WriteInteger(ElectronicSeal.ByCertificate);
            using (w.PushSequence())
            {
                foreach (var certificate in Certificates)
                {
                    w.WriteOctetString(certificate);
                }
            }

            w.Time(CreatedAt);
            w.Time(ValidFrom);
            w.Time(ValidTo);
        }

        using (w.PushSequence())
        {
            w.WriteCharacterString(UniversalTagNumber.IA5String, PictureType);
            w.WriteOctetString(Picture);
            w.WriteInteger(WidthMm);
            w.WriteInteger(HeightMm);
        }
    });
}

/// <summary>
/// An electronic seal of GB/T 38540-2020 (<c>SESeal</c>): SEQUENCE { eSealInfo, cert OCTET STRING, signAlgID, signedValue BIT STRING }, the maker's signature
/// over the DER of eSealInfo with the default signer id.
/// </summary>
/// <param name="Info">What is vouched for.</param>
/// <param name="CertificateDigests">SM3 of the certificates that may sign with it, where the seal lists digests instead.</param>
/// <param name="MakerCertificate">DER.</param>
/// <param name="SignatureGood">The maker's signature verifies under it.</param>
public sealed record ElectronicSeal(ElectronicSealInfo Info, IReadOnlyList<byte[]> CertificateDigests, byte[] MakerCertificate, bool SignatureGood)
{
    internal const string Marker = "ES";
    internal const int Version = 4;
    internal const int ByCertificate = 1;
    private const string Sm2WithSm3 = "1.2.156.10197.1.501";

    /// <summary>Puts information and signature together.</summary>
    /// <param name="info">From <see cref="ElectronicSealInfo.Encode"/>.</param>
    /// <param name="makerCertificate">DER; for digital signatures, and no authority's.</param>
    /// <param name="signature">Over <paramref name="info"/>.</param>
    public static byte[] Assemble(byte[] info, byte[] makerCertificate, Sm2Signature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return Der.Sequence(w =>
        {
            w.WriteEncodedValue(info);
            w.WriteOctetString(makerCertificate);
            w.WriteObjectIdentifier(Sm2WithSm3);
            w.WriteBitString(signature.ToDer());
        });
    }

    /// <summary>Whether this certificate may sign with the seal.</summary>
    public bool Lists(ReadOnlySpan<byte> certificate)
    {
        foreach (var listed in Info.Certificates)
        {
            if (certificate.SequenceEqual(listed))
            {
                return true;
            }
        }

        if (CertificateDigests.Count > 0)
        {
            var digest = Sm3.Hash(certificate);
            return CertificateDigests.Any(listed => digest.AsSpan().SequenceEqual(listed));
        }

        return false;
    }

    /// <summary>Reads leniently what other makers write; null when it is no seal of this version.</summary>
    public static ElectronicSeal? TryRead(byte[] encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        try
        {
            var seal = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence();
            var signed = seal.ReadEncodedValue();
            if (ReadInfo(signed) is not var (info, digests))
            {
                return null;
            }

            var maker = seal.ReadOctetString();
            seal.ReadObjectIdentifier();
            var value = seal.ReadBitString(out _);
            var good = Sm2Certificate.TryParse(maker, out var certificate)
                && (Sm2Signature.TryParseDer(value, out var signature) || Sm2Signature.TryParseRaw(value, out signature))
                && signature!.Verify(certificate.PublicKey, Sm2Signature.Digest(certificate.PublicKey, signed.Span));
            return new ElectronicSeal(info, digests, maker, good);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static (ElectronicSealInfo Info, IReadOnlyList<byte[]> Digests)? ReadInfo(ReadOnlyMemory<byte> encoded)
    {
        var info = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence();
        var header = info.ReadSequence();
        if (header.ReadCharacterString(UniversalTagNumber.IA5String) != Marker || !header.TryReadInt32(out var version) || version != Version)
        {
            return null;
        }

        var vendor = header.ReadCharacterString(UniversalTagNumber.IA5String);
        var id = info.ReadCharacterString(UniversalTagNumber.IA5String);
        var property = info.ReadSequence();
        if (!property.TryReadInt32(out var type))
        {
            return null;
        }

        var name = property.Text();
        if (!property.TryReadInt32(out var listType))
        {
            return null;
        }

        var (certificates, digests) = (new List<byte[]>(), new List<byte[]>());
        var list = property.ReadSequence();
        while (list.HasData)
        {
            if (listType == ByCertificate)
            {
                certificates.Add(list.ReadOctetString());
                continue;
            }

            var digest = list.ReadSequence();
            digest.ReadEncodedValue();
            digests.Add(digest.ReadOctetString());
        }

        var (created, from, to) = (property.ReadGeneralizedTime(), property.ReadGeneralizedTime(), property.ReadGeneralizedTime());
        var picture = info.ReadSequence();
        var kind = picture.ReadCharacterString(UniversalTagNumber.IA5String);
        var data = picture.ReadOctetString();
        return picture.TryReadInt32(out var width) && picture.TryReadInt32(out var height)
            ? (new ElectronicSealInfo(vendor, id, (ElectronicSealType)type, name, certificates, created, from, to, kind, data, width, height), digests)
            : null;
    }
}
