using System.Collections.Immutable;
using System.Globalization;

namespace Bzt.Simulators.Alipay;

public enum TradeStatus
{
    WaitBuyerPay,
    TradeSuccess,
    TradeClosed,
}

public sealed record Trade(
    string OrderId,
    string TradeNo,
    string Amount,
    string Subject,
    string? NotifyUrl,
    string? ReturnUrl,
    TradeStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PaidAt,
    Notification? Notification,
    ImmutableArray<AlipayRefund>? Refunds = null)
{
    public string WireStatus => Status switch
    {
        TradeStatus.WaitBuyerPay => "WAIT_BUYER_PAY",
        TradeStatus.TradeSuccess => "TRADE_SUCCESS",
        _ => "TRADE_CLOSED",
    };
}

public sealed record AlipayRefund(string RequestNumber, decimal Amount, DateTimeOffset At);

/// <summary>支付宝 电脑网站支付: the trades and what may become of them.</summary>
sealed class AlipaySimulator(SimulatorState state, TimeProvider time)
{
    /// <summary>A sub_code when the order cannot be opened: Alipay refuses other terms for an order it knows, and one that is over.</summary>
    public string? Open(string orderId, string amount, string subject, string? notifyUrl, string? returnUrl) => state.Change(world =>
    {
        if (world.Trades.TryGetValue(orderId, out var known))
        {
            return known.Status switch
            {
                TradeStatus.TradeSuccess => "ACQ.TRADE_HAS_SUCCESS",
                TradeStatus.TradeClosed => "ACQ.TRADE_HAS_CLOSE",
                _ => known.Amount == amount && known.Subject == subject ? null : "ACQ.CONTEXT_INCONSISTENT",
            };
        }

        var now = time.GetUtcNow();
        var tradeNo = $"{BeijingTime.Of(now):yyyyMMdd}2200{Random.Shared.NextInt64(1_000_000_000_000_000, 9_999_999_999_999_999)}";
        world.Trades.Add(orderId, new(orderId, tradeNo, amount, subject, notifyUrl, returnUrl, TradeStatus.WaitBuyerPay, now, null, null));
        return null;
    });

    public Trade? Find(string orderId) => state.Read(world => world.Trades.GetValueOrDefault(orderId));

    public Trade? FindByTradeNo(string tradeNo) => state.Read(world => world.Trades.Values.FirstOrDefault(trade => trade.TradeNo == tradeNo));

    public IReadOnlyList<Trade> Newest(int count) => state.Read<IReadOnlyList<Trade>>(world =>
        [.. world.Trades.Values.OrderByDescending(trade => trade.CreatedAt).Take(count)]);

    public IReadOnlyList<Trade> Unnotified() => state.Read<IReadOnlyList<Trade>>(world =>
        [.. world.Trades.Values.Where(trade => trade.Notification is { Accepted: false })]);

    /// <summary>False when the trade is already over.</summary>
    public bool Finish(string orderId, TradeStatus status) => state.Change(world =>
    {
        if (!world.Trades.TryGetValue(orderId, out var trade) || trade.Status != TradeStatus.WaitBuyerPay)
        {
            return false;
        }

        var now = time.GetUtcNow();
        world.Trades[orderId] = trade with
        {
            Status = status,
            PaidAt = status == TradeStatus.TradeSuccess ? now : null,
            Notification = trade.NotifyUrl is null ? null : new($"{BeijingTime.Of(now):yyyyMMdd}{Guid.NewGuid():N}", 0, false, null),
        };
        return true;
    });

    /// <summary>A sub_code, or the trade after the refund and whether this call moved money. A trade that is paid back in full is closed, and the merchant told.</summary>
    public (string? Error, Trade? Trade, bool Moved) Refund(string orderId, string requestNumber, decimal amount) => state.Change<(string?, Trade?, bool)>(world =>
    {
        if (!world.Trades.TryGetValue(orderId, out var trade))
        {
            return ("ACQ.TRADE_NOT_EXIST", null, false);
        }

        var refunds = trade.Refunds ?? [];
        if (refunds.FirstOrDefault(refund => refund.RequestNumber == requestNumber) is { } known)
        {
            return known.Amount == amount ? (null, trade, false) : ("ACQ.DISCORDANT_REPEAT_REQUEST", null, false);
        }

        var total = decimal.Parse(trade.Amount, CultureInfo.InvariantCulture);
        var refunded = refunds.Sum(refund => refund.Amount) + amount;
        if (trade.Status != TradeStatus.TradeSuccess)
        {
            return ("ACQ.TRADE_STATUS_ERROR", null, false);
        }

        if (refunded > total)
        {
            return ("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", null, false);
        }

        var now = time.GetUtcNow();
        trade = trade with
        {
            Refunds = refunds.Add(new(requestNumber, amount, now)),
            Status = refunded == total ? TradeStatus.TradeClosed : trade.Status,
            Notification = trade.NotifyUrl is null ? null : new($"{BeijingTime.Of(now):yyyyMMdd}{Guid.NewGuid():N}", 0, false, null),
        };
        world.Trades[orderId] = trade;
        return (null, trade, true);
    });

    public void Notified(string orderId, bool accepted, string answer) => state.Change(world =>
    {
        if (world.Trades.TryGetValue(orderId, out var trade) && trade.Notification is { } notification)
        {
            world.Trades[orderId] = trade with { Notification = notification.Answered(accepted, answer) };
        }

        return true;
    });
}
