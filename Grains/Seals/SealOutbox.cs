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

/// <summary>Who is told of each kind.</summary>
internal sealed class SealRoutes(IGrainFactory grains) : IOutboxRoutes
{
    public IReadOnlyList<OutboxRoute> Routes =>
    [
        new(SealOutbox.Adopt, item => grains.SealSet(Guid.Parse(item.Target)).Adopt(item.Read<AdoptSeals>())),
        new(SealOutbox.Give, item => grains.EnterpriseSeals(new CreditCode(item.Target)).Receive(item.Read<GiveSeals>())),
    ];
}
