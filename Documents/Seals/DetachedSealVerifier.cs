using Bzt.Documents.Pdf;
using Bzt.Documents.TimeStamps;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Seals;

namespace Bzt.Documents.Seals;

/// <summary>A seal judged without its document.</summary>
/// <param name="State">What it is worth by itself.</param>
/// <param name="Certificate">The signer's, DER; empty when it cannot be read.</param>
/// <param name="Others">The other certificates that came along.</param>
/// <param name="SignedAt">The time the signer claims in the seal itself; a PDF's dictionary may say it instead.</param>
/// <param name="DocumentName">The name the signer was shown, if signed with it.</param>
public sealed record DetachedSealReport(SealState State, byte[] Certificate, IReadOnlyList<byte[]> Others, DateTimeOffset? SignedAt, string? DocumentName)
{
    /// <summary>The stamp on the signature; null without one.</summary>
    public TimeStamp? TimeStamp { get; init; }

    /// <summary>The electronic seal of GB/T 38540 it was made with; null in the other forms.</summary>
    public UsedElectronicSeal? Seal { get; init; }

    /// <summary>What identifies this seal anywhere, however it is spelt: SM3 over its signature r‖s. Empty when there is none.</summary>
    public byte[] SealId { get; init; } = [];

    /// <summary>Why the state is what it is.</summary>
    public string Detail { get; init; } = "";

    /// <summary>When the signature existed: by a trusted stamp, else as the signer claims.</summary>
    public DateTimeOffset? KnownAt => TimeStamp is { IsTrusted: true } stamp ? stamp.Time : SignedAt;
}

/// <summary>An electronic seal, and whether its maker is trusted.</summary>
/// <param name="Id">The seal's own.</param>
/// <param name="Name">Its name.</param>
/// <param name="Maker">Organisation or name in the maker's certificate.</param>
/// <param name="ValidFrom">From when it may be used.</param>
/// <param name="ValidTo">Until when.</param>
/// <param name="MakerPath">The way from the maker's certificate to a trusted root when the seal was made.</param>
/// <param name="ValidThen">It was used within its time.</param>
public sealed record UsedElectronicSeal(string Id, string Name, string Maker, DateTimeOffset ValidFrom, DateTimeOffset ValidTo, SignerPath MakerPath, bool ValidThen)
{
    /// <summary>Used in its time, and of a maker that is trusted.</summary>
    public bool IsTrusted => ValidThen && MakerPath.IsTrusted;
}

/// <summary>
/// Verifies a seal for whoever has computed the document's digest where the document lies. What the document did after the seal was put on it
/// (<see cref="SealCoverage"/>) is seen only with the document: <see cref="PdfSealVerifier"/>.
/// </summary>
public static class DetachedSealVerifier
{
    /// <param name="contents">The CMS or SES_Signature, with or without the zeros that fill its place.</param>
    /// <param name="digest">SM3 of the sealed bytes as they are now.</param>
    /// <param name="roots">Trusted roots, DER: for the time stamp and the seal's maker. The signer's own path is the caller's question.</param>
    /// <param name="known">Further certificates that may lead to one.</param>
    public static DetachedSealReport Verify(byte[] contents, ReadOnlySpan<byte> digest, IReadOnlyList<byte[]>? roots = null, IReadOnlyList<byte[]>? known = null) =>
        SealContent.TryRead(contents ?? throw new ArgumentNullException(nameof(contents)), out var why) is not { } seal ? Unsupported(why)
        : seal.Kind != SealDigest.Sm3 ? Unsupported("the seal digests with SHA-256, not with SM3")
        : Judge(seal, why, digest, roots ?? [], known ?? []);

    /// <param name="seal">As it was read.</param>
    /// <param name="why">What was said of it then.</param>
    /// <param name="digest">Of the sealed bytes as they are now, of the seal's own kind.</param>
    /// <param name="roots">Trusted roots, DER.</param>
    /// <param name="known">Further certificates that may lead to one.</param>
    internal static DetachedSealReport Judge(SealContent seal, string why, ReadOnlySpan<byte> digest, IReadOnlyList<byte[]> roots, IReadOnlyList<byte[]> known)
    {
        var stamp = seal.TimeStamp is { } token ? TimeStamp.Judge(token, seal.SignatureValue, roots, known) : null;
        var at = stamp is { IsTrusted: true } ? stamp.Time : seal.SigningTime;
        return new DetachedSealReport(
            !seal.SignatureGood ? SealState.BadSignature : seal.Digest.AsSpan().SequenceEqual(digest) ? SealState.Intact : SealState.Altered,
            seal.Certificate, seal.Others, seal.SigningTime, seal.DocumentName)
        {
            TimeStamp = stamp,
            Seal = seal.Seal is { } electronic ? Judge(electronic, at, roots, known) : null,
            SealId = CmsSeal.Parse(seal.SignatureValue) is { } signature ? Sm3.Hash(signature.ToRaw()) : [],
            Detail = why,
        };
    }

    private static DetachedSealReport Unsupported(string why) => new(SealState.Unsupported, [], [], null, null) { Detail = why };

    private static UsedElectronicSeal Judge(ElectronicSeal seal, DateTimeOffset? at, IReadOnlyList<byte[]> roots, IReadOnlyList<byte[]> known) => new(
        seal.Info.Id, seal.Info.Name, CmsSeal.Subject(seal.MakerCertificate), seal.Info.ValidFrom, seal.Info.ValidTo,
        SignerPath.Build(seal.MakerCertificate, known, roots, seal.Info.CreatedAt) is var path && CmsSeal.IsAuthority(seal.MakerCertificate) ? path with { MaySign = false } : path,
        at is { } used && used >= seal.Info.ValidFrom && used <= seal.Info.ValidTo);
}
