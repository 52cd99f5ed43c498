using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;

namespace Bzt.Contracts.Phone;

/// <summary>
/// A certificate's evidence (X15), whole: every entry of the chain, the signed head, the cluster's evidence key.
/// Verified offline by <see cref="Verify"/>; docs/protocol.md says what is hashed.
/// </summary>
/// <param name="EvidenceKey">65 octets. A verifier compares it with the one published by the operator: the file alone proves nothing.</param>
/// <param name="Checkpoint">The newest published checkpoint the chain is in; absent before the first.</param>
public sealed record EvidenceExport(
    Guid CertificateId, IReadOnlyList<EvidenceExportEntry> Entries, EvidenceExportHead Head, byte[] EvidenceKey, EvidenceCheckpointProof? Checkpoint = null)
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

        var fault = EvidenceChain.Verify(
            [.. Entries.Select(entry => entry.ToEntry(CertificateId))],
            new EvidenceHead(CertificateId, Head.Sequence, Head.Hash, Head.SignedAt),
            signature!,
            key);
        return fault != EvidenceFault.None || Checkpoint is null ? fault
            : Checkpoint.IsOf(CertificateId, Entries, key) ? EvidenceFault.None
            : EvidenceFault.CheckpointMismatch;
    }
}

/// <summary>A published checkpoint (<see cref="EvidenceCheckpoint"/>) with the cluster's signature.</summary>
/// <param name="Signature">SM2, r ‖ s, by the evidence key.</param>
public sealed record EvidenceCheckpointInfo(long Number, byte[] Previous, int Size, byte[] Root, DateTimeOffset At, byte[] Signature)
{
    internal EvidenceCheckpoint ToCheckpoint() => new(Number, Previous, Size, Root, At);

    internal bool IsSignedBy(Point key) => Sm2Signature.TryParseRaw(Signature, out var signature) && ToCheckpoint().IsSignedBy(key, signature!);
}

/// <summary>That the chain, as far as one of its entries, is in a checkpoint.</summary>
/// <param name="Sequence">How far the chain was.</param>
/// <param name="Index">Its place in the tree.</param>
/// <param name="Path">The nodes beside the way to the root, lowest first.</param>
public sealed record EvidenceCheckpointProof(EvidenceCheckpointInfo Checkpoint, long Sequence, int Index, IReadOnlyList<byte[]> Path)
{
    internal bool IsOf(Guid certificate, IReadOnlyList<EvidenceExportEntry> entries, Point key) =>
        Sequence >= 1 && Sequence <= entries.Count
        && MerkleTree.IsIncluded(
            EvidenceCheckpoint.Leaf(certificate, Sequence, entries[(int)Sequence - 1].ToEntry(certificate).Hash()), Index, Checkpoint.Size, Path, Checkpoint.Root)
        && Checkpoint.IsSignedBy(key);
}

/// <summary>Published checkpoints, without gaps. Whoever keeps them can tell later that nothing below them was altered.</summary>
/// <param name="Newest">The newest there is; more are asked for with <c>after</c>.</param>
public sealed record EvidenceCheckpoints(IReadOnlyList<EvidenceCheckpointInfo> Checkpoints, long Newest)
{
    /// <summary>
    /// Whether each continues the one before, or after a declared restore (<see cref="CheckpointNumber"/>) one further back, and all are signed by the
    /// key, 65 octets.
    /// </summary>
    public bool Verify(ReadOnlySpan<byte> trustedKey)
    {
        if (!Point.TryDecode(trustedKey, out var key) || Checkpoints is [{ Number: 1 } first, ..] && !first.Previous.AsSpan().SequenceEqual(EvidenceEntry.Beginning))
        {
            return false;
        }

        for (var i = 0; i < Checkpoints.Count; i++)
        {
            if (!Checkpoints[i].IsSignedBy(key) || (i > 0 && !Continues(i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where the store was put back and continued from an older state, oldest first; of checkpoints that verify.</summary>
    public IReadOnlyList<EvidenceRestore> Restores() =>
    [
        .. Enumerable.Range(0, Checkpoints.Count).Where(i => CheckpointNumber.IsAfterRestore(Checkpoints[i].Number))
            .Select(i => new EvidenceRestore(Checkpoints[i].Number, Checkpoints[i].At, Before(i) is var before and >= 0 ? Checkpoints[before].Number : 0, i > 0 ? Checkpoints[i - 1].Number : 0)),
    ];

    private bool Continues(int i) => CheckpointNumber.IsAfterRestore(Checkpoints[i].Number)
        ? Checkpoints[i].Number > Checkpoints[i - 1].Number
            && (Before(i) >= 0 || Checkpoints[0].Number > 1 || Checkpoints[i].Previous.AsSpan().SequenceEqual(EvidenceEntry.Beginning))
        : Checkpoints[i].Number == Checkpoints[i - 1].Number + 1 && Checkpoints[i].Previous.AsSpan().SequenceEqual(Checkpoints[i - 1].ToCheckpoint().Hash());

    /// <summary>The place of the one that it continues; -1 when that is not among these.</summary>
    private int Before(int i)
    {
        var before = i - 1;
        while (before >= 0 && !Checkpoints[i].Previous.AsSpan().SequenceEqual(Checkpoints[before].ToCheckpoint().Hash()))
        {
            before--;
        }

        return before;
    }

    /// <summary>Whether that very checkpoint is among these.</summary>
    public bool Contain(EvidenceCheckpointInfo checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return Checkpoints.Any(known => known.ToCheckpoint().Hash().AsSpan().SequenceEqual(checkpoint.ToCheckpoint().Hash()));
    }
}

/// <summary>The store was restored from a backup, which was declared, and its evidence went on from there.</summary>
/// <param name="Number">The first checkpoint after it.</param>
/// <param name="At">When that was taken.</param>
/// <param name="Continues">The last one that the restored store had; 0 when there is none, or it is not known.</param>
/// <param name="LastLost">Those after <paramref name="Continues"/> as far as this one the store no longer has; that they were published, their signatures prove. Equal when none is known.</param>
public sealed record EvidenceRestore(long Number, DateTimeOffset At, long Continues, long LastLost)
{
    /// <summary>Whether two checkpoints lie on the two sides of it: neither says anything against what stands in the other.</summary>
    public bool Parts(long one, long other) => Lost(Math.Min(one, other)) && Math.Max(one, other) >= Number;

    /// <summary>Whether the restored store does not have it.</summary>
    public bool Lost(long checkpoint) => checkpoint > Continues && checkpoint < Number;
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
