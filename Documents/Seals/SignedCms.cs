using System.Security.Cryptography;
using Bzt.Documents.Pdf;
using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Cms = Org.BouncyCastle.Asn1.Cms;

namespace Bzt.Documents.Seals;

/// <summary>A CMS SignedData with one signer, read: what it says, before anything is believed.</summary>
/// <param name="ContentType">Of what is signed.</param>
/// <param name="Content">What is signed, where it came along.</param>
/// <param name="MessageDigest">The attribute; null without signed attributes, where the content itself is signed.</param>
/// <param name="Certificate">The signer's certificate, DER.</param>
/// <param name="Others">The other certificates that came along.</param>
/// <param name="SigningTime">The signer's clock, if it says.</param>
/// <param name="DocumentName">The name the signer was shown, if it says.</param>
/// <param name="SignatureValue">The signature's octets: what a time stamp is over.</param>
/// <param name="TimeStamp">A time-stamp token, unsigned attribute.</param>
/// <param name="SignatureGood">The signature verifies under that certificate, and the attributes name it.</param>
/// <param name="Kind">What its digests are; SHA-256 of the RSA and ECDSA keys of CA locks, with signed attributes only.</param>
internal sealed record SignedCms(
    string ContentType, byte[]? Content, byte[]? MessageDigest, byte[] Certificate, IReadOnlyList<byte[]> Others, DateTimeOffset? SigningTime, string? DocumentName,
    byte[] SignatureValue, byte[]? TimeStamp, bool SignatureGood, SealDigest Kind = SealDigest.Sm3)
{
    /// <summary>Those of a path to a root, of a cross certificate or two; more only keep whoever reads them busy.</summary>
    public const int MostCertificates = 16;

    private const string GmSignedData = "1.2.156.10197.6.1.4.2.2";

    /// <summary>Reads leniently: other makers' encodings are met in the field. Null when it is no CMS with SM2 and SM3; <paramref name="why"/> says what was met instead.</summary>
    public static SignedCms? TryRead(byte[] encoded, out string why)
    {
        try
        {
            return Read(encoded, out why);
        }
        catch (Exception e) when (CmsSeal.IsMalformed(e))
        {
            why = "the CMS does not decode";
            return null;
        }
    }

    private static SignedCms? Read(byte[] encoded, out string why)
    {
        var outer = Cms.ContentInfo.GetInstance(Asn1Object.FromByteArray(encoded));
        if (!outer.ContentType.Equals(PkcsObjectIdentifiers.SignedData) && outer.ContentType.Id != GmSignedData)
        {
            why = $"content type {outer.ContentType}";
            return null;
        }

        var signed = Cms.SignedData.GetInstance(outer.Content);
        if (signed.SignerInfos.Count != 1)
        {
            why = $"{signed.SignerInfos.Count} signers in one seal";
            return null;
        }

        if (signed.Certificates is { Count: > MostCertificates } many)
        {
            why = $"{many.Count} certificates in one seal";
            return null;
        }

        var signer = Cms.SignerInfo.GetInstance(signed.SignerInfos[0]);
        var kind = signer.DigestAlgorithm.Algorithm.Equals(LockCmsSeal.Sha256Algorithm.Algorithm) && signer.SignedAttrs is not null ? SealDigest.Sha256 : SealDigest.Sm3;
        if (kind == SealDigest.Sm3 && !signer.DigestAlgorithm.Algorithm.Equals(CmsSeal.Sm3Algorithm.Algorithm))
        {
            why = $"digest algorithm {signer.DigestAlgorithm.Algorithm}";
            return null;
        }

        var certificates = signed.Certificates?.Select(c => c.ToAsn1Object().GetDerEncoded()).ToArray() ?? [];
        var certificate = Array.Find(certificates, c => IsSigner(signer.SignerID, c));
        if (certificate is null)
        {
            why = "the signer's certificate is not in it";
            return null;
        }

        var content = signed.EncapContentInfo.Content is { } inside ? Asn1OctetString.GetInstance(inside).GetOctets() : null;
        var value = signer.Signature.GetOctets();
        var signature = CmsSeal.Parse(value);
        var result = new SignedCms(
            signed.EncapContentInfo.ContentType.Id, content, null, certificate, [.. certificates.Where(c => c != certificate)], null, null, value, TokenOf(signer), SignatureGood: false, kind);
        if (signer.SignedAttrs is not { } set)
        {
            if (content is null)
            {
                why = "neither signed attributes nor content";
                return null;
            }

            why = "";
            return result with { SignatureGood = CmsSeal.Verify(certificate, content, signature) };
        }

        var attributes = new Cms.AttributeTable(set);
        if (attributes.GetAll(Cms.CmsAttributes.MessageDigest) is not { Count: 1 } digests)
        {
            why = "no message digest";
            return null;
        }

        why = "";
        return result with
        {
            MessageDigest = Asn1OctetString.GetInstance(((Cms.Attribute)digests[0]).AttrValues[0]).GetOctets(),
            SigningTime = Time(attributes),
            DocumentName = Name(attributes),
            SignatureGood = NamesItsCertificate(attributes, certificate) && (kind == SealDigest.Sm3
                ? CmsSeal.Verify(certificate, set.GetEncoded(Asn1Encodable.Der), signature)
                : LockCmsSeal.Verify(certificate, set.GetEncoded(Asn1Encodable.Der), value)),
        };
    }

    private static byte[]? TokenOf(Cms.SignerInfo signer) =>
        signer.UnsignedAttrs is { } set && new Cms.AttributeTable(set)[PkcsObjectIdentifiers.IdAASignatureTimeStampToken] is { } attribute
            ? attribute.AttrValues[0].ToAsn1Object().GetEncoded()
            : null;

    private static bool IsSigner(Cms.SignerIdentifier id, byte[] der)
    {
        var certificate = X509CertificateStructure.GetInstance(der);
        if (!id.IsTagged)
        {
            var named = Cms.IssuerAndSerialNumber.GetInstance(id.ID);
            return named.Issuer.Equivalent(certificate.Issuer, true) && named.SerialNumber.Value.Equals(certificate.SerialNumber.Value);
        }

        var wanted = Asn1OctetString.GetInstance(id.ID).GetOctets();
        return SubjectKeyIdentifier.FromExtensions(certificate.Extensions) is { } own && own.GetKeyIdentifier().AsSpan().SequenceEqual(wanted);
    }

    /// <summary>RFC 5035: when the attribute is there, its first hash is the signer's certificate's. Without it the certificate could be exchanged for another of the same key.</summary>
    private static bool NamesItsCertificate(Cms.AttributeTable attributes, byte[] certificate)
    {
        if (attributes[PkcsObjectIdentifiers.IdAASigningCertificateV2] is not { } attribute)
        {
            return true;
        }

        var first = Asn1Sequence.GetInstance(Asn1Sequence.GetInstance(Asn1Sequence.GetInstance(attribute.AttrValues[0])[0])[0]);
        // ESSCertIDv2: the algorithm is absent when it is SHA-256.
        return first[0].ToAsn1Object() is not Asn1Sequence algorithm
            ? Asn1OctetString.GetInstance(first[0]).GetOctets().AsSpan().SequenceEqual(SHA256.HashData(certificate))
            : AlgorithmIdentifier.GetInstance(algorithm).Algorithm.Equals(CmsSeal.Sm3Algorithm.Algorithm)
            && Asn1OctetString.GetInstance(first[1]).GetOctets().AsSpan().SequenceEqual(Sm3.Hash(certificate));
    }

    private static DateTimeOffset? Time(Cms.AttributeTable attributes) =>
        attributes[Cms.CmsAttributes.SigningTime] is { } attribute
            ? new DateTimeOffset(DateTime.SpecifyKind(Cms.Time.GetInstance(attribute.AttrValues[0]).ToDateTime(), DateTimeKind.Utc))
            : null;

    private static string? Name(Cms.AttributeTable attributes) =>
        attributes[PkcsObjectIdentifiers.IdAAContentHint] is { } attribute && Asn1Sequence.GetInstance(attribute.AttrValues[0])[0].ToAsn1Object() is DerUtf8String name ? name.GetString() : null;
}
