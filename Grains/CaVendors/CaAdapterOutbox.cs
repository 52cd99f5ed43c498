using Bzt.Grains.Applications;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.CaVendors;

/// <summary>Who is told of each kind.</summary>
internal sealed class CaAdapterRoutes(IGrainFactory grains) : IOutboxRoutes
{
    public IReadOnlyList<OutboxRoute> Routes =>
    [
        new(CaAdapterRules.Reviewed, item => grains.Application(new ApplicationId(Guid.Parse(item.Target))).Reviewed(item.Read<ApplicationReviewed>())),
        new(CaAdapterRules.Audit, item => grains.GetGrain<ICaAuditGrain>(item.Target).Append(item.Read<CaAuditRecord>())),
        // From a registration's outbox: a certificate that nobody has and the CA knows.
        new(CaAdapterRules.Superfluous, item => grains.CaAdapter(new CaId(item.Target)).RequestRevocation(item.Read<CaRevocationOrder>())),
    ];
}
