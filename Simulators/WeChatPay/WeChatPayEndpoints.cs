using System.Globalization;
using System.Text;
using System.Text.Json;
using Bzt.Simulators.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bzt.Simulators.WeChatPay;

/// <summary>微信支付 APIv3: H5 orders, query, close, refunds, platform certificates, and the page the buyer pays on.</summary>
static class WeChatPayEndpoints
{
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static void MapWeChatPay(this WebApplication app)
    {
        app.MapPost("/v3/pay/transactions/h5", (HttpContext context, WeChatPaySimulator simulator, WeChatPayCall call) => call.AnswerAsync(context, body => OpenH5(body, context.Request, simulator, call)));
        app.MapGet("/v3/pay/transactions/out-trade-no/{orderId}", (string orderId, string? mchid, HttpContext context, WeChatPaySimulator simulator, WeChatPayCall call) => call.AnswerAsync(context, _ =>
            mchid != call.Account.MerchantId ? ("PARAM_ERROR", null)
            : simulator.Find(orderId) is { } trade ? (null, Transaction(trade, call.Account))
            : ("ORDER_NOT_EXIST", null)));
        app.MapGet("/v3/pay/transactions/id/{transactionId}", (string transactionId, string? mchid, HttpContext context, WeChatPaySimulator simulator, WeChatPayCall call) => call.AnswerAsync(context, _ =>
            mchid != call.Account.MerchantId ? ("PARAM_ERROR", null)
            : simulator.FindBy(trade => trade.TransactionId == transactionId) is { } trade ? (null, Transaction(trade, call.Account))
            : ("ORDER_NOT_EXIST", null)));
        app.MapPost("/v3/pay/transactions/out-trade-no/{orderId}/close", (string orderId, HttpContext context, WeChatPaySimulator simulator, WeChatPayCall call) => call.AnswerAsync(context, body =>
            Read<CloseRequest>(body)?.Mchid != call.Account.MerchantId ? ("PARAM_ERROR", null) : (simulator.Close(orderId), null)));
        app.MapPost("/v3/refund/domestic/refunds", (HttpContext context, WeChatPaySimulator simulator, WeChatPayCall call) => call.AnswerAsync(context, body => Refund(body, simulator)));
        app.MapGet("/v3/refund/domestic/refunds/{refundNumber}", (string refundNumber, HttpContext context, WeChatPaySimulator simulator, WeChatPayCall call) => call.AnswerAsync(context, _ =>
            simulator.FindRefund(refundNumber) is { } refund ? (null, Refund(refund)) : ("RESOURCE_NOT_EXISTS", null)));
        app.MapGet("/v3/certificates", (HttpContext context, WeChatPayCall call) => call.AnswerAsync(context, _ => (null, Certificates(call.Account))));

        app.MapGet("/wechat-pay/checkmweb", ShowPage);
        app.MapPost("/wechat-pay/checkmweb/{prepayId}/pay", LeaveAsync);
    }

    static (string?, object?) OpenH5(byte[] body, HttpRequest http, WeChatPaySimulator simulator, WeChatPayCall call)
    {
        if (Read<H5Request>(body) is not
            {
                OutTradeNo: { Length: >= 6 and <= 32 } orderId, Description: { Length: >= 1 and <= 127 } description, NotifyUrl: { Length: <= 255 } notifyUrl,
                Amount: { Total: >= 1 and <= 100_000_000 } amount, SceneInfo: { PayerClientIp.Length: > 0, H5Info.Type.Length: > 0 },
            } request
            || !orderId.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '*') || amount.Currency is not (null or "CNY")
            || !Uri.TryCreate(notifyUrl, UriKind.Absolute, out var notify) || notify.Query.Length > 0)
        {
            return ("PARAM_ERROR", null);
        }

        if (request.Appid != call.Account.AppId || request.Mchid != call.Account.MerchantId)
        {
            return ("APPID_MCHID_NOT_MATCH", null);
        }

