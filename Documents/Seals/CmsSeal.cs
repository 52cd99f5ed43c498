using System.Security.Cryptography;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;

namespace Bzt.Documents.Seals;

/// <summary>
/// The detached CMS SignedData of a seal (RFC 5652, RFC 5035) with the object identifiers stock tools know:
/// digest 1.2.156.10197.1.401 (SM3), signature 1.2.156.10197.1.501 (SM2 with SM3, default signer id).
/// </summary>
public static class CmsSeal
{
    /// <summary>SM3, without parameters wherever it names a digest.</summary>
    internal static readonly AlgorithmIdentifier Sm3Algorithm = new(new DerObjectIdentifier("1.2.156.10197.1.401"));

    private static readonly AlgorithmIdentifier Sm2WithSm3 = new(new DerObjectIdentifier("1.2.156.10197.1.501"));

    /// <summary>
    /// The attributes to be signed, as the DER SET OF that the signature is computed over (RFC 5652, 5.4): the phone decodes the very same
    /// bytes as the form cms-pdf and shows what they say.
    /// </summary>
    /// <param name="sm3Digest">SM3 of the document: 32 bytes.</param>
    /// <param name="signingCertificate">The signer's certificate, DER.</param>
    /// <param name="documentName">The name the signer is shown.</param>
    /// <param name="signingTime">The signer's clock.</param>
    public static byte[] SignedAttributes(ReadOnlySpan<byte> sm3Digest, ReadOnlySpan<byte> signingCertificate, string documentName, DateTimeOffset signingTime)
    {
        ArgumentException.ThrowIfNullOrEmpty(documentName);
        return new CmsPdfForm(documentName, sm3Digest.ToArray(), Sm3.Hash(signingCertificate), signingTime).Content;
    }

    /// <summary>Puts attributes, signature and certificates together.</summary>
    /// <param name="signedAttributes">What <see cref="SignedAttributes"/> gave, unchanged.</param>
    /// <param name="signature">r‖s, 64 bytes.</param>
    /// <param name="signingCertificate">The signer's certificate, DER.</param>
    /// <param name="chain">The certificates above it, DER, without order.</param>
    /// <param name="timeStamp">A token over the signature's DER (RFC 3161, appendix A); null without.</param>
    /// <exception cref="CryptographicException">The signature does not verify: such a seal must not reach a document.</exception>
    public static byte[] Assemble(
        ReadOnlySpan<byte> signedAttributes, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signingCertificate, IEnumerable<byte[]> chain, byte[]? timeStamp = null)
    {
        var (certificate, parsed) = Proven(signedAttributes, signature, signingCertificate);
        var structure = X509CertificateStructure.GetInstance(certificate);
        var signer = new Asn1EncodableVector(
            DerInteger.One,
            new Org.BouncyCastle.Asn1.Cms.IssuerAndSerialNumber(structure.Issuer, structure.SerialNumber),
            Sm3Algorithm,
            new DerTaggedObject(false, 0, Asn1Set.GetInstance(signedAttributes.ToArray())),
            Sm2WithSm3,
            new DerOctetString(parsed.ToDer()));
        AddTimeStamp(signer, timeStamp);
        var signed = new DerSequence(
            DerInteger.One,
            new DerSet(Sm3Algorithm),
            new DerSequence(PkcsObjectIdentifiers.Data),
            new DerTaggedObject(false, 0, Certificates(certificate, chain)),
            new DerSet(new DerSequence(signer)));
        return new Org.BouncyCastle.Asn1.Cms.ContentInfo(PkcsObjectIdentifiers.SignedData, signed).GetDerEncoded();
    }

    /// <summary>The certificate's DER and the signature, which is its own of this message.</summary>
    internal static (byte[] Certificate, Sm2Signature Signature) Proven(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signingCertificate) =>
        Sm2Certificate.TryParse(signingCertificate, out var certificate)
        && Sm2Signature.TryParseRaw(signature, out var parsed)
        && parsed!.Verify(certificate.PublicKey, Sm2Signature.Digest(certificate.PublicKey, message))
            ? (certificate.Der, parsed)
            : throw new CryptographicException("the signature does not verify under the signing certificate");

    /// <summary>The signer's certificate first, whatever the chain holds.</summary>
    internal static DerSet Certificates(byte[] signer, IEnumerable<byte[]> chain) =>
        new(chain.Where(c => !c.AsSpan().SequenceEqual(signer)).Prepend(signer).Select(X509CertificateStructure.GetInstance).ToArray<Asn1Encodable>());

    /// <summary>As the unsigned attribute id-aa-timeStampToken.</summary>
    internal static void AddTimeStamp(Asn1EncodableVector signer, byte[]? token)
    {
        if (token is not null)
        {
            var attribute = new Org.BouncyCastle.Asn1.Cms.Attribute(PkcsObjectIdentifiers.IdAASignatureTimeStampToken, new DerSet(Asn1Object.FromByteArray(token)));
            signer.Add(new DerTaggedObject(false, 1, new DerSet(attribute)));
        }
    }

    /// <summary>Whether this is the certificate's SM2 signature of the message, with the default signer id; anything malformed is false.</summary>
    internal static bool Verify(byte[] certificate, ReadOnlySpan<byte> message, Sm2Signature? signature) =>
        signature is not null && Sm2Certificate.TryParse(certificate, out var signer) && signature.Verify(signer.PublicKey, Sm2Signature.Digest(signer.PublicKey, message));

    /// <summary>The standards say DER; some write r‖s.</summary>
    internal static Sm2Signature? Parse(byte[] value) => Sm2Signature.TryParseDer(value, out var signature) || Sm2Signature.TryParseRaw(value, out signature) ? signature : null;

    /// <summary>A certificate that issues others makes no seals.</summary>
    internal static bool IsAuthority(byte[] certificate) => Sm2Certificate.TryParse(certificate, out var parsed) && parsed.IsAuthority;

    /// <summary>Organisation or name of a certificate's subject; empty when it does not decode.</summary>
    internal static string Subject(byte[] certificate) =>
        Sm2Certificate.TryParse(certificate, out var parsed) ? parsed.Organization ?? parsed.CommonName ?? string.Join(' ', parsed.SubjectTexts)
        : Bzt.Documents.Certificates.LockCertificate.TryParse(certificate, out var other) ? other.Name : "";

    /// <summary>
    /// BouncyCastle throws a dozen kinds of exceptions at bytes that are no such structure and documents none of them;
    /// the calls guarded by this compute on bytes alone, so whatever they throw says that the bytes are wrong.
    /// </summary>
    internal static bool IsMalformed(Exception e) => e is not OutOfMemoryException;
}
