using Bzt.Grains.Applications;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.CaVendors;

internal sealed class ReviewedHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => CaAdapterRules.Reviewed;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Application(new ApplicationId(Guid.Parse(delivery.Item.Target))).Reviewed(delivery.Item.Read<ApplicationReviewed>());
}

internal sealed class AuditHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => CaAdapterRules.Audit;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.GetGrain<ICaAuditGrain>(delivery.Item.Target).Append(delivery.Item.Read<CaAuditRecord>());
}
