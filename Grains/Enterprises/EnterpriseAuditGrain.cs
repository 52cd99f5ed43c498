using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Enterprises;

/// <summary>The stored state of <see cref="EnterpriseAuditGrain"/>.</summary>
public sealed record StoredEnterpriseAudit
{
    public ImmutableArray<EnterpriseAuditRecord> Records { get; init; } = [];
}

/// <inheritdoc cref="IEnterpriseAuditGrain"/>
[GrainType("enterprise-audit")]
public sealed class EnterpriseAuditGrain([PersistentState("enterprise-audit")] IPersistentState<StoredEnterpriseAudit> storage) : Grain, IEnterpriseAuditGrain
{
    public Task Append(EnterpriseAuditRecord record) =>
        storage.State.Records is [.., var last] && record.Sequence <= last.Sequence
            ? Task.CompletedTask
            : storage.WriteAsync(this, storage.State with { Records = storage.State.Records.Add(record) });

    public Task<IReadOnlyList<EnterpriseAuditRecord>> Read() => Task.FromResult<IReadOnlyList<EnterpriseAuditRecord>>(storage.State.Records);
}
