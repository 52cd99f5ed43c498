using Bzt.Contracts.Phone;

namespace Bzt.Grains.Applications;

/// <summary>One fee and what became of it. Money is settled by the provider's word about exactly this order and this amount.</summary>
[Alias("bzt.IOrder")]
public interface IOrderGrain : IGrainWithGuidKey
{
    /// <summary>Opens the order. A repeat with the same content is done.</summary>
    [Alias("open")]
    Task<Reply<Nothing>> Open(OpenOrder command);

    /// <summary>
    /// Where to pay it. The same address again while it is open and the address good. Another provider than before: the order is closed
    /// there first, so that it is not paid twice; if it was paid there meanwhile, that counts.
    /// </summary>
    [Alias("pay")]
    Task<Reply<OrderView>> Pay(StartPayment command);

    /// <summary>As its owner sees it. While it is open and was sent to be paid, the provider is asked, so that a lost notification loses nothing.</summary>
    [Alias("view")]
    Task<Reply<OrderView>> GetView(UserId caller);

    /// <summary>
    /// The provider's verified notification, money paid or trade closed. Done when it was recorded (again); <see cref="RefusalCode.NotFound"/> for an order that was never
    /// opened, <see cref="RefusalCode.InvalidRequest"/> for another amount, which is kept as an irregularity.
    /// </summary>
    [Alias("notify")]
    Task<Reply<Nothing>> Notify(PaymentNotice notice);

    /// <summary>What it paid for is withdrawn: not paid it closes, paid (or paid later) it is paid back.</summary>
    [Alias("close")]
    Task Close();

    /// <summary>From the refund: the money is back, or the provider refuses.</summary>
    [Alias("refund-answered")]
    Task RefundAnswered(RefundOutcome outcome);
}

/// <param name="Subject">What the provider and the bill show.</param>
[GenerateSerializer, Immutable, Alias("bzt.OpenOrder")]
public sealed record OpenOrder(
    [property: Id(0)] UserId Owner,
    [property: Id(1)] ApplicationId Application,
    [property: Id(2)] string Subject,
    [property: Id(3)] int AmountFen);

/// <param name="NotifyUrl">Where the provider tells us.</param>
/// <param name="ReturnUrl">Where the browser comes back to; proves nothing.</param>
/// <param name="Provider">One of <see cref="OrderView.PayWays"/>.</param>
/// <param name="PayerAddress">The user's IP address, for providers that want it.</param>
[GenerateSerializer, Immutable, Alias("bzt.StartPayment")]
public sealed record StartPayment(
    [property: Id(0)] UserId Caller,
    [property: Id(1)] Uri NotifyUrl,
    [property: Id(2)] Uri ReturnUrl,
    [property: Id(3)] string Provider = "alipay",
    [property: Id(4)] string? PayerAddress = null);

/// <param name="Attempt">Which of the order's trades at the provider.</param>
/// <param name="NotificationId">The provider's id of this notification; a repetition keeps it.</param>
/// <param name="TradeId">The provider's number of the payment.</param>
/// <param name="Paid">False: closed at the provider, never paid.</param>
[GenerateSerializer, Immutable, Alias("bzt.PaymentNotice")]
public sealed record PaymentNotice(
    [property: Id(0)] int Attempt,
    [property: Id(1)] string NotificationId,
    [property: Id(2)] string TradeId,
    [property: Id(3)] bool Paid,
    [property: Id(4)] long AmountFen,
    [property: Id(5)] DateTimeOffset? PaidAt,
    [property: Id(6)] string Provider = "alipay");

/// <param name="PayWays">Names of the providers it can be paid through.</param>
[GenerateSerializer, Immutable, Alias("bzt.OrderView")]
public sealed record OrderView(
    [property: Id(0)] OrderId Order,
    [property: Id(1)] string Subject,
    [property: Id(2)] int AmountFen,
    [property: Id(3)] OrderState State,
    [property: Id(4)] string? PayUrl,
    [property: Id(5)] DateTimeOffset CreatedAt,
    [property: Id(6)] DateTimeOffset? PaidAt,
    [property: Id(7)] IReadOnlyList<string>? PayWays = null,
    [property: Id(8)] ApplicationId? Application = null,
    [property: Id(9)] string? PaidThrough = null,
    [property: Id(10)] long RefundedFen = 0,
    [property: Id(11)] DateTimeOffset? RefundedAt = null);
