using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Payments;

/// <summary>微信支付 APIv3, H5支付: <c>/v3/pay/transactions/h5</c>, its notification, query, close, and <c>/v3/refund/domestic/refunds</c>.</summary>
sealed class WeChatPayment(IHttpClientFactory http, IOptions<WeChatPayOptions> options, TimeProvider time) : IPaymentProvider
{
    public const string HttpClientName = "wechat-pay";
    const string NoSignature = "answer without a valid signature";

    /// <summary>WeChat's page is good for five minutes; a user who gets it in the last second is not well served.</summary>
    static readonly TimeSpan PageLifetime = TimeSpan.FromMinutes(4);

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    // Made when first used: without an account there is no key.
    readonly Lazy<WeChatPaySignature> signature = new(() => new(options.Value));

    public string Name => "wechat";

    public bool Offered => options.Value.MerchantId.Length > 0;

    public string NotificationReceived => """{"code":"SUCCESS","message":"成功"}""";

    public async Task<PaymentCreation> CreateAsync(
        string orderId, long amountFen, string subject, Uri notifyUrl, Uri returnUrl, string? payerAddress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amountFen, 1);
        var answer = await CallAsync(HttpMethod.Post, "v3/pay/transactions/h5", new
        {
            Appid = options.Value.AppId,
            Mchid = options.Value.MerchantId,
            Description = Truncate(subject, 127),
            OutTradeNo = orderId,
            NotifyUrl = notifyUrl.AbsoluteUri,
            Amount = new { Total = amountFen, Currency = "CNY" },
            SceneInfo = new { PayerClientIp = payerAddress ?? "127.0.0.1", H5Info = new { Type = "Wap" } },
        }, cancellation);
        return answer switch
        {
            { Body: { } body } => Read<H5Page>(body) is { H5Url: { } url } && Uri.TryCreate(url, UriKind.Absolute, out var page) && ProviderEndpoint.IsSafe(page)
                ? new PaymentCreation.Ok(new Uri($"{page.AbsoluteUri}{(page.Query.Length == 0 ? "?" : "&")}redirect_url={Uri.EscapeDataString(returnUrl.AbsoluteUri)}"), time.GetUtcNow() + PageLifetime)
                : new PaymentCreation.Unavailable("unreadable answer"),
            { Error: { } code } => new PaymentCreation.Refused(code),
            _ => new PaymentCreation.Unavailable(answer.Failure),
        };
    }

    public bool TryReadNotification(IReadOnlyDictionary<string, string> message, [NotNullWhen(true)] out PaymentNotification? notification)
    {
        notification = null;

        // 1. WeChat's signature over the body as it came.
        if (!Offered || !message.TryGetValue("body", out var body) || !signature.Value.IsAuthentic(message.GetValueOrDefault, Encoding.UTF8.GetBytes(body), time.GetUtcNow()))
        {
            return false;
        }

        // 2. Sealed with the key that is ours alone.
        if (Read<Event>(Encoding.UTF8.GetBytes(body)) is not { Id: { Length: > 0 } id, EventType: "TRANSACTION.SUCCESS", Resource: { Algorithm: "AEAD_AES_256_GCM", Ciphertext: { } ciphertext, Nonce: { } nonce } sealedIn }
            || signature.Value.Open(ciphertext, nonce, sealedIn.AssociatedData ?? "") is not { } opened)
        {
            return false;
        }

        // 3. Meant for us; what happened to which order.
        if (Read<Transaction>(opened) is not { } transaction || transaction.Mchid != options.Value.MerchantId || transaction.Appid != options.Value.AppId || Status(transaction) is not { } status)
        {
            return false;
        }

        notification = new(id, status);
        return true;
    }

    public async Task<PaymentQuery> QueryAsync(string orderId, CancellationToken cancellation)
    {
        var answer = await CallAsync(HttpMethod.Get, $"v3/pay/transactions/out-trade-no/{Uri.EscapeDataString(orderId)}?mchid={options.Value.MerchantId}", null, cancellation);
        return answer switch
        {
            { Body: { } body } => Read<Transaction>(body) is { } transaction && transaction.OutTradeNo == orderId && transaction.Mchid == options.Value.MerchantId && Status(transaction) is { } status
                ? new PaymentQuery.Ok(status)
                : new PaymentQuery.Unavailable("unreadable answer"),
            { Error: { } code } => new PaymentQuery.Refused(Refusal(code), code),
            _ => new PaymentQuery.Unavailable(answer.Failure),
        };
    }

    public async Task<PaymentClosing> CloseAsync(string orderId, CancellationToken cancellation)
    {
        var answer = await CallAsync(HttpMethod.Post, $"v3/pay/transactions/out-trade-no/{Uri.EscapeDataString(orderId)}/close", new { Mchid = options.Value.MerchantId }, cancellation);
        return answer switch
        {
            { Body: not null } => new PaymentClosing.Ok(),
            { Error: { } code } => new PaymentClosing.Refused(Refusal(code), code),
            _ => new PaymentClosing.Unavailable(answer.Failure),
        };
    }

    public async Task<RefundResult> RefundAsync(string tradeId, string refundNumber, long amountFen, string reason, CancellationToken cancellation)
    {
        var answer = await CallAsync(HttpMethod.Post, "v3/refund/domestic/refunds", new
        {
            TransactionId = tradeId,
            OutRefundNo = refundNumber,
            Reason = Truncate(reason, 80),
            Amount = new { Refund = amountFen, Total = amountFen, Currency = "CNY" },
        }, cancellation);
        return answer switch
        {
            { Body: { } body } => Read<Refund>(body) is { Status: { } status } refund && refund.OutRefundNo == refundNumber && refund.TransactionId == tradeId
                ? status switch
                {
                    "SUCCESS" => new RefundResult.Ok(),
                    "PROCESSING" => new RefundResult.Processing(),
                    _ => new RefundResult.Refused(status),
                }
                : new RefundResult.Unavailable("unreadable answer"),
            { Error: { } code } => new RefundResult.Refused(code),
            _ => new RefundResult.Unavailable(answer.Failure),
        };
    }

    async Task<Answer> CallAsync(HttpMethod method, string path, object? content, CancellationToken cancellation)
    {
        if (!Offered)
        {
            return new(null, null, "not configured");
        }

        var body = content is null ? "" : JsonSerializer.Serialize(content, Json);
        using var request = new HttpRequestMessage(method, new Uri(options.Value.Endpoint, "/" + path))
        {
            Content = content is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
            // WeChat refuses requests that do not say both.
            Headers = { { "Accept", "application/json" }, { "User-Agent", "BztCluster" } },
        };
        signature.Value.Sign(request, body, time.GetUtcNow());
        using var client = http.CreateClient(HttpClientName);
        var (answer, failure) = await ProviderCall.SendAsync(client, request, options.Value.Timeout, time, cancellation);
        if (answer is not { } received)
        {
            return new(null, null, failure);
        }

        var error = received.Status is 200 or 204 ? null : Read<ErrorBody>(received.Body)?.Code;
        return error switch
        {
            // About our keys and clock, so WeChat cannot be expected to sign it; nobody gains by forging it.
            { Length: > 0 } when received.Status == 401 => new(null, error, ""),
            _ when !signature.Value.IsAuthentic(received.Header, received.Body, time.GetUtcNow()) => new(null, null, received.Status is 200 or 204 ? NoSignature : $"HTTP {received.Status}"),
            null when received.Status is 200 or 204 => new(received.Body, null, ""),
            "SYSTEM_ERROR" or "SYSTEMERROR" or "BANK_ERROR" or "FREQUENCY_LIMITED" or "FREQUENCY_LIMIT_EXCEED" or "RATELIMIT_EXCEEDED" => new(null, null, error),
            { Length: > 0 } when received.Status < 500 => new(null, error, ""),
            _ => new(null, null, $"HTTP {received.Status}"),
        };
    }

    static PaymentRefusal Refusal(string code) => code switch
    {
        "ORDER_NOT_EXIST" or "ORDERNOTEXIST" or "RESOURCE_NOT_EXISTS" => PaymentRefusal.UnknownOrder,
        "ORDERPAID" or "ORDER_PAID" => PaymentRefusal.Paid,
        "SIGN_ERROR" or "NO_AUTH" or "MCH_NOT_EXISTS" or "APPID_MCHID_NOT_MATCH" => PaymentRefusal.Account,
        _ => PaymentRefusal.Other,
    };

    static PaymentStatus? Status(Transaction transaction)
    {
        PaymentState? state = transaction.TradeState switch
        {
            "NOTPAY" or "USERPAYING" or "PAYERROR" or "ACCEPT" => PaymentState.Waiting,
            "SUCCESS" => PaymentState.Paid,
            "CLOSED" or "REVOKED" or "REFUND" => PaymentState.Closed,
            _ => null,
        };

        // An order that was never paid has no transaction id yet, nor an amount that was paid.
        return state is { } known && transaction.OutTradeNo is { Length: > 0 } orderId
            && (known != PaymentState.Paid || transaction is { TransactionId.Length: > 0, Amount: { Total: > 0, Currency: "CNY" or null } })
                ? new(orderId, transaction.TransactionId ?? "", known, transaction.Amount?.Total ?? 0, transaction.SuccessTime?.ToUniversalTime())
                : null;
    }

    static string Truncate(string text, int length) => text.Length <= length ? text : text[..length];

    static T? Read<T>(byte[] body) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A signed body, an error code, or why there is neither.</summary>
    sealed record Answer(byte[]? Body, string? Error, string Failure);

    sealed record H5Page(string? H5Url);

    sealed record ErrorBody(string? Code);

    sealed record Event(string? Id, string? EventType, Sealed? Resource);

    sealed record Sealed(string? Algorithm, string? Ciphertext, string? AssociatedData, string? Nonce);

    sealed record Transaction(
        string? Appid, string? Mchid, string? OutTradeNo, string? TransactionId, string? TradeState, DateTimeOffset? SuccessTime, Money? Amount);

    sealed record Money(long Total, string? Currency);

    sealed record Refund(string? OutRefundNo, string? TransactionId, string? Status);
}
