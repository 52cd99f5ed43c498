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

internal sealed class InvitationHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.Invitation;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.InvitationBox(delivery.Item.Target).Add(delivery.Item.Read<WaitingInvitation>());
}

internal sealed class RegisteredHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.Registered;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.InvitationBox(delivery.Item.Target).Registered(delivery.Item.Read<UserId>());
}

/// <summary>From the administrator's certificate.</summary>
internal sealed class TransferSignedHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.TransferSigned;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Enterprise(new CreditCode(delivery.Item.Target)).TransferSigned(delivery.Item.Read<TaskSigned>());
}

internal sealed class WithdrawTaskHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.WithdrawTask;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Certificate(new CertificateId(Guid.Parse(delivery.Item.Target))).Withdraw(delivery.Item.Read<Guid>());
}

/// <summary>Every certificate the removed person holds is told; those of other enterprises go on as before.</summary>
internal sealed class MemberRemovedHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.MemberRemoved;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var enterprise = delivery.Item.Read<CreditCode>();
        foreach (var certificate in await grains.Holder(new UserId(Guid.Parse(delivery.Item.Target))).GetCertificates())
        {
            await grains.Certificate(certificate).HolderRemoved(enterprise);
        }
    }
}

/// <summary>From a remittance.</summary>
internal sealed class MembershipRemittanceHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.Remittance;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Enterprise(new CreditCode(delivery.Item.Target)).RemittanceChanged(delivery.Item.Read<RemittanceView>());
}

internal sealed class CloseRemittanceHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => EnterpriseOutbox.CloseRemittance;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) => grains.Remittance(delivery.Item.Read<Guid>()).Close();
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
