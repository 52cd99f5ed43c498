using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Ess;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;

namespace Bzt.Documents.Seals;

/// <summary>
/// The detached CMS SignedData of a seal (RFC 5652, RFC 5035) with the object identifiers stock tools know:
/// digest 1.2.156.10197.1.401 (SM3), signature 1.2.156.10197.1.501 (SM2 with SM3, default signer id).
/// </summary>
public static class CmsSeal
{
    /// <summary>SM3, without parameters wherever it names a digest.</summary>
    internal static readonly AlgorithmIdentifier Sm3 = new(new DerObjectIdentifier("1.2.156.10197.1.401"));

    /// <summary>SM2 with SM3.</summary>
    internal static readonly AlgorithmIdentifier Sm2WithSm3 = new(new DerObjectIdentifier("1.2.156.10197.1.501"));

    /// <summary>
    /// The attributes to be signed, as the DER SET OF that the signature is computed over (RFC 5652, 5.4): content type, message digest,
    /// the signing certificate's SM3, the document's name, the signing time.
    /// </summary>
    /// <param name="sm3Digest">SM3 of the document: 32 bytes.</param>
    /// <param name="signingCertificate">The signer's certificate, DER.</param>
    /// <param name="documentName">The name the signer is shown.</param>
    /// <param name="signingTime">The signer's clock.</param>
    public static byte[] SignedAttributes(ReadOnlySpan<byte> sm3Digest, ReadOnlySpan<byte> signingCertificate, string documentName, DateTimeOffset signingTime)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sm3Digest.Length, 32);
        ArgumentException.ThrowIfNullOrEmpty(documentName);
        var certificate = X509CertificateStructure.GetInstance(signingCertificate.ToArray());
        // RFC 5035, 3: the hash names SM3 explicitly, since the default is SHA-256; issuer and serial name the certificate.
        var certificateId = new DerSequence(
            Sm3,
            new DerOctetString(Hash(signingCertificate)),
            new IssuerSerial(new GeneralNames(new GeneralName(certificate.Issuer)), certificate.SerialNumber));
        return new DerSet(
            Attribute(CmsAttributes.ContentType, PkcsObjectIdentifiers.Data),
            Attribute(CmsAttributes.MessageDigest, new DerOctetString(sm3Digest.ToArray())),
            Attribute(PkcsObjectIdentifiers.IdAASigningCertificateV2, new DerSequence(new DerSequence(certificateId))),
            Attribute(PkcsObjectIdentifiers.IdAAContentHint, new ContentHints(PkcsObjectIdentifiers.Data, new DerUtf8String(documentName))),
            Attribute(CmsAttributes.SigningTime, new Org.BouncyCastle.Asn1.Cms.Time(signingTime.UtcDateTime))).GetEncoded(Asn1Encodable.Der);
    }

    /// <summary>Puts attributes, signature and certificates together.</summary>
    /// <param name="signedAttributes">What <see cref="SignedAttributes"/> gave, unchanged.</param>
    /// <param name="signature">r‖s, 64 bytes.</param>
    /// <param name="signingCertificate">The signer's certificate, DER.</param>
    /// <param name="chain">The certificates above it, DER, without order.</param>
    /// <exception cref="CryptographicException">The signature does not verify: such a seal must not reach a document.</exception>
    public static byte[] Assemble(ReadOnlySpan<byte> signedAttributes, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signingCertificate, IEnumerable<byte[]> chain)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(signature.Length, 64);
        var certificate = new X509Certificate(signingCertificate.ToArray());
        var der = new DerSequence(Unsigned(signature[..32]), Unsigned(signature[32..])).GetDerEncoded();
        if (!Verify(certificate.GetPublicKey(), signedAttributes, der)) throw new CryptographicException("the signature does not verify under the signing certificate");

        var structure = certificate.CertificateStructure;
        var attributes = Asn1Set.GetInstance(signedAttributes.ToArray());
        var signer = new DerSequence(
            DerInteger.One,
            new Org.BouncyCastle.Asn1.Cms.IssuerAndSerialNumber(structure.Issuer, structure.SerialNumber),
            Sm3,
            new DerTaggedObject(false, 0, attributes),
            Sm2WithSm3,
            new DerOctetString(der));
        var certificates = new List<Asn1Encodable> { structure };
        certificates.AddRange(chain.Where(c => !c.AsSpan().SequenceEqual(structure.GetDerEncoded())).Select(X509CertificateStructure.GetInstance));
        var signed = new DerSequence(
            DerInteger.One,
            new DerSet(Sm3),
            new DerSequence(PkcsObjectIdentifiers.Data),
            new DerTaggedObject(false, 0, new DerSet(certificates.ToArray())),
            new DerSet(signer));
        return new Org.BouncyCastle.Asn1.Cms.ContentInfo(PkcsObjectIdentifiers.SignedData, signed).GetDerEncoded();
    }

    internal static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var (digest, hash) = (new SM3Digest(), new byte[32]);
        digest.BlockUpdate(data);
        digest.DoFinal(hash, 0);
        return hash;
    }

    /// <summary>SM2 verification with the default signer id; anything malformed is false.</summary>
    internal static bool Verify(AsymmetricKeyParameter key, ReadOnlySpan<byte> message, byte[] signatureDer)
    {
        if (key is not ECPublicKeyParameters { } sm2) return false;
        var signer = new SM2Signer();
        signer.Init(false, sm2);
        signer.BlockUpdate(message);
        return signer.VerifySignature(signatureDer);
    }

    /// <summary>The same for r‖s under a certificate (DER).</summary>
    internal static bool Verify(byte[] certificate, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == 64 && VerifyDer(certificate, message, new DerSequence(Unsigned(signature[..32]), Unsigned(signature[32..])).GetDerEncoded());

    /// <summary>The same for a signature in DER.</summary>
    internal static bool VerifyDer(byte[] certificate, ReadOnlySpan<byte> message, byte[] signatureDer)
    {
        try
        {
            return Verify(new X509Certificate(certificate).GetPublicKey(), message, signatureDer);
        }
        catch (Exception e) when (IsMalformed(e))
        {
            return false;
        }
    }

    /// <summary>The subject in words; empty when the certificate does not decode.</summary>
    internal static string Subject(byte[] certificate)
    {
        try
        {
            return new X509Certificate(certificate).SubjectDN.ToString();
        }
        catch (Exception e) when (IsMalformed(e))
        {
            return "";
        }
    }

    /// <summary>
    /// BouncyCastle throws a dozen kinds of exceptions at bytes that are no certificate, key or structure and documents none of them;
    /// the calls guarded by this compute on bytes alone, so whatever they throw says that the bytes are wrong.
    /// </summary>
    internal static bool IsMalformed(Exception e) => e is not OutOfMemoryException;

    private static DerSequence Attribute(DerObjectIdentifier type, Asn1Encodable value) => new(type, new DerSet(value));

    private static DerInteger Unsigned(ReadOnlySpan<byte> bytes) => new(new BigInteger(1, bytes.ToArray()));
}
