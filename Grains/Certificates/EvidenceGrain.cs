using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <inheritdoc cref="IEvidenceGrain"/>
[GrainType("evidence")]
public sealed class EvidenceGrain(
    [PersistentState("evidence")] IPersistentState<EvidenceState> stored) : Grain, IEvidenceGrain
{
    public async Task Append(EvidenceRecord record)
    {
        // A repeat: the outbox delivers at least once, and in order.
        if (stored.State.Records is [.., var last] && record.Sequence <= last.Sequence)
        {
            return;
        }

        stored.State = new EvidenceState(stored.State.Records.Add(record));
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    public Task<IReadOnlyList<EvidenceRecord>> Read() => Task.FromResult<IReadOnlyList<EvidenceRecord>>(stored.State.Records);
}

[StateVersion(1)]
public sealed record EvidenceState(ImmutableArray<EvidenceRecord> Records)
{
    public EvidenceState() : this([])
    {
    }
}
