using Bzt.Grains.Certificates;
using Bzt.Protocol.Evidence;

namespace Bzt.Grains.Evidence;

/// <summary>One entry out of a chain, for whoever may know of that one only: pure.</summary>
internal static class EvidenceReceipts
{
    /// <summary>What the certificate gave to that session, if these records have it.</summary>
    public static EvidenceRecord? Find(IReadOnlyList<EvidenceRecord> records, SessionId session) =>
        records.LastOrDefault(record => record.Request == session.Value && record.Kind is EvidenceKind.Signed or EvidenceKind.Decrypted);

    /// <summary>The chain as it was with that entry; null when the records do not lead from it to the head, so that nothing altered is ever signed.</summary>
    /// <param name="certificate">Whose chain.</param>
    /// <param name="records">From the entry, or before it, to the newest, in order.</param>
    /// <param name="entry">One of them.</param>
    /// <param name="head">As it lies in the certificate's own state.</param>
    public static EvidenceLog? LogAt(CertificateId certificate, IReadOnlyList<EvidenceRecord> records, EvidenceRecord entry, EvidenceLog head)
    {
        byte[]? at = null;
        byte[]? previous = null;
        foreach (var record in records)
        {
            if (record.Sequence < entry.Sequence)
            {
                continue;
            }

            if (previous is not null && !record.Previous.AsSpan().SequenceEqual(previous))
            {
                return null;
            }

            previous = Hash(certificate, record);
            at ??= previous;
        }

        return at is not null && records[^1].Sequence == head.Sequence && previous.AsSpan().SequenceEqual(head.Hash)
            ? head with { Sequence = entry.Sequence, Hash = at }
            : null;
    }

    /// <summary>Of the entry that this record is.</summary>
    public static byte[] Hash(CertificateId certificate, EvidenceRecord record) => new EvidenceEntry(
        certificate.Value, record.Sequence, record.Previous, record.At, record.Kind, record.Holder, record.Request,
        [.. record.Facts.Select(fact => new EvidenceCommitment(fact.Name, fact.Commitment))], record.Digests).Hash();
}
