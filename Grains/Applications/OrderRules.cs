using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Applications;

/// <summary>What an order decides, without clock, randomness or I/O.</summary>
public static class OrderRules
{
    /// <summary>Irregular payments are real money: far more than ever happen, so that a state stays small whatever is sent.</summary>
    private const int MostIrregularities = 50;

    public static (StoredOrder State, Refusal? Refusal) Open(StoredOrder state, OrderId id, OpenOrder command, DateTimeOffset now) => state.Order switch
    {
        null => (Become(state, id, new OrderRecord(
            command.Owner, command.Application, command.Subject, command.AmountFen, OrderState.Open, now, 1, null, null, null, [])), null),
        { } order when new OpenOrder(order.Owner, order.Application, order.Subject, order.AmountFen) == command => (state, null),
        _ => (state, new Refusal(RefusalCode.IdempotencyConflict)),
    };

    /// <summary>
    /// Settles exactly this order by exactly its amount, once. Anything else that was paid is kept as an irregularity: it must be
    /// paid back, and the provider need not tell it again.
    /// </summary>
    public static (StoredOrder State, Refusal? Refusal) Notify(StoredOrder state, OrderId id, PaymentNotice notice, DateTimeOffset now)
    {
        if (state.Order is not { } order)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        if (!notice.Paid)
        {
            return order.State == OrderState.Open && notice.Attempt == order.Attempt
                ? (state with { Order = order with { Attempt = order.Attempt + 1, PayPage = null } }, null)
                : (state, null);
        }

        if (notice.AmountFen != order.AmountFen)
        {
            return (Keep(state, Irregular(order, IrregularPayment.WrongAmount, notice, now)), new Refusal(RefusalCode.InvalidRequest));
        }

        if (order.TradeId == notice.TradeId)
        {
            return (state, null);
        }

        return order.State switch
        {
            OrderState.Open => (Become(
                state with { Outbox = state.Outbox.Add(ApplicationOutbox.OrderPaid, order.Application.ToString(), id) }, id,
                order with { State = OrderState.Paid, TradeId = notice.TradeId, PaidAt = notice.PaidAt ?? now, PayPage = null }), null),
            OrderState.Closed => (Become(
                state, id, Irregular(order, IrregularPayment.PaidLate, notice, now) with { State = OrderState.RefundDue, TradeId = notice.TradeId, PaidAt = notice.PaidAt ?? now }), null),
            _ => (Keep(state, Irregular(order, IrregularPayment.PaidTwice, notice, now)), null),
        };
    }

    public static StoredOrder Close(StoredOrder state, OrderId id) => state.Order switch
    {
        { State: OrderState.Open } open => Become(state, id, open with { State = OrderState.Closed, PayPage = null }),
        { State: OrderState.Paid } paid => Become(state, id, paid with { State = OrderState.RefundDue }),
        _ => state,
    };

    public static OrderRecord? Mine(StoredOrder state, UserId caller) => state.Order is { } order && order.Owner == caller ? order : null;

    /// <summary>The order's number at the provider; <see cref="TryParseNumber"/> reads it back.</summary>
    public static string Number(OrderId id, int attempt) => $"{id.Value:N}{attempt}";

    public static bool TryParseNumber(string number, out OrderId order, out int attempt)
    {
        attempt = 0;
        var parsed = Guid.TryParseExact(number.Length > 32 ? number[..32] : number, "N", out var id)
            && number.Length is > 32 and <= 35
            && int.TryParse(number.AsSpan(32), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out attempt)
            && Number(new OrderId(id), attempt) == number;
        order = new OrderId(id);
        return parsed;
    }

    /// <summary>A change of what the order is, told to the lists.</summary>
    private static StoredOrder Become(StoredOrder state, OrderId id, OrderRecord order) =>
        state with { Order = order, Outbox = state.Outbox.Project(OrderProjector.Row(id, order)) };

    private static StoredOrder Keep(StoredOrder state, OrderRecord order) => ReferenceEquals(order, state.Order) ? state : state with { Order = order };

    private static OrderRecord Irregular(OrderRecord order, IrregularPayment kind, PaymentNotice notice, DateTimeOffset now) =>
        order.Irregularities.Length >= MostIrregularities
        || order.Irregularities.Any(known => known.Kind == kind && known.TradeId == notice.TradeId && known.AmountFen == notice.AmountFen)
            ? order
            : order with { Irregularities = order.Irregularities.Add(new PaymentIrregularity(kind, notice.NotificationId, notice.TradeId, notice.AmountFen, now)) };
}
