using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.CaVendors;

/// <summary>The stored state of <see cref="CaAuditGrain"/>.</summary>
public sealed record StoredCaAudit
{
    public ImmutableArray<CaAuditRecord> Records { get; init; } = [];
}

/// <inheritdoc cref="ICaAuditGrain"/>
[GrainType("ca-audit")]
public sealed class CaAuditGrain([PersistentState("ca-audit")] IPersistentState<StoredCaAudit> storage) : Grain, ICaAuditGrain
{
    public Task Append(CaAuditRecord record) =>
        storage.State.Records is [.., var last] && record.Sequence <= last.Sequence
            ? Task.CompletedTask
            : storage.WriteAsync(this, storage.State with { Records = storage.State.Records.Add(record) });

    public Task<IReadOnlyList<CaAuditRecord>> Read() => Task.FromResult<IReadOnlyList<CaAuditRecord>>(storage.State.Records);
}
