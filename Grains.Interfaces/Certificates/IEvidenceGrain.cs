namespace Bzt.Grains.Certificates;

/// <summary>
/// The records of one certificate's evidence chain, keyed by the certificate. The head is part of the certificate's own state:
/// record and use stand or fall together; this grain receives what was decided there.
/// </summary>
[Alias("bzt.IEvidence")]
public interface IEvidenceGrain : IGrainWithGuidKey
{
    /// <summary>Appends a record; idempotent by its sequence. Records arrive in order, since one outbox sends them.</summary>
    [Alias("append")]
    Task Append(EvidenceRecord record);

    /// <summary>Every record up to and including <paramref name="sequence"/>, oldest first.</summary>
    [Alias("read")]
    Task<IReadOnlyList<EvidenceRecord>> Read(long sequence);
}

/// <summary>One link of the chain: the canonical bytes that were hashed (docs/protocol.md), whose first field names their version.</summary>
[GenerateSerializer, Immutable, Alias("bzt.EvidenceRecord")]
public sealed record EvidenceRecord([property: Id(0)] long Sequence, [property: Id(1)] byte[] Canonical);

/// <param name="Hash">SM3 of the newest record's canonical bytes.</param>
/// <param name="Signature">SM2, r ‖ s, over the head's bytes by the cluster's evidence key.</param>
/// <param name="PublicKey">That key, 65 octets.</param>
[GenerateSerializer, Immutable, Alias("bzt.EvidenceHead")]
public sealed record EvidenceHead(
    [property: Id(0)] long Sequence,
    [property: Id(1)] byte[] Hash,
    [property: Id(2)] byte[] Signature,
    [property: Id(3)] byte[] PublicKey);
