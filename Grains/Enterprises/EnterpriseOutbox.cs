using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Enterprises;

/// <summary>What an enterprise tells others. The kinds are stored: they are never renamed. Every receiver ignores a repeat.</summary>
internal static class EnterpriseOutbox
{
    public const string Membership = "enterprise/membership";
    public const string MembershipEnded = "enterprise/membership-ended";
    public const string Audit = "enterprise/audit";

    public static Outbox AddMembership(this Outbox outbox, UserId user, Membership membership) => outbox.Add(Membership, user.ToString(), membership);

    public static Outbox AddMembershipEnded(this Outbox outbox, UserId user, CreditCode enterprise) => outbox.Add(MembershipEnded, user.ToString(), enterprise);
}

/// <summary>The account's list of its enterprises.</summary>
internal sealed class MembershipHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.Membership;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.User(new UserId(Guid.Parse(delivery.Item.Target))).AddMembership(delivery.Item.Read<Membership>());
}

internal sealed class MembershipEndedHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.MembershipEnded;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.User(new UserId(Guid.Parse(delivery.Item.Target))).RemoveMembership(delivery.Item.Read<CreditCode>());
}

internal sealed class EnterpriseAuditHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.Audit;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var record = delivery.Item.Read<EnterpriseAuditRecord>();
        return grains.EnterpriseAudit(new CreditCode(delivery.Item.Target), EnterpriseAuditRecord.PageOf(record.Sequence)).Append(record);
    }
}
