using Bzt.Documents.Seals;

namespace Bzt.Documents.BidFiles;

/// <summary>Whose the bid is, and whether that is so.</summary>
/// <param name="Fault">Null when the signature is good for this manifest; else what is wrong with it.</param>
/// <param name="Signer">Subject of the signing certificate.</param>
/// <param name="Path">The way to a trusted root, at the time the header names.</param>
public sealed record BidSignatureReport(string? Fault, string Signer, CertificatePath Path)
{
    /// <summary>Good, and trusted.</summary>
    public bool IsValid => Fault is null && Path.Fault == PathFault.None;
}

/// <summary>Whether the manifest's signature is the certificate's, and of this manifest.</summary>
internal static class BidManifestVerification
{
    /// <summary>Null when good, else what is wrong.</summary>
    public static string? Fault(SignedBidManifest signed)
    {
        var (toBeSigned, signature, certificates) = signed.Signature;
        if (certificates.Count == 0 || signature.Length != 64) return "no certificate, or a signature of another length";
        // Nothing but the manifest's digest ties the signed bytes to this file.
        if (!Binds(toBeSigned, BidFileWriter.Sm3(signed.ManifestDer))) return "the signed bytes name another manifest";
        return CmsSeal.Verify(certificates[0], toBeSigned, signature) ? null : "the signature does not verify under its certificate";
    }

    public static BidSignatureReport Report(SignedBidManifest signed, DateTimeOffset at, IReadOnlyCollection<byte[]> roots)
    {
        var certificates = signed.Signature.Certificates;
        if (certificates.Count == 0) return new BidSignatureReport("no certificate", "", new CertificatePath([], PathFault.Malformed));
        return new BidSignatureReport(Fault(signed), CmsSeal.Subject(certificates[0]), CertificatePath.Build(certificates[0], certificates.Skip(1), roots, at));
    }

    /// <summary>The signing form holds the digest as it is.</summary>
    private static bool Binds(byte[] toBeSigned, byte[] manifestDigest) => toBeSigned.AsSpan().IndexOf(manifestDigest) >= 0;
}
