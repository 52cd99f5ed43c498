using Bzt.Grains.Accounts;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Applications;

/// <summary>What applications, their orders and enterprises tell others; each kind has its handler below. Every receiver ignores a repeat.</summary>
internal static class ApplicationOutbox
{
    public const string SubmitToCa = "application/submit-to-ca";
    public const string OpenOrder = "application/open-order";
    public const string CloseOrder = "application/close-order";
    public const string Contend = "application/contend";
    public const string Release = "application/release";
    public const string ConfirmClaim = "application/confirm-claim";
    public const string AddMembership = "application/add-membership";
    public const string OrderPaid = "application/order-paid";
    public const string BeginRefund = "order/begin-refund";
    public const string RefundAnswered = "refund/answered";
    public const string ClaimLost = "application/claim-lost";
    public const string WithdrawLetter = "application/withdraw-letter";
    public const string Grant = "application/grant";
    public const string ChangeName = "application/change-name";
    public const string ReplaceAdministrator = "application/replace-administrator";
}

internal sealed class SubmitToCaHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.SubmitToCa;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.CaAdapter(new CaId(delivery.Item.Target)).Submit(delivery.Item.Read<CaSubmissionOrder>());
}

internal sealed class OpenOrderHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.OpenOrder;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Order(new OrderId(Guid.Parse(delivery.Item.Target))).Open(delivery.Item.Read<OpenOrder>());
}

internal sealed class CloseOrderHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.CloseOrder;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Order(new OrderId(Guid.Parse(delivery.Item.Target))).Close();
}

internal sealed class ContendHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.Contend;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Enterprise(new CreditCode(delivery.Item.Target)).Contend(delivery.Item.Read<ApplicationId>());
}

internal sealed class ReleaseHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.Release;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Enterprise(new CreditCode(delivery.Item.Target)).Release(delivery.Item.Read<ApplicationId>());
}

internal sealed class ConfirmClaimHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.ConfirmClaim;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Enterprise(new CreditCode(delivery.Item.Target)).Confirm(delivery.Item.Read<ConfirmClaim>());
}

internal sealed class AddMembershipHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.AddMembership;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.User(new UserId(Guid.Parse(delivery.Item.Target))).AddMembership(delivery.Item.Read<Membership>());
}

internal sealed class OrderPaidHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.OrderPaid;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Application(new ApplicationId(Guid.Parse(delivery.Item.Target))).Paid(delivery.Item.Read<OrderId>());
}

internal sealed class BeginRefundHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.BeginRefund;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var command = delivery.Item.Read<BeginRefund>();
        return grains.Refund(command.Order, command.TradeId).Begin(command);
    }
}

internal sealed class RefundAnsweredHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.RefundAnswered;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Order(new OrderId(Guid.Parse(delivery.Item.Target))).RefundAnswered(delivery.Item.Read<RefundOutcome>());
}

internal sealed class ClaimLostHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.ClaimLost;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Application(new ApplicationId(Guid.Parse(delivery.Item.Target))).ClaimLost(delivery.Item.Read<CreditCode>());
}

internal sealed class WithdrawLetterHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.WithdrawLetter;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Certificate(new CertificateId(Guid.Parse(delivery.Item.Target))).Withdraw(delivery.Item.Read<Guid>());
}

/// <summary>From a certificate's outbox: its holder has signed the letter.</summary>
internal sealed class LetterSignedHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationLetters.SignedKind;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Application(new ApplicationId(Guid.Parse(delivery.Item.Target))).LetterSigned(delivery.Item.Read<TaskSigned>());
}

/// <summary>
/// The certificate has arrived: its holder may use it within the scope that was asked for, and is a member if he joined with it.
/// An enterprise that refuses has removed him meanwhile; its certificates do not serve him then.
/// </summary>
internal sealed class GrantHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.Grant;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Enterprise(new CreditCode(delivery.Item.Target)).Grant(delivery.Item.Read<GrantAuthorisation>());
}

internal sealed class ReplaceAdministratorHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.ReplaceAdministrator;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.Enterprise(new CreditCode(delivery.Item.Target)).ReplaceAdministrator(delivery.Item.Read<ReplaceAdministrator>());
}

internal sealed record CertifiedName(ApplicationId Application, string Name);

internal sealed class ChangeNameHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => ApplicationOutbox.ChangeName;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var name = delivery.Item.Read<CertifiedName>();
        return grains.Enterprise(new CreditCode(delivery.Item.Target)).ChangeName(name.Application, name.Name);
    }
}
