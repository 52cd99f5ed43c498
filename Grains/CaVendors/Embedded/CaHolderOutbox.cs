using Bzt.Grains.Foundations;

namespace Bzt.Grains.CaVendors.Embedded;

/// <summary>What a holder's decisions mean for those who answer about serial numbers. The kinds are stored: never renamed.</summary>
internal static class CaHolderOutbox
{
    public const string Issued = "ca-holder/issued";
    public const string Revoked = "ca-holder/revoked";
}

internal sealed class IssuedSerialHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => CaHolderOutbox.Issued;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.GetGrain<ICaSerialGrain>(delivery.Item.Target).Issued(delivery.Item.Read<string>());
}

/// <summary>First who is asked about one certificate, then the list.</summary>
internal sealed class RevokedSerialHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => CaHolderOutbox.Revoked;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var ca = new CaId(delivery.Item.Target);
        var revoked = delivery.Item.Read<CaRevokedSerial>();
        await grains.CaSerial(ca, revoked.SerialNumber).Revoked(revoked.At, revoked.Reason);
        await grains.CaRevocations(ca, CaRevocationsGrain.BucketOf(revoked.SerialNumber)).Add(revoked);
        await grains.CaAuthority(ca).ListIsOld();
    }
}
