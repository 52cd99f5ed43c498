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
/// <param name="Irregularities">Payments that did not settle it; operators must look at each.</param>
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
    ImmutableArray<PaymentIrregularity> Irregularities);

/// <param name="NotifyUrl">What the provider was told; after a move of our address the page is asked for again.</param>
public sealed record PayPage(string Url, string NotifyUrl);

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
