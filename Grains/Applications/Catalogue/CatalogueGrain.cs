using Orleans.Concurrency;

namespace Bzt.Grains.Applications.Catalogue;

/// <inheritdoc cref="ICatalogueGrain"/>
[GrainType("catalogue"), StatelessWorker]
public sealed class CatalogueGrain(CatalogueSource source) : Grain, ICatalogueGrain
{
    public Task<CatalogueView> Get() => Task.FromResult(source.Current);

    public Task<CatalogueStatus> GetStatus() => Task.FromResult(source.Status);
}
