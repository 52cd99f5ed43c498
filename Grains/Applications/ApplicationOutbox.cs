using Bzt.Grains.Accounts;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Applications;

/// <summary>What applications, their orders and enterprises tell others; each kind has its way below. Every receiver ignores a repeat.</summary>
internal static class ApplicationOutbox
{
    public const string SubmitToCa = "application/submit-to-ca";
    public const string WithdrawFromCa = "application/withdraw-from-ca";
    public const string OpenOrder = "application/open-order";
    public const string CloseOrder = "application/close-order";
    public const string Contend = "application/contend";
    public const string Release = "application/release";
    public const string ConfirmClaim = "application/confirm-claim";
    public const string AddMembership = "application/add-membership";
    public const string OrderPaid = "application/order-paid";
    public const string BeginRefund = "order/begin-refund";
    public const string RefundAnswered = "refund/answered";
    public const string OrderRefunded = "order/refunded";
    public const string ClaimLost = "application/claim-lost";
    public const string WithdrawLetter = "application/withdraw-letter";
    public const string Grant = "application/grant";
    public const string ChangeName = "application/change-name";
    public const string ReplaceAdministrator = "application/replace-administrator";
}

/// <summary>Who is told of each kind.</summary>
internal sealed class ApplicationRoutes(IGrainFactory grains) : IOutboxRoutes
{
    public IReadOnlyList<OutboxRoute> Routes =>
    [
        new(ApplicationOutbox.SubmitToCa, item => grains.CaAdapter(new CaId(item.Target)).Submit(item.Read<CaSubmissionOrder>())),
        new(ApplicationOutbox.WithdrawFromCa, item => grains.CaAdapter(new CaId(item.Target)).Withdraw(item.Read<string>())),
        new(ApplicationOutbox.OpenOrder, item => grains.Order(new OrderId(Guid.Parse(item.Target))).Open(item.Read<OpenOrder>())),
        new(ApplicationOutbox.CloseOrder, item => grains.Order(new OrderId(Guid.Parse(item.Target))).Close()),
        new(ApplicationOutbox.Contend, item => grains.Enterprise(new CreditCode(item.Target)).Contend(item.Read<ApplicationId>())),
        new(ApplicationOutbox.Release, item => grains.Enterprise(new CreditCode(item.Target)).Release(item.Read<ApplicationId>())),
        new(ApplicationOutbox.ConfirmClaim, item => grains.Enterprise(new CreditCode(item.Target)).Confirm(item.Read<ConfirmClaim>())),
        new(ApplicationOutbox.AddMembership, item => grains.User(new UserId(Guid.Parse(item.Target))).AddMembership(item.Read<Membership>())),
        new(ApplicationOutbox.OrderPaid, item => grains.Application(new ApplicationId(Guid.Parse(item.Target))).Paid(item.Read<OrderId>())),
        new(ApplicationOutbox.RefundAnswered, item => grains.Order(new OrderId(Guid.Parse(item.Target))).RefundAnswered(item.Read<RefundOutcome>())),
        new(ApplicationOutbox.OrderRefunded, item => grains.InvoiceBook(new UserId(Guid.Parse(item.Target))).OrderRefunded(item.Read<OrderId>())),
        new(ApplicationOutbox.ClaimLost, item => grains.Application(new ApplicationId(Guid.Parse(item.Target))).ClaimLost(item.Read<CreditCode>())),
        new(ApplicationOutbox.WithdrawLetter, item => grains.Certificate(new CertificateId(Guid.Parse(item.Target))).Withdraw(item.Read<Guid>())),
        // From a certificate's outbox: its holder has signed the letter.
        new(ApplicationLetters.SignedKind, item => grains.Application(new ApplicationId(Guid.Parse(item.Target))).LetterSigned(item.Read<TaskSigned>())),
        // The certificate has arrived: its holder may use it within the scope that was asked for, and is a member if he joined with it. An enterprise
        // that refuses has removed him meanwhile; its certificates do not serve him then.
        new(ApplicationOutbox.Grant, item => grains.Enterprise(new CreditCode(item.Target)).Grant(item.Read<GrantAuthorisation>())),
        new(ApplicationOutbox.ReplaceAdministrator, item => grains.Enterprise(new CreditCode(item.Target)).ReplaceAdministrator(item.Read<ReplaceAdministrator>())),
    ];
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
