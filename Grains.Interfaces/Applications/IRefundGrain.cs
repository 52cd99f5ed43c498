namespace Bzt.Grains.Applications;

/// <summary>
/// One payment on its way back, keyed by order and trade. Asks the provider until it says that the money is back, through restarts and
/// for as long as it takes; under one refund number, so however often it asks, it is paid back once.
/// </summary>
[Alias("bzt.IRefund")]
public interface IRefundGrain : IGrainWithStringKey
{
    /// <summary>Takes it over. A repeat changes nothing.</summary>
    [Alias("begin")]
    Task Begin(BeginRefund command);

    /// <summary>Asks the provider now, if the last answer is long enough ago.</summary>
    [Alias("try")]
    Task Try();
}

/// <param name="Provider">Who was paid.</param>
/// <param name="TradeId">The provider's number of the payment.</param>
/// <param name="AmountFen">All that was paid.</param>
/// <param name="Reason">What the buyer reads.</param>
[GenerateSerializer, Immutable, Alias("bzt.BeginRefund")]
public sealed record BeginRefund(
    [property: Id(0)] OrderId Order,
    [property: Id(1)] string Provider,
    [property: Id(2)] string TradeId,
    [property: Id(3)] long AmountFen,
    [property: Id(4)] string Reason);

/// <summary>How a refund stands, told to its order.</summary>
/// <param name="ProviderCode">Why the provider refuses; null: the money is back.</param>
[GenerateSerializer, Immutable, Alias("bzt.RefundOutcome")]
public sealed record RefundOutcome(
    [property: Id(0)] string TradeId,
    [property: Id(1)] string? ProviderCode,
    [property: Id(2)] DateTimeOffset At);
