using System.Security.Cryptography;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Bzt.Documents.Seals;

/// <summary>
/// The SignedData of GB/T 35275 as it stands in PDFs of the field (/GM.sm2cms.detached): its content is the document's SM3, there are no signed attributes,
/// and that content is what is signed. The phone signs it as the form gm-pdf.
/// </summary>
public static class GmCmsSeal
{
    private const string SignedDataType = "1.2.156.10197.6.1.4.2.2";

    /// <summary>GB/T 35275's signature algorithm: SM2 signing, which beside SM3 says the rest.</summary>
    private static readonly AlgorithmIdentifier Sm2 = new(new DerObjectIdentifier("1.2.156.10197.1.301.1"));

    /// <summary>What the phone is asked to sign.</summary>
    public static GmPdfForm Form(ReadOnlySpan<byte> sm3Digest, string documentName) => new(documentName, sm3Digest.ToArray());

    /// <summary>Puts digest, signature and certificates together.</summary>
    /// <param name="sm3Digest">SM3 of the document.</param>
    /// <param name="signature">r‖s, 64 bytes, over the digest.</param>
    /// <param name="signingCertificate">The signer's certificate, DER.</param>
    /// <param name="chain">The certificates above it, DER, without order.</param>
    /// <param name="timeStamp">A token over the signature's DER; null without.</param>
    /// <exception cref="CryptographicException">The signature does not verify: such a seal must not reach a document.</exception>
    public static byte[] Assemble(ReadOnlySpan<byte> sm3Digest, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signingCertificate, IEnumerable<byte[]> chain, byte[]? timeStamp = null)
    {
        var (certificate, parsed) = CmsSeal.Proven(sm3Digest, signature, signingCertificate);
        var structure = X509CertificateStructure.GetInstance(certificate);
        var signer = new Asn1EncodableVector(
            DerInteger.One,
            new Org.BouncyCastle.Asn1.Cms.IssuerAndSerialNumber(structure.Issuer, structure.SerialNumber),
            CmsSeal.Sm3Algorithm,
            Sm2,
            new DerOctetString(parsed.ToDer()));
        CmsSeal.AddTimeStamp(signer, timeStamp);
        var signed = new DerSequence(
            DerInteger.One,
            new DerSet(CmsSeal.Sm3Algorithm),
            new DerSequence(new DerObjectIdentifier(CmsPdfForm.GmData), new DerTaggedObject(true, 0, new DerOctetString(sm3Digest.ToArray()))),
            new DerTaggedObject(false, 0, CmsSeal.Certificates(certificate, chain)),
            new DerSet(new DerSequence(signer)));
        return new DerSequence(new DerObjectIdentifier(SignedDataType), new DerTaggedObject(true, 0, signed)).GetDerEncoded();
    }
}
