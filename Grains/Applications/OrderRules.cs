using System.Buffers.Text;
using System.Globalization;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Applications;

/// <summary>What an order decides, without clock, randomness or I/O.</summary>
public static class OrderRules
{
    /// <summary>Irregular payments are real money: far more than ever happen, so that a state stays small whatever is sent.</summary>
    private const int MostIrregularities = 50;

    private const int HexLength = 32;
    private const int Base64Length = 22;
    private const int MostAttemptDigits = 3;

    public static (StoredOrder State, Refusal? Refusal) Open(StoredOrder state, OrderId id, OpenOrder command, DateTimeOffset now) => state.Order switch
    {
        null => (Become(state, id, new OrderRecord(
            command.Owner, command.Application, command.Subject, command.AmountFen, OrderState.Open, now, 1, null, null, null, [])), null),
        { } order when new OpenOrder(order.Owner, order.Application, order.Subject, order.AmountFen) == command => (state, null),
        _ => (state, new Refusal(RefusalCode.IdempotencyConflict)),
    };

    /// <summary>
    /// Settles exactly this order by exactly its amount, once. Anything else that was paid is kept as an irregularity and paid back,
    /// and the provider need not tell it again.
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
                ? (state with { Order = NextAttempt(order) }, null)
                : (state, null);
        }

        if (notice.AmountFen != order.AmountFen)
        {
            return (Irregular(state, id, IrregularPayment.WrongAmount, notice, now), new Refusal(RefusalCode.InvalidRequest));
        }

        if (order.TradeId == notice.TradeId)
        {
            return (state, null);
        }

        return order.State switch
        {
            OrderState.Open => (Become(
                state with { Outbox = state.Outbox.Add(ApplicationOutbox.OrderPaid, order.Application.ToString(), id) }, id,
                order with { State = OrderState.Paid, TradeId = notice.TradeId, Provider = notice.Provider, PaidAt = notice.PaidAt ?? now, PayPage = null }), null),
            OrderState.Closed => (PayBackSettlement(
                Irregular(state, id, IrregularPayment.PaidLate, notice, now), id, order => order with { TradeId = notice.TradeId, Provider = notice.Provider, PaidAt = notice.PaidAt ?? now }), null),
            _ => (Irregular(state, id, IrregularPayment.PaidTwice, notice, now), null),
        };
    }

    public static StoredOrder Close(StoredOrder state, OrderId id) => state.Order switch
    {
        { State: OrderState.Open } open => Become(state, id, open with { State = OrderState.Closed, PayPage = null }),
        { State: OrderState.Paid } => PayBackSettlement(state, id, paid => paid),
        _ => state,
    };

    /// <summary>Orders of earlier releases were only marked: their refund begins when they are next looked at.</summary>
    public static StoredOrder BeginOwedRefund(StoredOrder state, OrderId id) =>
        state.Order is { State: OrderState.RefundDue, TradeId: not null, Refunds: null } ? PayBackSettlement(state, id, order => order) : state;

    public static StoredOrder RefundAnswered(StoredOrder state, OrderId id, RefundOutcome outcome)
    {
        if (state.Order is not { Refunds: { } refunds } order || refunds.FirstOrDefault(refund => refund.TradeId == outcome.TradeId) is not { PaidBackAt: null } known)
        {
            return state;
        }

        var answered = known with { Refusal = outcome.ProviderCode, PaidBackAt = outcome.ProviderCode is null ? outcome.At : null };
        var next = order with { Refunds = refunds.Replace(known, answered) };
        return answered.PaidBackAt is not null && outcome.TradeId == order.TradeId
            ? Become(state with { Outbox = state.Outbox.Add(ApplicationOutbox.OrderRefunded, order.Owner.ToString(), id) }, id, next with { State = OrderState.Refunded })
            : state with { Order = next };
    }

    /// <summary>The order's trade is over at its provider, or the user wants another: the next has another number.</summary>
    public static OrderRecord NextAttempt(OrderRecord order) => order with { Attempt = order.Attempt + 1, PayPage = null };

    public static OrderRecord? Mine(StoredOrder state, UserId caller) => state.Order is { } order && order.Owner == caller ? order : null;

    /// <summary>
    /// The order's number at the provider; <see cref="TryParseNumber"/> reads it back. WeChat takes 32 characters, so there the id is in base64;
    /// with Alipay it stays in hexadecimal, as orders under way have it.
    /// </summary>
    public static string Number(OrderId id, int attempt, string provider = "alipay") =>
        provider == "alipay" ? $"{id.Value:N}{attempt}" : $"{Base64Url.EncodeToString(id.Value.ToByteArray(bigEndian: true))}{attempt}";

    public static bool TryParseNumber(string number, out OrderId order, out int attempt)
    {
        (order, attempt) = (default, 0);
        var idLength = number.Length switch
        {
            > HexLength and <= HexLength + MostAttemptDigits => HexLength,
            > Base64Length and <= Base64Length + MostAttemptDigits => Base64Length,
            _ => 0,
        };
        if (idLength == 0 || !int.TryParse(number.AsSpan(idLength), NumberStyles.None, CultureInfo.InvariantCulture, out attempt))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[18];
        if (idLength == HexLength)
        {
            order = Guid.TryParseExact(number[..HexLength], "N", out var id) ? new OrderId(id) : default;
        }
        else if (Base64Url.IsValid(number.AsSpan(0, Base64Length)) && Base64Url.TryDecodeFromChars(number.AsSpan(0, Base64Length), bytes, out var written) && written == 16)
        {
            order = new OrderId(new Guid(bytes[..16], bigEndian: true));
        }

        // One number for each order, not several spellings of it.
        return Number(order, attempt, idLength == HexLength ? "alipay" : "") == number;
    }

    /// <summary>A change of what the order is, told to the lists.</summary>
    private static StoredOrder Become(StoredOrder state, OrderId id, OrderRecord order) =>
        state with { Order = order, Outbox = state.Outbox.Project(OrderProjector.Row(id, order)) };

    /// <summary>What settled the order, or came too late to, goes back.</summary>
    private static StoredOrder PayBackSettlement(StoredOrder state, OrderId id, Func<OrderRecord, OrderRecord> change)
    {
        var due = change(state.Order!) with { State = OrderState.RefundDue };
        return PayBack(Become(state, id, due), id, due.Provider ?? "alipay", due.TradeId!, due.AmountFen);
    }

    private static StoredOrder PayBack(StoredOrder state, OrderId id, string provider, string tradeId, long amountFen)
    {
        var order = state.Order!;
        var refunds = order.Refunds ?? [];
        return refunds.Any(known => known.TradeId == tradeId) ? state : state with
        {
            Order = order with { Refunds = refunds.Add(new OrderRefund(tradeId, amountFen)) },
            Outbox = state.Outbox.Add(ApplicationOutbox.BeginRefund, id.ToString(), new BeginRefund(id, provider, tradeId, amountFen, $"{order.Subject} 退款")),
        };
    }

    private static StoredOrder Irregular(StoredOrder state, OrderId id, IrregularPayment kind, PaymentNotice notice, DateTimeOffset now)
    {
        // The list has an end; what is paid back has none.
        var order = state.Order!;
        var listed = order.Irregularities.Length >= MostIrregularities
            || order.Irregularities.Any(known => known.Kind == kind && known.TradeId == notice.TradeId && known.AmountFen == notice.AmountFen)
                ? state
                : state with { Order = order with { Irregularities = order.Irregularities.Add(new PaymentIrregularity(kind, notice.NotificationId, notice.TradeId, notice.AmountFen, now)) } };
        return PayBack(listed, id, notice.Provider, notice.TradeId, notice.AmountFen);
    }
}
