using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Payments;

/// <summary>
/// 支付宝 电脑网站支付: <c>alipay.trade.page.pay</c>, its asynchronous notification, <c>alipay.trade.query</c>, <c>.close</c>, <c>.refund</c>, and
/// <c>alipay.trade.fastpay.refund.query</c>.
/// </summary>
sealed class AlipayPayment(AlipayGateway gateway, IOptions<AlipayOptions> options) : IPaymentProvider
{
    public string Name => "alipay";

    public bool Offered => true;

    public string NotificationReceived => "success";

    /// <remarks>The address is signed here; Alipay learns of the order when the browser opens it, so this cannot fail for Alipay's trouble.</remarks>
    public Task<PaymentCreation> CreateAsync(string orderId, long amountFen, string subject, Uri notifyUrl, Uri returnUrl, string? payerAddress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amountFen, 1);
        return Task.FromResult<PaymentCreation>(new PaymentCreation.Ok(gateway.Page(
            "alipay.trade.page.pay",
            new JsonObject
            {
                ["out_trade_no"] = orderId,
                ["product_code"] = "FAST_INSTANT_TRADE_PAY",
                ["total_amount"] = AlipayAmount.Text(amountFen),
                ["subject"] = subject,
            },
            ("notify_url", notifyUrl.AbsoluteUri), ("return_url", returnUrl.AbsoluteUri))));
    }

    public bool TryReadNotification(IReadOnlyDictionary<string, string> message, [NotNullWhen(true)] out PaymentNotification? notification)
    {
        notification = null;

        // 1. Alipay's signature over everything but itself and its type.
        if (message.GetValueOrDefault("sign_type") != "RSA2" || !message.TryGetValue("sign", out var sign)
            || !gateway.Signature.Verify(Encoding.UTF8.GetBytes(AlipaySignature.Content(message.Where(pair => pair.Key is not ("sign" or "sign_type")))), sign))
        {
            return false;
        }

        // 2. Meant for us: the same key signs for every merchant.
        if (message.GetValueOrDefault("app_id") != options.Value.AppId || message.GetValueOrDefault("seller_id") != options.Value.SellerId)
        {
            return false;
        }

        // 3. What happened to which order.
        if (message.GetValueOrDefault("notify_id") is not { Length: > 0 } id || Status(message, message.GetValueOrDefault("gmt_payment")) is not { } status)
        {
            return false;
        }

        notification = new(id, status);
        return true;
    }

    public async Task<PaymentQuery> QueryAsync(string orderId, CancellationToken cancellation)
    {
        var answer = await gateway.CallAsync("alipay.trade.query", new JsonObject { ["out_trade_no"] = orderId }, cancellation);
        if (answer.Fields is not { } signed)
        {
            return new PaymentQuery.Unavailable(answer.Failure);
        }

        var fields = ProviderCall.Strings(signed);
        return (fields.GetValueOrDefault("code"), fields.GetValueOrDefault("sub_code", "")) switch
        {
            ("10000", _) => Status(fields, fields.GetValueOrDefault("send_pay_date")) is { } status && status.OrderId == orderId
                ? new PaymentQuery.Ok(status)
                : new PaymentQuery.Unavailable("unreadable answer"),
            (_, "ACQ.TRADE_NOT_EXIST") => new PaymentQuery.Refused(PaymentRefusal.UnknownOrder, "ACQ.TRADE_NOT_EXIST"),
            ("20000", var subCode) => new PaymentQuery.Unavailable(subCode),
            (_, "ACQ.SYSTEM_ERROR") => new PaymentQuery.Unavailable("ACQ.SYSTEM_ERROR"),
            (_, var subCode) when subCode.StartsWith("isv.", StringComparison.Ordinal) => new PaymentQuery.Refused(PaymentRefusal.Account, subCode),
            (_, var subCode) => new PaymentQuery.Refused(PaymentRefusal.Other, subCode),
        };
    }

    public async Task<PaymentClosing> CloseAsync(string orderId, CancellationToken cancellation)
    {
        var answer = await gateway.CallAsync("alipay.trade.close", new JsonObject { ["out_trade_no"] = orderId }, cancellation);
        return Code(answer) switch
        {
            _ when answer.Fields is null => new PaymentClosing.Unavailable(answer.Failure),
            "10000" => new PaymentClosing.Ok(),
            "ACQ.TRADE_NOT_EXIST" => new PaymentClosing.Refused(PaymentRefusal.UnknownOrder, "ACQ.TRADE_NOT_EXIST"),
            var code when code is "ACQ.REASON_TRADE_STATUS_INVALID" or "ACQ.TRADE_STATUS_ERROR" => new PaymentClosing.Refused(PaymentRefusal.Paid, code),
            var code when IsTrouble(answer, code) => new PaymentClosing.Unavailable(code),
            var code => new PaymentClosing.Refused(code.StartsWith("isv.", StringComparison.Ordinal) ? PaymentRefusal.Account : PaymentRefusal.Other, code),
        };
    }

    public async Task<RefundResult> RefundAsync(string tradeId, string refundNumber, long amountFen, string reason, CancellationToken cancellation)
    {
        var answer = await gateway.CallAsync("alipay.trade.refund", new JsonObject
        {
            ["trade_no"] = tradeId,
            ["refund_amount"] = AlipayAmount.Text(amountFen),
            ["out_request_no"] = refundNumber,
            ["refund_reason"] = reason,
        }, cancellation);
        return Code(answer) switch
        {
            _ when answer.Fields is null => new RefundResult.Unavailable(answer.Failure),
            "10000" when answer["trade_no"] != tradeId => new RefundResult.Unavailable("unreadable answer"),
            "10000" when answer["fund_change"] == "Y" => new RefundResult.Ok(),
            // No money moved by this call: moved before, or not yet.
            "10000" => await RefundStateAsync(tradeId, refundNumber, cancellation),
            var code when IsTrouble(answer, code) => new RefundResult.Unavailable(code),
            var code => new RefundResult.Refused(code),
        };
    }

    async Task<RefundResult> RefundStateAsync(string tradeId, string refundNumber, CancellationToken cancellation)
    {
        var answer = await gateway.CallAsync("alipay.trade.fastpay.refund.query", new JsonObject { ["trade_no"] = tradeId, ["out_request_no"] = refundNumber }, cancellation);
        return answer.Fields is null ? new RefundResult.Unavailable(answer.Failure)
            : Code(answer) == "10000" && answer["refund_status"] == "REFUND_SUCCESS" ? new RefundResult.Ok()
            : Code(answer) == "10000" ? new RefundResult.Processing()
            : new RefundResult.Unavailable(Code(answer));
    }

    /// <summary>10000, or what went wrong as exactly as Alipay says.</summary>
    static string Code(AlipayAnswer answer) => answer["sub_code"] ?? answer["code"] ?? "";

    /// <summary>Alipay's own trouble, which says nothing about the trade.</summary>
    static bool IsTrouble(AlipayAnswer answer, string code) =>
        answer["code"] == "20000" || code is "ACQ.SYSTEM_ERROR" or "aop.ACQ.SYSTEM_ERROR" or "";

    static PaymentStatus? Status(IReadOnlyDictionary<string, string> fields, string? paidAt)
    {
        PaymentState? state = fields.GetValueOrDefault("trade_status") switch
        {
            "WAIT_BUYER_PAY" => PaymentState.Waiting,
            "TRADE_SUCCESS" or "TRADE_FINISHED" => PaymentState.Paid,
            "TRADE_CLOSED" => PaymentState.Closed,
            _ => null,
        };
        return state is { } known
            && fields.GetValueOrDefault("out_trade_no") is { Length: > 0 } orderId
            && fields.GetValueOrDefault("trade_no") is { Length: > 0 } tradeId
            && AlipayAmount.TryParse(fields.GetValueOrDefault("total_amount"), out var fen)
                ? new(orderId, tradeId, known, fen, AlipayTime.TryParse(paidAt))
                : null;
    }
}
