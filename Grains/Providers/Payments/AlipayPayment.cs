using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Payments;

/// <summary>支付宝 电脑网站支付: <c>alipay.trade.page.pay</c>, its asynchronous notification, and <c>alipay.trade.query</c>.</summary>
sealed class AlipayPayment(AlipayGateway gateway, IOptions<AlipayOptions> options) : IPaymentProvider
{
    public string Name => "alipay";

    public string NotificationReceived => "success";

    /// <remarks>The address is signed here; Alipay learns of the order when the browser opens it, so this cannot fail for Alipay's trouble.</remarks>
    public Task<PaymentCreation> CreateAsync(string orderId, long amountFen, string subject, Uri notifyUrl, Uri returnUrl, CancellationToken cancellation)
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

    public bool TryReadNotification(IReadOnlyDictionary<string, string> form, [NotNullWhen(true)] out PaymentNotification? notification)
    {
        notification = null;

        // 1. Alipay's signature over everything but itself and its type.
        if (form.GetValueOrDefault("sign_type") != "RSA2" || !form.TryGetValue("sign", out var sign)
            || !gateway.Signature.Verify(Encoding.UTF8.GetBytes(AlipaySignature.Content(form.Where(pair => pair.Key is not ("sign" or "sign_type")))), sign))
        {
            return false;
        }

        // 2. Meant for us: the same key signs for every merchant.
        if (form.GetValueOrDefault("app_id") != options.Value.AppId || form.GetValueOrDefault("seller_id") != options.Value.SellerId)
        {
            return false;
        }

        // 3. What happened to which order.
        if (form.GetValueOrDefault("notify_id") is not { Length: > 0 } id || Status(form, form.GetValueOrDefault("gmt_payment")) is not { } status)
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
