using System.Collections.Immutable;
using Bzt.Grains.Certificates;

namespace Bzt.Grains.Evidence;

/// <summary>How the two rows of a page of evidence are one: pure.</summary>
/// <remarks>
/// A release before had the page alone and wrote each link into it. It may do so again while both run: its links lie behind those of a tail it does
/// not know, so what a tail holds is told by each link's own place, never by how far the page goes.
/// </remarks>
internal static class EvidenceRows
{
    /// <summary>With 64 links a page about the least that is written in all: a tail of 4 links and, each eighth time, a page of 36.</summary>
    public const int TailSize = 8;

    public static bool GoesToPage(EvidenceRecord record) => record.Sequence % TailSize == 0;

    /// <summary>Everything, and how far it was checked.</summary>
    public static EvidenceState PageWith(EvidenceState page, EvidenceState tail, EvidenceRecord record) => Checked(page, tail) with { Records = Union(page, tail).Add(record) };

    /// <summary>What the page does not have, and perhaps one link more.</summary>
    public static EvidenceState TailWith(EvidenceState page, EvidenceState tail, EvidenceRecord? record = null)
    {
        var records = tail.Records.RemoveAll(link => Find(page.Records, link.Sequence) is not null);
        return Checked(page, tail) with { Records = record is null ? records : records.Add(record) };
    }

    /// <summary>Oldest first, each once.</summary>
    public static ImmutableArray<EvidenceRecord> Union(EvidenceState page, EvidenceState tail)
    {
        var records = TailWith(page, tail).Records;
        return records.IsEmpty ? page.Records
            : page.Records.IsEmpty || page.Records[^1].Sequence < records[0].Sequence ? page.Records.AddRange(records)
            : [.. page.Records.Concat(records).OrderBy(record => record.Sequence)];
    }

    public static EvidenceRecord? Newest(EvidenceState page, EvidenceState tail) =>
        tail.Records is [.., var inTail] && !(page.Records is [.., var last] && last.Sequence >= inTail.Sequence) ? inTail
        : page.Records is [.., var inPage] ? inPage
        : null;

    public static EvidenceRecord? Find(EvidenceState page, EvidenceState tail, long sequence) => Find(page.Records, sequence) ?? Find(tail.Records, sequence);

    /// <summary>The row that went into the newer checkpoint.</summary>
    public static EvidenceState Checked(EvidenceState page, EvidenceState tail) => tail.CheckedTo > page.CheckedTo ? tail : page;

    private static EvidenceRecord? Find(ImmutableArray<EvidenceRecord> records, long sequence)
    {
        // The newest are asked for.
        for (var i = records.Length - 1; i >= 0 && records[i].Sequence >= sequence; i--)
        {
            if (records[i].Sequence == sequence)
            {
                return records[i];
            }
        }

        return null;
    }
}
