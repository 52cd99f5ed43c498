using System.Formats.Asn1;

namespace Bzt.Documents.BidFiles;

/// <summary>A section as it came out.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ContentLength">Bytes before encryption.</param>
/// <param name="CiphertextLength">Bytes in the file.</param>
/// <param name="CiphertextDigest">SM3 of those.</param>
public sealed record BidManifestSection(string Name, long ContentLength, long CiphertextLength, byte[] CiphertextDigest);

/// <summary>
/// What the bidder signs for: <c>BidManifest ::= SEQUENCE { version, headerDigest OCTET STRING, sections SEQUENCE OF SEQUENCE { name UTF8String,
/// contentLength, ciphertextLength INTEGER, ciphertextDigest OCTET STRING } }</c>.
/// </summary>
/// <param name="HeaderDigest">SM3 of the header's DER.</param>
/// <param name="Sections">In the order of the file.</param>
public sealed record BidManifest(byte[] HeaderDigest, IReadOnlyList<BidManifestSection> Sections)
{
    /// <summary>The DER bytes; their SM3 stands for the whole file.</summary>
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(BidFileFormat.Version);
            writer.WriteOctetString(HeaderDigest);
            using (writer.PushSequence())
            {
                foreach (var section in Sections)
                {
                    using var one = writer.PushSequence();
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, section.Name);
                    writer.WriteInteger(section.ContentLength);
                    writer.WriteInteger(section.CiphertextLength);
                    writer.WriteOctetString(section.CiphertextDigest);
                }
            }
        }
        return writer.Encode();
    }

    internal static BidManifest Decode(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var reader = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        if (!reader.TryReadInt32(out var version) || version != BidFileFormat.Version) throw new BidFileException(BidFileFault.UnknownVersion, "manifest version");
        var header = reader.ReadOctetString();
        var list = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var sections = new List<BidManifestSection>();
        while (list.HasData)
        {
            if (sections.Count == BidFileFormat.MaximumSections) throw new BidFileException(BidFileFault.TooLarge, "sections");
            var one = list.ReadSequence();
            var name = one.ReadCharacterString(UniversalTagNumber.UTF8String);
            if (!one.TryReadInt64(out var content) || !one.TryReadInt64(out var ciphertext) || content < 0 || ciphertext < 0) throw new BidFileException(BidFileFault.TooLarge, "a section's length");
            var digest = one.ReadOctetString();
            one.ThrowIfNotEmpty();
            if (digest.Length != BidFileFormat.DigestLength) throw new BidFileException(BidFileFault.Malformed, "digest length");
            sections.Add(new BidManifestSection(name, content, ciphertext, digest));
        }
        return new BidManifest(header, sections);
    }
}

/// <summary>The bidder's signature under the manifest.</summary>
/// <param name="ToBeSigned">The exact bytes signed, in the signing form bid-manifest; they carry the manifest's SM3.</param>
/// <param name="Signature">r‖s, 64 bytes.</param>
/// <param name="Certificates">The signing certificate first, then those above it; DER.</param>
public sealed record BidManifestSignature(byte[] ToBeSigned, byte[] Signature, IReadOnlyList<byte[]> Certificates);

/// <summary><c>SignedBidManifest ::= SEQUENCE { manifest, toBeSigned, signature OCTET STRING, certificates SEQUENCE OF OCTET STRING }</c>.</summary>
internal sealed record SignedBidManifest(byte[] ManifestDer, BidManifest Manifest, BidManifestSignature Signature)
{
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteOctetString(ManifestDer);
            writer.WriteOctetString(Signature.ToBeSigned);
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
            var (manifest, toBeSigned, signature) = (reader.ReadOctetString(), reader.ReadOctetString(), reader.ReadOctetString());
            var list = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var certificates = new List<byte[]>();
            while (list.HasData)
            {
                if (certificates.Count == BidFileFormat.MaximumCertificates) throw new BidFileException(BidFileFault.TooLarge, "certificates");
                certificates.Add(list.ReadOctetString());
            }
            return new SignedBidManifest(manifest, BidManifest.Decode(manifest), new BidManifestSignature(toBeSigned, signature, certificates));
        }
        catch (AsnContentException e)
        {
            throw new BidFileException(BidFileFault.Malformed, "the manifest does not decode", e);
        }
    }
}
