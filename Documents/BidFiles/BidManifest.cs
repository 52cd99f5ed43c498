using System.Formats.Asn1;
using Bzt.Documents.Certificates;
using Bzt.Documents.Seals;
using Bzt.Protocol.Forms;

namespace Bzt.Documents.BidFiles;

/// <summary>The bidder's signature under the manifest.</summary>
/// <param name="Signature">Over <see cref="SigningForm.Content"/> of the manifest: SM2 r‖s, 64 bytes; of an RSA or ECDSA lock its PKCS #1 value or r‖s, with SHA-256.</param>
/// <param name="Certificates">The signing certificate first, then those above it; DER.</param>
public sealed record BidManifestSignature(byte[] Signature, IReadOnlyList<byte[]> Certificates);

/// <summary>Whose the bid is, and whether that is so.</summary>
/// <param name="IsGood">The signature is the certificate's, under this manifest.</param>
/// <param name="Signer">Organisation or name in the signing certificate.</param>
/// <param name="Path">The way to a trusted root, at the time the header names.</param>
public sealed record BidSignatureReport(bool IsGood, string Signer, SignerPath Path)
{
    /// <summary>Good, and trusted.</summary>
    public bool IsValid => IsGood && Path.IsTrusted;
}

/// <summary>
/// The end of a bid file: <c>SignedBidManifest ::= SEQUENCE { manifest, signature OCTET STRING, certificates SEQUENCE OF OCTET STRING }</c>.
/// The manifest is the signing form bid-manifest: the phone shows what it says and signs these very bytes.
/// </summary>
internal sealed record SignedBidManifest(BidManifestForm Manifest, BidManifestSignature Signature)
{
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteOctetString(Manifest.Content);
            writer.WriteOctetString(Signature.Signature);
            using (writer.PushSequence())
            {
                foreach (var certificate in Signature.Certificates) writer.WriteOctetString(certificate);
            }
        }
        return writer.Encode();
    }

    public static SignedBidManifest Decode(ReadOnlyMemory<byte> der)
    {
        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var reader = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var (manifest, signature) = (reader.ReadOctetString(), reader.ReadOctetString());
            var list = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var certificates = new List<byte[]>();
            while (list.HasData)
            {
                if (certificates.Count == BidFileFormat.MaximumCertificates) throw new BidFileException(BidFileFault.TooLarge, "certificates");
                certificates.Add(list.ReadOctetString());
            }
            return SigningForm.TryDecode(new SigningDocument(SigningFormKind.BidManifest, manifest), out var form)
                ? new SignedBidManifest((BidManifestForm)form, new BidManifestSignature(signature, certificates))
                : throw new BidFileException(BidFileFault.Malformed, "the manifest is not of its form");
        }
        catch (AsnContentException e)
        {
            throw new BidFileException(BidFileFault.Malformed, "the manifest does not decode", e);
        }
    }

    public bool IsGood() =>
        Signature.Certificates.Count > 0 && LockCertificate.TryParse(Signature.Certificates[0], out var signer) && signer.Verify(Manifest.Content, Signature.Signature);

    public BidSignatureReport Report(DateTimeOffset at, IReadOnlyList<byte[]> roots) =>
        Signature.Certificates is { Count: > 0 } all
            ? new BidSignatureReport(IsGood(), CmsSeal.Subject(all[0]), SignerPath.Build(all[0], all.Skip(1), roots, at))
            : new BidSignatureReport(false, "", SignerPath.None);
}