        var (error, trade) = simulator.Open(orderId, amount.Total, description, notifyUrl);
        return trade is null
            ? (error, null)
            : (null, new { h5_url = $"{http.Scheme}://{http.Host}/wechat-pay/checkmweb?prepay_id={trade.PrepayId}&package={RandomPackage()}" });
    }

    static (string?, object?) Refund(byte[] body, WeChatPaySimulator simulator)
    {
        if (Read<RefundRequest>(body) is not { OutRefundNo: { Length: >= 1 and <= 64 } number, Amount: { Currency: "CNY" } amount } request
            || (request.TransactionId is null) == (request.OutTradeNo is null) || request.Reason?.Length > 80)
        {
            return ("PARAM_ERROR", null);
        }

        var (error, refund) = simulator.Refund(number, request.OutTradeNo, request.TransactionId, amount.Refund, amount.Total);
        return refund is null ? (error, null) : (null, Refund(refund));
    }

    static object Refund(WeChatRefund refund) => new
    {
        refund_id = refund.RefundId,
        out_refund_no = refund.RefundNumber,
        transaction_id = refund.TransactionId,
        out_trade_no = refund.OrderId,
        channel = "ORIGINAL",
        user_received_account = "支付用户零钱",
        create_time = Time(refund.CreatedAt),
        status = refund.Status,
        amount = new { total = refund.AmountFen, refund = refund.AmountFen, payer_total = refund.AmountFen, payer_refund = refund.AmountFen, currency = "CNY" },
    };

    /// <summary>As a query answers and a notification seals.</summary>
    public static Dictionary<string, object> Transaction(WeChatTrade trade, WeChatPayAccount account)
    {
        var transaction = new Dictionary<string, object>
        {
            ["appid"] = account.AppId,
            ["mchid"] = account.MerchantId,
            ["out_trade_no"] = trade.OrderId,
            ["trade_state"] = trade.TradeState,
            ["trade_state_desc"] = WeChatPayPage.Describe(trade.TradeState),
        };
        if (trade is { TransactionId: { } id, PaidAt: { } paidAt })
        {
            transaction["transaction_id"] = id;
            transaction["trade_type"] = "MWEB";
            transaction["bank_type"] = "OTHERS";
            transaction["attach"] = "";
            transaction["success_time"] = Time(paidAt);
            transaction["payer"] = new { openid = "o0000000000000000000000000000" };
            transaction["amount"] = new { total = trade.AmountFen, payer_total = trade.AmountFen, currency = "CNY", payer_currency = "CNY" };
        }

        return transaction;
    }

    static object Certificates(WeChatPayAccount account) => new
    {
        data = new[]
        {
            new
            {
                serial_no = account.PlatformSerial(),
                effective_time = "2020-01-01T08:00:00+08:00",
                expire_time = "2120-01-01T08:00:00+08:00",
                encrypt_certificate = WeChatPaySignature.Seal(Encoding.UTF8.GetBytes(account.PlatformCertificate), "certificate", account),
            },
        },
    };

    static IResult ShowPage(string? prepay_id, string? redirect_url, WeChatPaySimulator simulator, TimeProvider time) =>
        simulator.FindBy(trade => trade.PrepayId == prepay_id) is { } trade
            ? new RazorComponentResult<WeChatPayCashier>(new { Trade = trade, ReturnUrl = redirect_url, Expired = time.GetUtcNow() - trade.PageAskedAt > WeChatPaySimulator.PageLifetime })
            : Results.NotFound();

    static async Task<IResult> LeaveAsync(string prepayId, HttpRequest request, WeChatPaySimulator simulator, WeChatPayNotifier notifier)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (simulator.FindBy(trade => trade.PrepayId == prepayId) is not { } trade)
        {
            return Results.NotFound();
        }

        if (simulator.Pay(trade.OrderId))
        {
            notifier.Send(trade.OrderId);
        }

        return Results.Redirect(Uri.TryCreate(form["returnUrl"], UriKind.Absolute, out var back) && back.Scheme is "http" or "https" ? back.AbsoluteUri : $"/wechat-pay/checkmweb?prepay_id={prepayId}");
    }

    /// <summary>RFC 3339, Beijing's.</summary>
    public static string Time(DateTimeOffset moment) => BeijingTime.Of(moment).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    static string RandomPackage() => Random.Shared.NextInt64(1_000_000_000, 9_999_999_999).ToString(CultureInfo.InvariantCulture);

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

    sealed record H5Request(string? Appid, string? Mchid, string? Description, string? OutTradeNo, string? NotifyUrl, Money? Amount, Scene? SceneInfo);

    sealed record Money(long Total, string? Currency);

    sealed record Scene(string? PayerClientIp, H5? H5Info);

    sealed record H5(string? Type);

    sealed record CloseRequest(string? Mchid);

    sealed record RefundRequest(string? TransactionId, string? OutTradeNo, string? OutRefundNo, string? Reason, RefundMoney? Amount);

    sealed record RefundMoney(long Refund, long Total, string? Currency);
}
