using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <inheritdoc cref="IHolderGrain"/>
[GrainType("holder")]
public sealed class HolderGrain([PersistentState("holder")] IPersistentState<HolderState> stored) : Grain, IHolderGrain
{
    public Task Add(CertificateId certificate) => stored.State.Certificates.Contains(certificate)
        ? Task.CompletedTask
        : stored.WriteAsync(this, new HolderState(stored.State.Certificates.Add(certificate)));

    public Task Remove(CertificateId certificate) => stored.State.Certificates.Contains(certificate)
        ? stored.WriteAsync(this, new HolderState(stored.State.Certificates.Remove(certificate)))
        : Task.CompletedTask;

    public Task<IReadOnlyList<CertificateId>> GetCertificates() => Task.FromResult<IReadOnlyList<CertificateId>>(stored.State.Certificates);
}

[StateVersion(1)]
public sealed record HolderState(ImmutableArray<CertificateId> Certificates)
{
    public HolderState() : this([])
    {
    }
}
