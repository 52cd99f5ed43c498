using Bzt.Documents.Seals;
using Bzt.Documents.TimeStamps;

namespace Bzt.Documents.Pdf;

/// <summary>What a seal is worth.</summary>
public enum SealState
{
    /// <summary>The sealed bytes are those that were signed, by that certificate's key.</summary>
    Intact,
    /// <summary>The sealed bytes are others than those signed.</summary>
    Altered,
    /// <summary>The signature does not verify under the certificate in it.</summary>
    BadSignature,
    /// <summary>The seal's own structure is broken, or it does not cover what it claims.</summary>
    Malformed,
    /// <summary>Another algorithm or form than those known here; nothing is said about it.</summary>
    Unsupported,
}

/// <summary>What the document did after a seal was put on it.</summary>
public enum SealCoverage
{
    /// <summary>The seal covers the whole file.</summary>
    WholeDocument,
    /// <summary>Only further seals were added.</summary>
    LaterSeals,
    /// <summary>Something else changed.</summary>
    ChangedSince,
    /// <summary>Cannot be said: the seal is not intact.</summary>
    Unknown,
}

/// <summary>One seal of a document.</summary>
/// <param name="FieldName">The signature field.</param>
/// <param name="State">What it is worth by itself.</param>
/// <param name="Coverage">Whether the document is still the one sealed.</param>
/// <param name="Signer">Organisation or name in the certificate.</param>
/// <param name="SignedAt">The time the signer claims.</param>
/// <param name="DocumentName">The name the signer was shown, if signed with it.</param>
/// <param name="Reason">As the signature dictionary says; not signed for by name.</param>
/// <param name="Digest">SM3, or SHA-256 when the seal is made with it, of the sealed bytes as they are now.</param>
/// <param name="Path">The way to a trusted root at that time. Revocation is not asked here.</param>
/// <param name="LaterSeals">Fields sealed afterwards.</param>
/// <param name="Changes">What else changed since, in words.</param>
/// <param name="Detail">Why the state is what it is.</param>
public sealed record PdfSealReport(
    string FieldName, SealState State, SealCoverage Coverage, string Signer, DateTimeOffset? SignedAt, string? DocumentName, string? Reason,
    byte[] Digest, SignerPath Path, IReadOnlyList<string> LaterSeals, IReadOnlyList<string> Changes, string Detail)
{
    /// <summary>Intact, trusted, not withdrawn, and the document is still the one sealed.</summary>
    public bool IsValid => State == SealState.Intact && Path.IsTrusted && Withdrawn is null && Seal is null or { IsTrusted: true } && Coverage is SealCoverage.WholeDocument or SealCoverage.LaterSeals;

    /// <summary>As the signature dictionary labels it.</summary>
    public string SubFilter { get; init; } = "";

    /// <summary>The stamp on the signature; null without one.</summary>
    public TimeStamp? TimeStamp { get; init; }

    /// <summary>The electronic seal of GB/T 38540 it was made with; null in the other forms.</summary>
    public UsedElectronicSeal? Seal { get; init; }

    /// <summary>What identifies this seal anywhere, however it is spelt: SM3 over its signature r‖s. Empty when it cannot be read.</summary>
    public byte[] SealId { get; init; } = [];

    /// <summary>Why its owner withdrew it, by a statement in the document; null while none is there. The service may know of one that was cut off.</summary>
    public string? Withdrawn { get; init; }

    /// <summary>The signer's certificate, DER; empty when it cannot be read.</summary>
    public byte[] Certificate { get; init; } = [];

    /// <summary>The seal as it lies in /Contents, without the zeros after it: what a verify service wants. Empty when it cannot be read.</summary>
    public byte[] Contents { get; init; } = [];
}
