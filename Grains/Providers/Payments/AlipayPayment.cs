using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Payments;

/// <summary>支付宝 电脑网站支付: <c>alipay.trade.page.pay</c>, its asynchronous notification, and <c>alipay.trade.query</c>.</summary>
sealed class AlipayPayment(IHttpClientFactory http, IOptions<AlipayOptions> options, TimeProvider time) : IPaymentProvider
{
    public const string HttpClientName = "alipay";
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    readonly AlipaySignature signature = new(options.Value);

    public string Name => "alipay";

    public string NotificationReceived => "success";

    /// <remarks>The address is signed here; Alipay learns of the order when the browser opens it, so this cannot fail for Alipay's trouble.</remarks>
    public Task<PaymentCreation> CreateAsync(string orderId, long amountFen, string subject, Uri notifyUrl, Uri returnUrl, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amountFen, 1);
        var parameters = Request("alipay.trade.page.pay", new()
        {
            ["out_trade_no"] = orderId,
            ["product_code"] = "FAST_INSTANT_TRADE_PAY",
            ["total_amount"] = AlipayAmount.Text(amountFen),
            ["subject"] = subject,
        });
        parameters["notify_url"] = notifyUrl.AbsoluteUri;
        parameters["return_url"] = returnUrl.AbsoluteUri;
        parameters["sign"] = signature.Sign(AlipaySignature.Content(parameters));
        var query = string.Join('&', parameters.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        return Task.FromResult<PaymentCreation>(new PaymentCreation.Ok(new UriBuilder(options.Value.Gateway!) { Query = query }.Uri));
    }

    public bool TryReadNotification(IReadOnlyDictionary<string, string> form, [NotNullWhen(true)] out PaymentNotification? notification)
    {
        notification = null;

        // 1. Alipay's signature over everything but itself and its type.
        if (form.GetValueOrDefault("sign_type") != "RSA2" || !form.TryGetValue("sign", out var sign)
            || !signature.Verify(Encoding.UTF8.GetBytes(AlipaySignature.Content(form.Where(pair => pair.Key is not ("sign" or "sign_type")))), sign))
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
        var parameters = Request("alipay.trade.query", new() { ["out_trade_no"] = orderId });
        parameters["sign"] = signature.Sign(AlipaySignature.Content(parameters));
        using var content = new FormUrlEncodedContent(parameters);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Value.Gateway) { Content = content };
        using var client = http.CreateClient(HttpClientName);
        var (answer, failure) = await ProviderCall.SendAsync(client, request, options.Value.Timeout, time, cancellation);
        if (answer is not { } received)
        {
            return new PaymentQuery.Unavailable(failure);
        }

        if (received.Status != 200 || ReadSigned(received.Body, "alipay_trade_query_response") is not { } fields)
        {
            return new PaymentQuery.Unavailable("answer without a valid signature");
        }

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

    SortedDictionary<string, string> Request(string method, Dictionary<string, string> content) => new(StringComparer.Ordinal)
    {
        ["app_id"] = options.Value.AppId,
        ["method"] = method,
        ["format"] = "JSON",
        ["charset"] = "utf-8",
        ["sign_type"] = "RSA2",
        ["timestamp"] = AlipayTime.Text(time.GetUtcNow()),
        ["version"] = "1.0",
        ["biz_content"] = JsonSerializer.Serialize(content, Json),
    };

    // The signature is over the inner object's characters as they came.
    Dictionary<string, string>? ReadSigned(byte[] body, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty(name, out var inner) || inner.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("sign", out var sign) || sign.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            var raw = Encoding.UTF8.GetBytes(inner.GetRawText());
            return signature.Verify(raw, sign.GetString()!) ? ProviderCall.TryReadStrings(raw) : null;
        }
        catch (JsonException)
        {
            return null;
        }
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
