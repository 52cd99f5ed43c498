using Bzt.Protocol.Evidence;

namespace Bzt.Grains.Certificates;

/// <summary>
/// A page of one certificate's evidence chain. The head is part of the certificate's own state: record and use stand or fall
/// together; this grain receives what was decided there. Key: <see cref="EvidencePages"/>.
/// </summary>
[Alias("bzt.IEvidence")]
public interface IEvidenceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Idempotent by its sequence. Records arrive in order, since one outbox sends them: one that does not go on from the newest there is, on whichever page,
    /// is not taken, and the operator is called.
    /// </summary>
    [Alias("append")]
    Task Append(EvidenceRecord record);

    /// <summary>The page, oldest first.</summary>
    [Alias("read")]
    Task<IReadOnlyList<EvidenceRecord>> Read();

    /// <summary>How far this page goes; null when it is empty or that is in a checkpoint already.</summary>
    [Alias("head")]
    Task<CheckpointLeaf?> GetUnchecked();

    /// <summary>The page, as far as that entry, is in the checkpoint of that number.</summary>
    [Alias("checkpointed")]
    Task Checkpointed(long number, long sequence);

    /// <summary>The newest checkpoint this page is in; 0 when it is in none.</summary>
    [Alias("checkpoint")]
    Task<long> GetCheckpoint();

    /// <summary>Hash of the chain's first entry, of its first page; null when that is not there.</summary>
    [Alias("first")]
    Task<byte[]?> GetFirst();
}

/// <summary>Pages bound what one grain holds.</summary>
public static class EvidencePages
{
    public const int Size = 64;

    public static long PageOf(long sequence) => (sequence - 1) / Size;

    public static bool IsFirst(long sequence) => (sequence - 1) % Size == 0;

    public static string Key(CertificateId certificate, long page) => $"{certificate}/{page}";

    public static CertificateId CertificateOf(string key) => new(Guid.ParseExact(key.AsSpan(0, key.IndexOf('/', StringComparison.Ordinal)), "D"));
}

/// <summary>A link of the chain (<see cref="EvidenceEntry"/>) with what opens its commitments, which may be deleted by law without breaking it.</summary>
[GenerateSerializer, Immutable, Alias("bzt.EvidenceRecord")]
public sealed record EvidenceRecord(
    [property: Id(0)] long Sequence,
    [property: Id(1)] byte[] Previous,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] EvidenceKind Kind,
    [property: Id(4)] byte[] Holder,
    [property: Id(5)] Guid Request,
    [property: Id(6)] IReadOnlyList<EvidenceFact> Facts,
    [property: Id(7)] IReadOnlyList<byte[]> Digests);

/// <param name="Commitment">32 bytes, part of the chain.</param>
/// <param name="Value">What was committed to; null when deleted.</param>
/// <param name="Salt">Null when deleted.</param>
[GenerateSerializer, Immutable, Alias("bzt.EvidenceFact")]
public sealed record EvidenceFact(
    [property: Id(0)] string Name,
    [property: Id(1)] byte[] Commitment,
    [property: Id(2)] string? Value,
    [property: Id(3)] byte[]? Salt);

/// <param name="Hash">Of the newest record.</param>
/// <param name="Signature">SM2, r ‖ s, by the cluster's evidence key.</param>
/// <param name="PublicKey">That key, 65 octets.</param>
[GenerateSerializer, Immutable, Alias("bzt.SignedEvidenceHead")]
public sealed record SignedEvidenceHead(
    [property: Id(0)] long Sequence,
    [property: Id(1)] byte[] Hash,
    [property: Id(2)] DateTimeOffset SignedAt,
    [property: Id(3)] byte[] Signature,
    [property: Id(4)] byte[] PublicKey);

/// <param name="Head">Of the chain as it was with this entry.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionEvidence")]
public sealed record SessionEvidence([property: Id(0)] EvidenceRecord Record, [property: Id(1)] SignedEvidenceHead Head);
