using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;

namespace Bzt.Contracts.Phone;

/// <summary>
/// A certificate's evidence (X15), whole: every entry of the chain, the signed head, the cluster's evidence key.
/// Verified offline by <see cref="Verify"/>; docs/protocol.md says what is hashed.
/// </summary>
/// <param name="EvidenceKey">65 octets. A verifier compares it with the one published by the operator: the file alone proves nothing.</param>
public sealed record EvidenceExport(Guid CertificateId, IReadOnlyList<EvidenceExportEntry> Entries, EvidenceExportHead Head, byte[] EvidenceKey)
{
    /// <summary>Checks the chain, every opened fact and the head's signature under the key the verifier trusts, 65 octets.</summary>
    /// <returns>The first fault, or <see cref="EvidenceFault.None"/>.</returns>
    public EvidenceFault Verify(ReadOnlySpan<byte> trustedKey)
    {
        if (!Point.TryDecode(trustedKey, out var key) || !Sm2Signature.TryParseRaw(Head.Signature, out var signature))
        {
            return EvidenceFault.BadSignature;
        }

        if (Entries.SelectMany(entry => entry.Facts).Any(fact => !fact.IsTrue()))
        {
            return EvidenceFault.BrokenLink;
        }

        return EvidenceChain.Verify(
            [.. Entries.Select(entry => entry.ToEntry(CertificateId))],
            new EvidenceHead(CertificateId, Head.Sequence, Head.Hash, Head.SignedAt),
            signature!,
            key);
    }
}

/// <summary>
/// One entry of a certificate's chain with the cluster's signature that the chain has it there: what a platform gets about its own session.
/// It says nothing of the entries beside it.
/// </summary>
/// <param name="Head">How far the chain went with this entry.</param>
/// <param name="EvidenceKey">65 octets; a verifier compares it with the published one.</param>
public sealed record EvidenceReceipt(Guid CertificateId, EvidenceExportEntry Entry, EvidenceExportHead Head, byte[] EvidenceKey)
{
    /// <summary>Checks the entry, its opened facts and the signature under the key the verifier trusts, 65 octets.</summary>
    /// <returns>The first fault, or <see cref="EvidenceFault.None"/>.</returns>
    public EvidenceFault Verify(ReadOnlySpan<byte> trustedKey)
    {
        if (!Point.TryDecode(trustedKey, out var key) || !Sm2Signature.TryParseRaw(Head.Signature, out var signature))
        {
            return EvidenceFault.BadSignature;
        }

        if (Entry.Facts.Any(fact => !fact.IsTrue()))
        {
            return EvidenceFault.BrokenLink;
        }

        if (Head.Sequence != Entry.Sequence || !Head.Hash.AsSpan().SequenceEqual(Entry.ToEntry(CertificateId).Hash()))
        {
            return EvidenceFault.HeadMismatch;
        }

        return new EvidenceHead(CertificateId, Head.Sequence, Head.Hash, Head.SignedAt).IsSignedBy(key, signature!) ? EvidenceFault.None : EvidenceFault.BadSignature;
    }
}

/// <param name="Previous">Hash of the entry before.</param>
/// <param name="Holder">The holder's pseudonym in this chain.</param>
/// <param name="Request">The session or operation; all zeros when none.</param>
/// <param name="Digests">What they are depends on the kind: <see cref="EvidenceKind"/>.</param>
public sealed record EvidenceExportEntry(
    long Sequence,
    byte[] Previous,
    DateTimeOffset At,
    EvidenceKind Kind,
    byte[] Holder,
    Guid Request,
    IReadOnlyList<EvidenceExportFact> Facts,
    IReadOnlyList<byte[]> Digests)
{
    internal EvidenceEntry ToEntry(Guid certificate) => new(
        certificate, Sequence, Previous, At, Kind, Holder, Request,
        [.. Facts.Select(fact => new EvidenceCommitment(fact.Name, fact.Commitment))], Digests);
}

/// <summary>A fact the chain commits to. Value and salt open it; they are absent once the fact had to be deleted.</summary>
public sealed record EvidenceExportFact(string Name, byte[] Commitment, string? Value, byte[]? Salt)
{
    internal bool IsTrue() => (Value, Salt) is (null, null) ||
        (Value is not null && Salt is not null && new EvidenceCommitment(Name, Commitment).Opens(Value, Salt));
}

/// <param name="Signature">SM2, r ‖ s, by the evidence key.</param>
public sealed record EvidenceExportHead(long Sequence, byte[] Hash, DateTimeOffset SignedAt, byte[] Signature);
