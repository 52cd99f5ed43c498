using Bzt.Grains.Foundations;

namespace Bzt.Grains.Seals;

/// <summary>How seals come from a photo to their enterprise. Every receiver ignores a repeat.</summary>
internal static class SealOutbox
{
    /// <summary>From an application whose certificate is active, to the set of its form.</summary>
    public const string Adopt = "seals/adopt";

    /// <summary>From a confirmed and adopted set to the enterprise.</summary>
    public const string Give = "seals/give";

    /// <summary>The seals on this user's form become this enterprise's.</summary>
    public static Outbox AdoptSeals(this Outbox outbox, UserId user, string formBlobId, CreditCode enterprise, ApplicationId application) =>
        outbox.Add(Adopt, SealSetIds.Of(user, formBlobId).ToString(), new AdoptSeals(enterprise, application));
}

internal sealed class AdoptSealsHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => SealOutbox.Adopt;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.SealSet(Guid.Parse(delivery.Item.Target)).Adopt(delivery.Item.Read<AdoptSeals>());
}

internal sealed class GiveSealsHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => SealOutbox.Give;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.EnterpriseSeals(new CreditCode(delivery.Item.Target)).Receive(delivery.Item.Read<GiveSeals>());
}
