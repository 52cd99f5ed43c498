using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <inheritdoc cref="IEvidenceGrain"/>
[GrainType("evidence")]
public sealed partial class EvidenceGrain(
    [PersistentState("evidence")] IPersistentState<EvidenceState> stored, ILogger<EvidenceGrain> log) : Grain, IEvidenceGrain
{
    public async Task Append(EvidenceRecord record)
    {
        // A repeat: the outbox delivers at least once, and in order. Another link in the same place is none: the certificate's row was put back.
        if (stored.State.Records is [.., var last] && record.Sequence <= last.Sequence)
        {
            if (stored.State.Records.FirstOrDefault(known => known.Sequence == record.Sequence) is { } there
                && !EvidenceReceipts.Hash(Certificate, there).AsSpan().SequenceEqual(EvidenceReceipts.Hash(Certificate, record)))
            {
                Telemetry.StateAltered();
                LogForked(Certificate, record.Sequence);
            }

            return;
        }

        await stored.WriteAsync(this, stored.State with { Records = stored.State.Records.Add(record) });
    }

    public Task<IReadOnlyList<EvidenceRecord>> Read() => Task.FromResult<IReadOnlyList<EvidenceRecord>>(stored.State.Records);

    public Task<CheckpointLeaf?> GetUnchecked() => Task.FromResult(stored.State.Records is [.., var last] && last.Sequence > stored.State.CheckedTo
        ? new CheckpointLeaf(Certificate, last.Sequence, EvidenceReceipts.Hash(Certificate, last))
        : null);

    public async Task Checkpointed(long number, long sequence)
    {
        if (sequence > stored.State.CheckedTo)
        {
            await stored.WriteAsync(this, stored.State with { Checkpoint = number, CheckedTo = sequence });
        }
    }

    public Task<long> GetCheckpoint() => Task.FromResult(stored.State.Checkpoint);

    private CertificateId Certificate => EvidencePages.CertificateOf(this.GetPrimaryKeyString());

    [LoggerMessage(LogLevel.Critical, "The evidence of certificate {Certificate} has another link {Sequence} than its row now says. Somebody put back an older row")]
    private partial void LogForked(CertificateId certificate, long sequence);
}

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
