using System.Security.Cryptography;
using Bzt.Documents.Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;

namespace Bzt.Documents.Seals;

/// <summary>
/// The CMS of a seal made with an RSA or ECDSA lock: the same SignedData as <see cref="CmsSeal"/>, with SHA-256 (RFC 5652, RFC 5035, RFC 5754), as every PDF reader verifies it.
/// </summary>
public static class LockCmsSeal
{
    internal static readonly AlgorithmIdentifier Sha256Algorithm = new(NistObjectIdentifiers.IdSha256);

    /// <summary>The attributes to be signed, as the DER SET OF the signature is computed over.</summary>
    /// <param name="digest">SHA-256 of the document.</param>
    /// <param name="signingCertificate">The signer's certificate, DER.</param>
    /// <param name="documentName">The name the signer was shown.</param>
    /// <param name="signingTime">The signer's clock.</param>
    public static byte[] SignedAttributes(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signingCertificate, string documentName, DateTimeOffset signingTime)
    {
        ArgumentException.ThrowIfNullOrEmpty(documentName);
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, SHA256.HashSizeInBytes);
        // ESSCertIDv2: SHA-256 is its default algorithm and so absent.
        var named = new DerSequence(new DerSequence(new DerSequence(new DerOctetString(SHA256.HashData(signingCertificate)))));
        return new DerSet(
            Attribute(CmsAttributes.ContentType, PkcsObjectIdentifiers.Data),
            Attribute(CmsAttributes.MessageDigest, new DerOctetString(digest.ToArray())),
            Attribute(CmsAttributes.SigningTime, new Org.BouncyCastle.Asn1.Cms.Time(signingTime.UtcDateTime)),
            Attribute(PkcsObjectIdentifiers.IdAASigningCertificateV2, named),
            Attribute(PkcsObjectIdentifiers.IdAAContentHint, new DerSequence(new DerUtf8String(documentName), PkcsObjectIdentifiers.Data))).GetDerEncoded();
    }

    /// <summary>Puts attributes, signature and certificates together.</summary>
    /// <param name="signedAttributes">What <see cref="SignedAttributes"/> gave, unchanged.</param>
    /// <param name="signature">RSA: the PKCS #1 value; ECDSA: r‖s.</param>
    /// <param name="signer">The signer's certificate.</param>
    /// <param name="chain">The certificates above it, DER, without order.</param>
    /// <param name="timeStamp">A token over <see cref="ValueOf"/> the signature; null without.</param>
    /// <exception cref="CryptographicException">The signature does not verify: such a seal must not reach a document.</exception>
    public static byte[] Assemble(ReadOnlySpan<byte> signedAttributes, ReadOnlySpan<byte> signature, LockCertificate signer, IEnumerable<byte[]> chain, byte[]? timeStamp = null)
    {
        if (signer.Algorithm == LockAlgorithm.Sm2)
        {
            throw new ArgumentException("an SM2 seal is made with SM3", nameof(signer));
        }

        if (!signer.Verify(signedAttributes, signature))
        {
            throw new CryptographicException("the signature does not verify under the signing certificate");
        }

        var structure = X509CertificateStructure.GetInstance(signer.Der);
        var algorithm = signer.Algorithm == LockAlgorithm.Rsa
            ? new AlgorithmIdentifier(PkcsObjectIdentifiers.Sha256WithRsaEncryption, DerNull.Instance)
            : new AlgorithmIdentifier(X9ObjectIdentifiers.ECDsaWithSha256);
        var info = new Asn1EncodableVector(
            DerInteger.One,
            new Org.BouncyCastle.Asn1.Cms.IssuerAndSerialNumber(structure.Issuer, structure.SerialNumber),
            Sha256Algorithm,
            new DerTaggedObject(false, 0, Asn1Set.GetInstance(signedAttributes.ToArray())),
            algorithm,
            new DerOctetString(ValueOf(signer, signature)));
        CmsSeal.AddTimeStamp(info, timeStamp);
        var signed = new DerSequence(
            DerInteger.One,
            new DerSet(Sha256Algorithm),
            new DerSequence(PkcsObjectIdentifiers.Data),
            new DerTaggedObject(false, 0, CmsSeal.Certificates(signer.Der, chain)),
            new DerSet(new DerSequence(info)));
        return new Org.BouncyCastle.Asn1.Cms.ContentInfo(PkcsObjectIdentifiers.SignedData, signed).GetDerEncoded();
    }

    /// <summary>A lock's signature as it stands in the CMS.</summary>
    public static byte[] ValueOf(LockCertificate signer, ReadOnlySpan<byte> signature) => signer.Algorithm == LockAlgorithm.Rsa ? signature.ToArray() : EcdsaDer(signature);

    /// <summary>Whether a signature as CMS carries it is the certificate's, under SHA-256.</summary>
    internal static bool Verify(byte[] certificate, ReadOnlySpan<byte> message, byte[] signature)
    {
        if (!LockCertificate.TryParse(certificate, out var signer) || signer.Algorithm == LockAlgorithm.Sm2)
        {
            return false;
        }

        return signer.Verify(message, signer.Algorithm == LockAlgorithm.Rsa ? signature : EcdsaRaw(signature, signature.Length > 80 ? 48 : 32));
    }

    private static byte[] EcdsaDer(ReadOnlySpan<byte> raw) => new DerSequence(
        new DerInteger(new Org.BouncyCastle.Math.BigInteger(1, raw[..(raw.Length / 2)])),
        new DerInteger(new Org.BouncyCastle.Math.BigInteger(1, raw[(raw.Length / 2)..]))).GetDerEncoded();

    /// <summary>Empty, which verifies as nothing, when it does not decode.</summary>
    private static byte[] EcdsaRaw(byte[] der, int octets)
    {
        try
        {
            var values = Asn1Sequence.GetInstance(der);
            return [.. Raw(values[0]), .. Raw(values[1])];
        }
        catch (Exception exception) when (CmsSeal.IsMalformed(exception))
        {
            return [];
        }

        byte[] Raw(Asn1Encodable value)
        {
            var bytes = DerInteger.GetInstance(value).Value.ToByteArrayUnsigned();
            var raw = new byte[octets];
            bytes.CopyTo(raw, octets - bytes.Length);
            return raw;
        }
    }

    private static DerSequence Attribute(DerObjectIdentifier type, Asn1Encodable value) => new(type, new DerSet(value));
}
