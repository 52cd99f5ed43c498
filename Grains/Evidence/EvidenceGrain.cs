using System.Collections.Immutable;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Evidence;

/// <inheritdoc cref="IEvidenceGrain"/>
/// <remarks>
/// In two rows: links gather in the tail, and every eighth goes into the page together with those before it. So each link is one write, and mostly
/// a small one. Nothing is taken out of the tail by a write of its own: what the page has by now is left out when the tail is written next. Reading
/// is the union by sequence, so it does not matter which of the two a link lies in, or that it lies in both.
/// It comes up anywhere, not where it is asked for first: the notary asks for all that were written within the hour.
/// </remarks>
[GrainType("evidence")]
public sealed partial class EvidenceGrain(
    [PersistentState("evidence")] IPersistentState<EvidenceState> page, [PersistentState("evidence-tail")] IPersistentState<EvidenceState> tail,
    ILogger<EvidenceGrain> log) : Grain, IEvidenceGrain
{
    public async Task Append(EvidenceRecord record)
    {
        // A repeat: the outbox delivers at least once, and in order. Another link in the same place is none: the certificate's row was put back.
        var newest = EvidenceRows.Newest(page.State, tail.State);
        if (record.Sequence <= newest?.Sequence)
        {
            if (EvidenceRows.Find(page.State, tail.State, record.Sequence) is not { } there
                || !EvidenceReceipts.Hash(Certificate, there).AsSpan().SequenceEqual(EvidenceReceipts.Hash(Certificate, record)))
            {
                Telemetry.StateAltered();
                LogForked(Certificate, record.Sequence);
            }

            return;
        }

        // The first of a page goes on from the page before. What goes on from nothing would leave a chain that nobody can verify.
        if (newest is null && EvidencePages.IsFirst(record.Sequence) && record.Sequence > 1)
        {
            newest = await GrainFactory.Evidence(Certificate, EvidencePages.PageOf(record.Sequence) - 1).Read() is [.., var there] ? there : null;
        }

        if (!EvidenceLead.Continues(Certificate, record, newest))
        {
            Telemetry.StateAltered();
            LogUnlinked(Certificate, record.Sequence);
            return;
        }

        if (EvidenceRows.GoesToPage(record))
        {
            await page.WriteAsync(this, EvidenceRows.PageWith(page.State, tail.State, record));
        }
        else
        {
            await tail.WriteAsync(this, EvidenceRows.TailWith(page.State, tail.State, record));
        }
    }

    public Task<IReadOnlyList<EvidenceRecord>> Read() => Task.FromResult<IReadOnlyList<EvidenceRecord>>(EvidenceRows.Union(page.State, tail.State));

    public Task<CheckpointLeaf?> GetUnchecked() => Task.FromResult(
        EvidenceRows.Newest(page.State, tail.State) is { } newest && newest.Sequence > EvidenceRows.Checked(page.State, tail.State).CheckedTo
            ? new CheckpointLeaf(Certificate, newest.Sequence, EvidenceReceipts.Hash(Certificate, newest))
            : null);

    public async Task Checkpointed(long number, long sequence)
    {
        if (sequence > EvidenceRows.Checked(page.State, tail.State).CheckedTo)
        {
            await tail.WriteAsync(this, EvidenceRows.TailWith(page.State, tail.State) with { Checkpoint = number, CheckedTo = sequence });
        }
    }

    public Task<long> GetCheckpoint() => Task.FromResult(EvidenceRows.Checked(page.State, tail.State).Checkpoint);

    public Task<byte[]?> GetFirst() => Task.FromResult(EvidenceRows.Find(page.State, tail.State, 1) is { } first ? EvidenceReceipts.Hash(Certificate, first) : null);

    private CertificateId Certificate => EvidencePages.CertificateOf(this.GetPrimaryKeyString());

    [LoggerMessage(LogLevel.Critical, "The evidence of certificate {Certificate} has another link {Sequence} than its row now says. Somebody put back an older row")]
    private partial void LogForked(CertificateId certificate, long sequence);

    [LoggerMessage(LogLevel.Critical, "Link {Sequence} of certificate {Certificate} does not go on from the evidence there is, and is not added. Somebody altered the row, or took evidence away")]
    private partial void LogUnlinked(CertificateId certificate, long sequence);
}

/// <summary>One of the two rows of a page, <c>evidence</c> and <c>evidence-tail</c>.</summary>
/// <param name="Records">Oldest first.</param>
/// <param name="Checkpoint">The newest checkpoint the page is in; 0: none.</param>
/// <param name="CheckedTo">How far it was then.</param>
[StateVersion(1)]
public sealed record EvidenceState(ImmutableArray<EvidenceRecord> Records, long Checkpoint = 0, long CheckedTo = 0)
{
    public EvidenceState() : this([])
    {
    }
}
