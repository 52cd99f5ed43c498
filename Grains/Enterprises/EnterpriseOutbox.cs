using Bzt.Grains.Accounts;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Remittances;

namespace Bzt.Grains.Enterprises;

/// <summary>What an enterprise tells others. The kinds are stored: they are never renamed. Every receiver ignores a repeat.</summary>
internal static class EnterpriseOutbox
{
    public const string Membership = "enterprise/membership";
    public const string MembershipEnded = "enterprise/membership-ended";
    public const string Audit = "enterprise/audit";
    public const string Invitation = "enterprise/invitation";
    /// <summary>From a new account: invitations may wait for its number.</summary>
    public const string Registered = "account/registered";
    public const string TransferSigned = "enterprise/transfer-signed";
    public const string Remittance = MembershipRemittances.OutboxKind;
    public const string CloseRemittance = "enterprise/close-remittance";
    public const string WithdrawTask = "enterprise/withdraw-task";
    public const string MemberRemoved = "certificate/member-removed";

    public static Outbox AddMembership(this Outbox outbox, UserId user, Membership membership) => outbox.Add(Membership, user.ToString(), membership);

    public static Outbox AddMembershipEnded(this Outbox outbox, UserId user, CreditCode enterprise) => outbox.Add(MembershipEnded, user.ToString(), enterprise);
}

/// <summary>Who is told of each kind.</summary>
internal sealed class EnterpriseRoutes(IGrainFactory grains) : IOutboxRoutes
{
    public IReadOnlyList<OutboxRoute> Routes =>
    [
        // The account's list of its enterprises.
        new(EnterpriseOutbox.Membership, item => grains.User(new UserId(Guid.Parse(item.Target))).AddMembership(item.Read<Membership>())),
        new(EnterpriseOutbox.MembershipEnded, item => grains.User(new UserId(Guid.Parse(item.Target))).RemoveMembership(item.Read<CreditCode>())),
        new(EnterpriseOutbox.Invitation, item => grains.InvitationBox(item.Target).Add(item.Read<WaitingInvitation>())),
        new(EnterpriseOutbox.Registered, item => grains.InvitationBox(item.Target).Registered(item.Read<UserId>())),
        // From the administrator's certificate.
        new(EnterpriseOutbox.TransferSigned, item => grains.Enterprise(new CreditCode(item.Target)).TransferSigned(item.Read<TaskSigned>())),
        new(EnterpriseOutbox.WithdrawTask, item => grains.Certificate(new CertificateId(Guid.Parse(item.Target))).Withdraw(item.Read<Guid>())),
        // From a remittance.
        new(EnterpriseOutbox.Remittance, item => grains.Enterprise(new CreditCode(item.Target)).RemittanceChanged(item.Read<RemittanceView>())),
        new(EnterpriseOutbox.CloseRemittance, item => grains.Remittance(item.Read<Guid>()).Close()),
    ];
}

/// <summary>
/// Every certificate the removed person holds is told; those of other enterprises go on as before. So do those he got after his last removal: it may be told
/// late, and he may have come back meanwhile.
/// </summary>
internal sealed class MemberRemovedHandler(IGrainFactory grains) : IOutboxHandler
{
    /// <summary>More than the clocks of two silos are apart, and less than anybody takes to come back and have a certificate made.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(1);

    public string Kind => EnterpriseOutbox.MemberRemoved;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var (user, enterprise) = (new UserId(Guid.Parse(delivery.Item.Target)), delivery.Item.Read<CreditCode>());
        var removed = await grains.Enterprise(enterprise).GetRemoval(user);
        foreach (var certificate in (await grains.Holder(user).GetCertificates()).Select(grains.Certificate))
        {
            if (await certificate.GetFacts() is not Done<CertificateFacts>(var facts) || !(facts.CreatedAt > removed + ClockDifference))
            {
                await certificate.HolderRemoved(enterprise);
            }
        }
    }
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
