using Bzt.Grains.Evidence;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;

namespace Bzt.Grains.Certificates;

/// <summary>Whether a certificate's row goes on from where its evidence is: pure.</summary>
/// <remarks>
/// A row is stored with the links it adds, and these leave it only after the evidence has them. So a row is where the evidence is, or ahead by links
/// that lie in its own outbox. A link's hash covers its sequence, so the number beside the head's hash cannot be made to say more than they do.
/// </remarks>
internal static class EvidenceLead
{
    /// <summary>The links in the row's outbox, oldest first; null when they do not lead, one from the other, to the row's head.</summary>
    public static IReadOnlyList<EvidenceRecord>? Links(CertificateId id, EvidenceLog head, Outbox outbox)
    {
        EvidenceRecord[] links = [.. outbox.Items.Where(item => item.Kind == CertificateOutbox.Evidence).Select(item => item.Read<EvidenceRecord>())];
        (long Sequence, byte[] Hash)? last = null;
        foreach (var link in links)
        {
            if (last is { } before && !Continues(link, before))
            {
                return null;
            }

            last = At(id, link);
        }

        return last is null || (last.Value.Sequence == head.Sequence && last.Value.Hash.AsSpan().SequenceEqual(head.Hash)) ? links : null;
    }

    /// <summary>The evidence has at least this link: what is newer is in the row's outbox.</summary>
    public static long LeastDelivered(EvidenceLog head, IReadOnlyList<EvidenceRecord> links) => links is [var oldest, ..] ? oldest.Sequence - 1 : head.Sequence;

    /// <param name="newest">Of the evidence; null when there is none.</param>
    public static bool GoesOn(CertificateId id, EvidenceLog head, IReadOnlyList<EvidenceRecord> links, EvidenceRecord? newest)
    {
        var end = At(id, newest);
        return end.Sequence == head.Sequence
            ? end.Hash.AsSpan().SequenceEqual(head.Hash)
            : links.FirstOrDefault(link => link.Sequence == end.Sequence + 1) is { } next && Continues(next, end);
    }

    /// <summary>Whether this link comes after that one, which is null before the first.</summary>
    public static bool Continues(CertificateId id, EvidenceRecord link, EvidenceRecord? before) => Continues(link, At(id, before));

    private static bool Continues(EvidenceRecord link, (long Sequence, byte[] Hash) before) =>
        link.Sequence == before.Sequence + 1 && link.Previous.AsSpan().SequenceEqual(before.Hash);

    private static (long Sequence, byte[] Hash) At(CertificateId id, EvidenceRecord? link) =>
        link is null ? (0, EvidenceEntry.Beginning) : (link.Sequence, EvidenceReceipts.Hash(id, link));
}
