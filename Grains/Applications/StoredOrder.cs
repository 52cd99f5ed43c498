using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Applications;

/// <summary>The stored state of <see cref="OrderGrain"/>.</summary>
public sealed record StoredOrder : IHasOutbox<StoredOrder>
{
    /// <summary>Null before it was opened.</summary>
    public OrderRecord? Order { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredOrder WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <param name="Attempt">Counts the provider's trades: one that was closed there cannot be paid any more, the next has another number.</param>
/// <param name="PayPage">Of the current attempt, once asked for.</param>
/// <param name="TradeId">The payment that settled it.</param>
/// <param name="Irregularities">Payments that did not settle it; each is paid back, and operators should know why it came.</param>
/// <param name="Provider">Who <see cref="OrderRecord.TradeId"/> was paid through; null in orders of earlier releases: Alipay.</param>
/// <param name="Refunds">Payments on their way back.</param>
public sealed record OrderRecord(
    UserId Owner,
    ApplicationId Application,
    string Subject,
    int AmountFen,
    OrderState State,
    DateTimeOffset CreatedAt,
    int Attempt,
    PayPage? PayPage,
    string? TradeId,
    DateTimeOffset? PaidAt,
    ImmutableArray<PaymentIrregularity> Irregularities,
    string? Provider = null,
    ImmutableArray<OrderRefund>? Refunds = null);

/// <param name="NotifyUrl">What the provider was told; after a move of our address the page is asked for again.</param>
/// <param name="GoodUntil">Then it is asked for again too.</param>
public sealed record PayPage(string Url, string NotifyUrl, string Provider = "alipay", DateTimeOffset? GoodUntil = null);

/// <param name="Refusal">The provider's code while it refuses; operators must look.</param>
/// <param name="PaidBackAt">The money is back.</param>
public sealed record OrderRefund(string TradeId, long AmountFen, string? Refusal = null, DateTimeOffset? PaidBackAt = null);

public enum IrregularPayment
{
    /// <summary>Not the order's amount.</summary>
    WrongAmount,
    /// <summary>Paid once more, after it was settled by another trade.</summary>
    PaidTwice,
    /// <summary>Paid after it was closed.</summary>
    PaidLate,
}

public sealed record PaymentIrregularity(IrregularPayment Kind, string NotificationId, string TradeId, long AmountFen, DateTimeOffset At);
