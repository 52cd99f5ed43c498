using System.Globalization;
using System.Text.RegularExpressions;

namespace Bzt.Simulators.Alipay;

/// <summary><c>alipay.trade.page.pay</c>, <c>alipay.trade.query</c>, <c>.close</c>, <c>.refund</c>, <c>alipay.trade.fastpay.refund.query</c>.</summary>
sealed partial class TradeInterfaces(AlipaySimulator simulator, AlipayNotifier notifier)
{
    const string BuyerLogon = "bzt***@example.com";

    /// <summary>What <c>page.pay</c> opens; a sub_code in its place.</summary>
    public (string? Error, Trade? Trade) Open(Dictionary<string, string> content, string? notifyUrl, string? returnUrl)
    {
        var (orderId, amount, subject) = (content.GetValueOrDefault("out_trade_no", ""), content.GetValueOrDefault("total_amount", ""), content.GetValueOrDefault("subject", ""));
        if (orderId.Length is 0 or > 64 || subject.Length is 0 or > 256 || !AmountFormat().IsMatch(amount) || Amount(amount) is < 0.01m or > 100_000_000m
            || content.GetValueOrDefault("product_code") != "FAST_INSTANT_TRADE_PAY")
        {
            return ("ACQ.INVALID_PARAMETER", null);
        }

        return simulator.Open(orderId, amount, subject, notifyUrl, returnUrl) is { } error ? (error, null) : (null, simulator.Find(orderId));
    }

    public Dictionary<string, string> Answer(string method, Dictionary<string, string> content) =>
        method is not ("alipay.trade.query" or "alipay.trade.close" or "alipay.trade.refund" or "alipay.trade.fastpay.refund.query") ? AlipayAnswer.UnknownMethod()
        : Find(content) is not { } trade ? AlipayAnswer.Failed("ACQ.TRADE_NOT_EXIST")
        : method switch
        {
            "alipay.trade.query" => Query(trade),
            "alipay.trade.close" => Close(trade),
            "alipay.trade.refund" => Refund(trade, content),
            _ => QueryRefund(trade, content),
        };

    Trade? Find(Dictionary<string, string> content) => content.TryGetValue("out_trade_no", out var orderId) ? simulator.Find(orderId)
        : content.TryGetValue("trade_no", out var tradeNo) ? simulator.FindByTradeNo(tradeNo)
        : null;

    static Dictionary<string, string> Query(Trade trade)
    {
        var answer = AlipayAnswer.Success(
            ("buyer_logon_id", BuyerLogon), ("buyer_pay_amount", "0.00"), ("invoice_amount", "0.00"), ("out_trade_no", trade.OrderId), ("point_amount", "0.00"),
            ("receipt_amount", "0.00"), ("total_amount", trade.Amount), ("trade_no", trade.TradeNo), ("trade_status", trade.WireStatus));
        if (trade.PaidAt is { } paidAt)
        {
            answer["send_pay_date"] = BeijingTime.Text(paidAt);
        }

        return answer;
    }

    Dictionary<string, string> Close(Trade trade)
    {
        if (!simulator.Finish(trade.OrderId, TradeStatus.TradeClosed))
        {
            return AlipayAnswer.Failed("ACQ.REASON_TRADE_STATUS_INVALID");
        }

        notifier.Send(trade.OrderId);
        return AlipayAnswer.Success(("trade_no", trade.TradeNo), ("out_trade_no", trade.OrderId));
    }

    Dictionary<string, string> Refund(Trade trade, Dictionary<string, string> content)
    {
        var (amount, requestNumber) = (content.GetValueOrDefault("refund_amount", ""), content.GetValueOrDefault("out_request_no", ""));
        if (!AmountFormat().IsMatch(amount) || requestNumber.Length is 0 or > 64)
        {
            return AlipayAnswer.Failed("ACQ.INVALID_PARAMETER");
        }

        var (error, after, moved) = simulator.Refund(trade.OrderId, requestNumber, Amount(amount));
        if (after is null)
        {
            return AlipayAnswer.Failed(error!);
        }

        if (moved)
        {
            notifier.Send(trade.OrderId);
        }

        return AlipayAnswer.Success(
            ("trade_no", trade.TradeNo), ("out_trade_no", trade.OrderId), ("buyer_logon_id", BuyerLogon),
            ("fund_change", moved ? "Y" : "N"), ("refund_fee", Text(after.Refunds!.Value.Sum(refund => refund.Amount))));
    }

    /// <summary>A refund that is not there is a success too, and says nothing of one.</summary>
    static Dictionary<string, string> QueryRefund(Trade trade, Dictionary<string, string> content)
    {
        var answer = AlipayAnswer.Success(("trade_no", trade.TradeNo), ("out_trade_no", trade.OrderId), ("total_amount", trade.Amount));
        if (trade.Refunds?.FirstOrDefault(refund => refund.RequestNumber == content.GetValueOrDefault("out_request_no")) is { } found)
        {
            answer["out_request_no"] = found.RequestNumber;
            answer["refund_status"] = "REFUND_SUCCESS";
            answer["refund_amount"] = Text(found.Amount);
        }

        return answer;
    }

    static decimal Amount(string yuan) => decimal.Parse(yuan, CultureInfo.InvariantCulture);

    static string Text(decimal yuan) => yuan.ToString("0.00", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(0|[1-9]\d{0,8})(\.\d{1,2})?$")]
    private static partial Regex AmountFormat();
}
