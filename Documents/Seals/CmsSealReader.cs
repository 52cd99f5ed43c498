using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Cms = Org.BouncyCastle.Asn1.Cms;

namespace Bzt.Documents.Seals;

/// <summary>A CMS seal, read: what it says, before anything is believed.</summary>
/// <param name="MessageDigest">The document's digest it signs.</param>
/// <param name="Certificate">The signer's certificate, DER.</param>
/// <param name="Others">The other certificates that came along.</param>
/// <param name="SigningTime">The signer's clock, if it says.</param>
/// <param name="DocumentName">The name the signer was shown, if it says.</param>
/// <param name="SignatureGood">The signature verifies under that certificate, and the attributes name it.</param>
internal sealed record CmsSealContent(byte[] MessageDigest, byte[] Certificate, IReadOnlyList<byte[]> Others, DateTimeOffset? SigningTime, string? DocumentName, bool SignatureGood);

/// <summary>Reads the SignedData of a seal leniently: other makers' encodings are met in the field.</summary>
internal static class CmsSealReader
{
    private const string GmSignedData = "1.2.156.10197.6.1.4.2.2";

    /// <summary>Null when it is no CMS with SM2 and SM3; <paramref name="why"/> says what was met instead.</summary>
    public static CmsSealContent? TryRead(byte[] contents, out string why)
    {
        try
        {
            return Read(contents, out why);
        }
        catch (Exception e) when (CmsSeal.IsMalformed(e))
        {
            why = "the CMS does not decode";
            return null;
        }
    }

    private static CmsSealContent? Read(byte[] contents, out string why)
    {
        using var input = new MemoryStream(contents);
        using var asn1 = new Asn1InputStream(input);
        var outer = Cms.ContentInfo.GetInstance(asn1.ReadObject());
        // Zeros follow where the reserved room was larger; anything else there would be smuggled under the seal.
        if (contents.AsSpan((int)input.Position).ContainsAnyExcept((byte)0))
        {
            why = "something follows the CMS";
            return null;
        }
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
        var signer = Cms.SignerInfo.GetInstance(signed.SignerInfos[0]);
        if (!signer.DigestAlgorithm.Algorithm.Equals(CmsSeal.Sm3Algorithm.Algorithm))
        {
            why = $"digest algorithm {signer.DigestAlgorithm.Algorithm}";
            return null;
        }
        if (signer.SignedAttrs is not { } set)
        {
            why = "no signed attributes";
            return null;
        }
        var certificates = signed.Certificates?.Select(c => c.ToAsn1Object().GetDerEncoded()).ToArray() ?? [];
        var certificate = Array.Find(certificates, c => IsSigner(signer.SignerID, c));
        if (certificate is null)
        {
            why = "the signer's certificate is not in it";
            return null;
        }
        var attributes = new Cms.AttributeTable(set);
        if (attributes.GetAll(Cms.CmsAttributes.MessageDigest) is not { Count: 1 } digests)
        {
            why = "no message digest";
            return null;
        }
        var digest = Asn1OctetString.GetInstance(((Cms.Attribute)digests[0]).AttrValues[0]).GetOctets();
        var good = NamesItsCertificate(attributes, certificate)
            && CmsSeal.Verify(certificate, set.GetEncoded(Asn1Encodable.Der), Sm2Signature.TryParseDer(signer.Signature.GetOctets(), out var signature) ? signature : null);
        why = "";
        return new CmsSealContent(digest, certificate, [.. certificates.Where(c => c != certificate)], Time(attributes), Name(attributes), good);
    }

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
        if (attributes[PkcsObjectIdentifiers.IdAASigningCertificateV2] is not { } attribute) return true;
        var first = Asn1Sequence.GetInstance(Asn1Sequence.GetInstance(Asn1Sequence.GetInstance(attribute.AttrValues[0])[0])[0]);
        // ESSCertIDv2: the algorithm is absent when it is SHA-256, which nobody uses beside SM2.
        return first[0].ToAsn1Object() is Asn1Sequence algorithm
            && AlgorithmIdentifier.GetInstance(algorithm).Algorithm.Equals(CmsSeal.Sm3Algorithm.Algorithm)
            && Asn1OctetString.GetInstance(first[1]).GetOctets().AsSpan().SequenceEqual(Sm3.Hash(certificate));
    }

    private static DateTimeOffset? Time(Cms.AttributeTable attributes) =>
        attributes[Cms.CmsAttributes.SigningTime] is { } attribute
            ? new DateTimeOffset(DateTime.SpecifyKind(Cms.Time.GetInstance(attribute.AttrValues[0]).ToDateTime(), DateTimeKind.Utc))
            : null;

    private static string? Name(Cms.AttributeTable attributes) =>
        attributes[PkcsObjectIdentifiers.IdAAContentHint] is { } attribute && Asn1Sequence.GetInstance(attribute.AttrValues[0])[0].ToAsn1Object() is DerUtf8String name ? name.GetString() : null;
}
