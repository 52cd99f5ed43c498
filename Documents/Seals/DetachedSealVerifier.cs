using Bzt.Documents.Pdf;

namespace Bzt.Documents.Seals;

/// <summary>A seal judged without its document.</summary>
/// <param name="State">What it is worth by itself.</param>
/// <param name="Certificate">The signer's, DER; empty when it cannot be read.</param>
/// <param name="Others">The other certificates that came along.</param>
/// <param name="SignedAt">The time the signer claims in the seal itself; a PDF's dictionary may say it instead.</param>
/// <param name="DocumentName">The name the signer was shown, if signed with it.</param>
public sealed record DetachedSealReport(SealState State, byte[] Certificate, IReadOnlyList<byte[]> Others, DateTimeOffset? SignedAt, string? DocumentName);

/// <summary>
/// Verifies a seal for whoever has computed the document's digest where the document lies. What the document did after the seal was put on it
/// (<see cref="SealCoverage"/>) is seen only with the document: <see cref="PdfSealVerifier"/>.
/// </summary>
public static class DetachedSealVerifier
{
    /// <param name="contents">The CMS, with or without the zeros that fill its place.</param>
    /// <param name="digest">SM3 of the sealed bytes as they are now.</param>
    public static DetachedSealReport Verify(byte[] contents, ReadOnlySpan<byte> digest)
    {
        ArgumentNullException.ThrowIfNull(contents);
        return CmsSealReader.TryRead(contents, out _) is not { } seal
            ? new DetachedSealReport(SealState.Unsupported, [], [], null, null)
            : new DetachedSealReport(
                !seal.SignatureGood ? SealState.BadSignature : seal.MessageDigest.AsSpan().SequenceEqual(digest) ? SealState.Intact : SealState.Altered,
                seal.Certificate, seal.Others, seal.SigningTime, seal.DocumentName);
    }
}
