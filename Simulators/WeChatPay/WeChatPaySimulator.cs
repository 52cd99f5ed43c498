using System.Security.Cryptography;

namespace Bzt.Simulators.WeChatPay;

/// <param name="TransactionId">WeChat's number, once paid.</param>
/// <param name="TradeState">NOTPAY, SUCCESS, CLOSED or REFUND.</param>
public sealed record WeChatTrade(
    string OrderId,
    string PrepayId,
    string Terms,
    long AmountFen,
    string Description,
    string NotifyUrl,
    string TradeState,
    DateTimeOffset CreatedAt,
    DateTimeOffset PageAskedAt,
    string? TransactionId,
    DateTimeOffset? PaidAt,
    Notification? Notification);

/// <param name="Status">PROCESSING, then SUCCESS once asked again.</param>
public sealed record WeChatRefund(string RefundNumber, string RefundId, string OrderId, string TransactionId, long AmountFen, string Status, DateTimeOffset CreatedAt);

/// <summary>微信支付: trades, refunds, and what may become of them.</summary>
sealed class WeChatPaySimulator(SimulatorState state, TimeProvider time)
{
    public static readonly TimeSpan PageLifetime = TimeSpan.FromMinutes(5);

    /// <summary>WeChat's error code when the order cannot be opened: one that is over, or known with other terms.</summary>
    public (string? Error, WeChatTrade? Trade) Open(string orderId, long amountFen, string description, string notifyUrl) => state.Change<(string?, WeChatTrade?)>(world =>
    {
        var now = time.GetUtcNow();
        var terms = $"{amountFen}\n{description}\n{notifyUrl}";
        if (world.WeChatTrades.TryGetValue(orderId, out var known))
        {
            if (known.TradeState != "NOTPAY")
            {
                return (known.TradeState == "CLOSED" ? "ORDER_CLOSED" : "ORDERPAID", null);
            }

            if (known.Terms != terms)
            {
                return ("INVALID_REQUEST", null);
            }

            return (null, world.WeChatTrades[orderId] = known with { PageAskedAt = now });
        }

        var trade = new WeChatTrade(orderId, $"wx{BeijingTime.Of(now):yyyyMMddHHmmss}{RandomNumberGenerator.GetHexString(20, lowercase: true)}", terms, amountFen, description, notifyUrl, "NOTPAY", now, now, null, null, null);
        world.WeChatTrades.Add(orderId, trade);
        return (null, trade);
    });

    public WeChatTrade? Find(string orderId) => state.Read(world => world.WeChatTrades.GetValueOrDefault(orderId));

    public WeChatTrade? FindBy(Func<WeChatTrade, bool> condition) => state.Read(world => world.WeChatTrades.Values.FirstOrDefault(condition));

    public IReadOnlyList<WeChatTrade> Newest(int count) => state.Read<IReadOnlyList<WeChatTrade>>(world =>
        [.. world.WeChatTrades.Values.OrderByDescending(trade => trade.CreatedAt).Take(count)]);

    public IReadOnlyList<WeChatTrade> Unnotified() => state.Read<IReadOnlyList<WeChatTrade>>(world =>
        [.. world.WeChatTrades.Values.Where(trade => trade.Notification is { Accepted: false })]);

    /// <summary>False when it is over already.</summary>
    public bool Pay(string orderId) => state.Change(world =>
    {
        if (!world.WeChatTrades.TryGetValue(orderId, out var trade) || trade.TradeState != "NOTPAY")
        {
            return false;
        }

        var now = time.GetUtcNow();
        world.WeChatTrades[orderId] = trade with
        {
            TradeState = "SUCCESS",
            TransactionId = "42000" + RandomNumberGenerator.GetString(SimulatorKeys.Digits, 23),
            PaidAt = now,
            Notification = new(Guid.NewGuid().ToString(), 0, false, null),
        };
        return true;
    });

    /// <summary>Null when it is closed now; WeChat's error code otherwise.</summary>
    public string? Close(string orderId) => state.Change(world =>
    {
        if (!world.WeChatTrades.TryGetValue(orderId, out var trade))
        {
            return "ORDER_NOT_EXIST";
        }

        if (trade.TradeState is "SUCCESS" or "REFUND")
        {
            return "ORDERPAID";
        }

        world.WeChatTrades[orderId] = trade with { TradeState = "CLOSED" };
        return null;
    });

    /// <summary>A refund, the same for the same number; done when it is asked for the second time.</summary>
    public (string? Error, WeChatRefund? Refund) Refund(string refundNumber, string? orderId, string? transactionId, long amountFen, long totalFen) => state.Change<(string?, WeChatRefund?)>(world =>
    {
        var trade = world.WeChatTrades.Values.FirstOrDefault(trade => transactionId is null ? trade.OrderId == orderId : trade.TransactionId == transactionId);
        if (trade is null)
        {
            return ("RESOURCE_NOT_EXISTS", null);
        }

        if (world.WeChatRefunds.TryGetValue(refundNumber, out var known))
        {
            return known.OrderId != trade.OrderId || known.AmountFen != amountFen
                ? ("INVALID_REQUEST", null)
                : (null, world.WeChatRefunds[refundNumber] = known with { Status = "SUCCESS" });
        }

        var refunded = world.WeChatRefunds.Values.Where(refund => refund.OrderId == trade.OrderId).Sum(refund => refund.AmountFen);
        if (trade.TradeState is not ("SUCCESS" or "REFUND") || totalFen != trade.AmountFen || amountFen < 1 || refunded + amountFen > trade.AmountFen)
        {
            return ("INVALID_REQUEST", null);
        }

        world.WeChatTrades[trade.OrderId] = trade with { TradeState = "REFUND" };
        var refund = new WeChatRefund(refundNumber, "50000" + RandomNumberGenerator.GetString(SimulatorKeys.Digits, 23), trade.OrderId, trade.TransactionId!, amountFen, "PROCESSING", time.GetUtcNow());
        world.WeChatRefunds.Add(refundNumber, refund);
        return (null, refund);
    });

    public WeChatRefund? FindRefund(string refundNumber) => state.Change(world => world.WeChatRefunds.TryGetValue(refundNumber, out var refund)
        ? world.WeChatRefunds[refundNumber] = refund with { Status = "SUCCESS" }
        : null);

    public IReadOnlyList<WeChatRefund> RefundsOf(string orderId) => state.Read<IReadOnlyList<WeChatRefund>>(world =>
        [.. world.WeChatRefunds.Values.Where(refund => refund.OrderId == orderId)]);

    public void Notified(string orderId, bool accepted, string answer) => state.Change(world =>
    {
        if (world.WeChatTrades.TryGetValue(orderId, out var trade) && trade.Notification is { } notification)
        {
            world.WeChatTrades[orderId] = trade with { Notification = notification.Answered(accepted, answer) };
        }

        return true;
    });
}
