using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Bzt.Simulators.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bzt.Simulators.Alipay;

/// <summary>
/// 开放平台 gateway: <c>alipay.trade.page.pay</c>, <c>alipay.trade.query</c>, <c>.close</c>, <c>.refund</c>, <c>alipay.trade.fastpay.refund.query</c>, and the cashier the first leads to;
/// <c>alipay.user.certify.open.initialize</c>, <c>.certify</c>, <c>.query</c>, and the page the second leads to.
/// </summary>
static partial class AlipayEndpoints
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static void MapAlipay(this WebApplication app)
    {
        app.MapMethods("/gateway.do", ["GET", "POST"], GatewayAsync);
        app.MapGet("/alipay/cashier/{tradeNo}", ShowCashier);
        app.MapGet("/alipay/certify/{certifyId}", IResult (string certifyId, Certifications certifications) =>
            certifications.Find(certifyId) is { } certification ? new RazorComponentResult<CertifyPage>(new { Certification = certification }) : Results.NotFound());
        app.MapPost("/alipay/certify/{certifyId}/agree", (string certifyId, Certifications certifications) => Leave(certifications.Answer(certifyId, agree: true)));
        app.MapPost("/alipay/certify/{certifyId}/refuse", (string certifyId, Certifications certifications) => Leave(certifications.Answer(certifyId, agree: false)));
        app.MapPost("/alipay/cashier/{tradeNo}/pay", (string tradeNo, AlipaySimulator simulator, AlipayNotifier notifier) => Leave(tradeNo, TradeStatus.TradeSuccess, simulator, notifier));
        app.MapPost("/alipay/cashier/{tradeNo}/close", (string tradeNo, AlipaySimulator simulator, AlipayNotifier notifier) => Leave(tradeNo, TradeStatus.TradeClosed, simulator, notifier));
    }

    static async Task<IResult> GatewayAsync(HttpContext context, AlipaySimulator simulator, AlipayNotifier notifier, Certifications certifications, SimulatorKeys keys, Steering steering, TimeProvider time)
    {
        var parameters = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        if (context.Request.HasFormContentType)
        {
            foreach (var (name, value) in await context.Request.ReadFormAsync(context.RequestAborted))
            {
                parameters[name] = value.ToString();
            }
        }

        var method = parameters.GetValueOrDefault("method", "");
        if (Check(parameters, keys, time.GetUtcNow()) is { } error)
        {
            return Signed(keys, method, new() { ["code"] = "40002", ["msg"] = "Invalid Arguments", ["sub_code"] = error, ["sub_msg"] = SubMessage(error) });
        }

        if (method == "alipay.trade.page.pay")
        {
            return PagePay(parameters, simulator);
        }

        if (method == "alipay.user.certify.open.certify")
        {
            return certifications.Find(BizContent(parameters).GetValueOrDefault("certify_id", "")) is { } found
                ? Results.Redirect($"/alipay/certify/{found.CertifyId}")
                : new RazorComponentResult<CashierErrorPage>(new { Code = "CERTIFY_ID_EXPIRED", Message = SubMessage("CERTIFY_ID_EXPIRED") }) { StatusCode = StatusCodes.Status400BadRequest };
        }

        var certify = method.StartsWith("alipay.user.certify.", StringComparison.Ordinal);
        var steer = await steering.NextAsync(certify ? "alipay-certify" : "alipay", context.RequestAborted);
        if (steer is { Kind: Disturbance.Garbage })
        {
            return Results.Text("<html>系统繁忙</html>", "text/html");
        }

        var answer = steer is { Kind: Disturbance.Fail } ? Failed(steer.Code ?? (certify ? "SYSTEM_ERROR" : "ACQ.SYSTEM_ERROR"))
            : certify ? Certify(method, BizContent(parameters), certifications)
            : Answer(method, parameters, simulator, notifier);
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return steer.Shape(Signed(keys, method, answer));
    }

    static string? Check(Dictionary<string, string> parameters, SimulatorKeys keys, DateTimeOffset now)
    {
        // 1. The application, and what the gateway speaks.
        if (parameters.GetValueOrDefault("app_id") != keys.AlipayAppId)
        {
            return "isv.invalid-app-id";
        }

        if (parameters.GetValueOrDefault("sign_type") != "RSA2")
        {
            return "isv.invalid-signature-type";
        }

        if (!string.Equals(parameters.GetValueOrDefault("charset"), "utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return "isv.invalid-charset";
        }

        // 2. The merchant's signature over all parameters but itself.
        if (!AlipaySignature.Verify(AlipaySignature.Content(parameters, "sign"), parameters.GetValueOrDefault("sign", ""), keys.MerchantPublicKey()))
        {
            return "isv.invalid-signature";
        }

        // 3. Beijing time, near ours.
        return BeijingTime.TryParse(parameters.GetValueOrDefault("timestamp"), out var timestamp) && (now - timestamp).Duration() <= Window
            ? null
            : "isv.invalid-timestamp";
    }

    static IResult PagePay(Dictionary<string, string> parameters, AlipaySimulator simulator)
    {
        var content = BizContent(parameters);
        var (orderId, amount, subject) = (content.GetValueOrDefault("out_trade_no", ""), content.GetValueOrDefault("total_amount", ""), content.GetValueOrDefault("subject", ""));
        var error = orderId.Length is 0 or > 64 || subject.Length is 0 or > 256 || !AmountFormat().IsMatch(amount) || decimal.Parse(amount, CultureInfo.InvariantCulture) is < 0.01m or > 100_000_000m
            || content.GetValueOrDefault("product_code") != "FAST_INSTANT_TRADE_PAY"
                ? "ACQ.INVALID_PARAMETER"
                : simulator.Open(orderId, amount, subject, parameters.GetValueOrDefault("notify_url"), parameters.GetValueOrDefault("return_url"));
        return error is null
            ? Results.Redirect($"/alipay/cashier/{simulator.Find(orderId)!.TradeNo}")
            : new RazorComponentResult<CashierErrorPage>(new { Code = error, Message = SubMessage(error) }) { StatusCode = StatusCodes.Status400BadRequest };
    }

    static Dictionary<string, string> Answer(string method, Dictionary<string, string> parameters, AlipaySimulator simulator, AlipayNotifier notifier)
    {
        var content = BizContent(parameters);
        var trade = content.TryGetValue("out_trade_no", out var orderId) ? simulator.Find(orderId)
            : content.TryGetValue("trade_no", out var tradeNo) ? simulator.FindByTradeNo(tradeNo) : null;
        switch (method)
        {
            case "alipay.trade.query" when trade is not null:
                var answer = new Dictionary<string, string>
                {
                    ["code"] = "10000",
                    ["msg"] = "Success",
                    ["buyer_logon_id"] = "bzt***@example.com",
                    ["buyer_pay_amount"] = "0.00",
                    ["invoice_amount"] = "0.00",
                    ["out_trade_no"] = trade.OrderId,
                    ["point_amount"] = "0.00",
                    ["receipt_amount"] = "0.00",
                    ["total_amount"] = trade.Amount,
                    ["trade_no"] = trade.TradeNo,
                    ["trade_status"] = trade.WireStatus,
                };
                if (trade.PaidAt is { } paidAt)
                {
                    answer["send_pay_date"] = BeijingTime.Text(paidAt);
                }

                return answer;
            case "alipay.trade.close" when trade is not null:
                if (!simulator.Finish(trade.OrderId, TradeStatus.TradeClosed))
                {
                    return Failed("ACQ.REASON_TRADE_STATUS_INVALID");
                }

                notifier.Send(trade.OrderId);
                return new() { ["code"] = "10000", ["msg"] = "Success", ["trade_no"] = trade.TradeNo, ["out_trade_no"] = trade.OrderId };
            case "alipay.trade.refund" when trade is not null:
                return Refund(trade, content, simulator, notifier);
            case "alipay.trade.fastpay.refund.query" when trade is not null:
                var found = trade.Refunds?.FirstOrDefault(refund => refund.RequestNumber == content.GetValueOrDefault("out_request_no"));
                return new Dictionary<string, string>
                {
                    ["code"] = "10000", ["msg"] = "Success", ["trade_no"] = trade.TradeNo, ["out_trade_no"] = trade.OrderId, ["total_amount"] = trade.Amount,
                    ["out_request_no"] = found?.RequestNumber ?? "", ["refund_status"] = found is null ? "" : "REFUND_SUCCESS", ["refund_amount"] = found is null ? "" : Text(found.Amount),
                }.Where(field => field.Value.Length > 0).ToDictionary();
            case "alipay.trade.query" or "alipay.trade.close" or "alipay.trade.refund" or "alipay.trade.fastpay.refund.query":
                return Failed("ACQ.TRADE_NOT_EXIST");
            default:
                return UnknownMethod();
        }
    }

    static Dictionary<string, string> UnknownMethod() =>
        new() { ["code"] = "40002", ["msg"] = "Invalid Arguments", ["sub_code"] = "isv.invalid-method", ["sub_msg"] = "不存在的方法名" };

    static Dictionary<string, string> Certify(string method, Dictionary<string, string> content, Certifications certifications)
    {
        switch (method)
        {
            case "alipay.user.certify.open.initialize":
                return certifications.Initialize(content) is { } certifyId
                    ? new() { ["code"] = "10000", ["msg"] = "Success", ["certify_id"] = certifyId }
                    : Failed("INVALID_PARAMETER");
            case "alipay.user.certify.open.query" when certifications.Find(content.GetValueOrDefault("certify_id", "")) is { } certification:
                var answer = new Dictionary<string, string> { ["code"] = "10000", ["msg"] = "Success", ["passed"] = certification.Passed == true ? "T" : "F", ["identity_info"] = "{}", ["material_info"] = "{}" };
                if (certification.FailReason is { } reason)
                {
                    answer["fail_reason"] = reason;
                }

                return answer;
            case "alipay.user.certify.open.query":
                return Failed("CERTIFY_ID_EXPIRED");
            default:
                return UnknownMethod();
        }
    }

    static IResult Leave(Certification? certification) => certification is null ? Results.NotFound() : Results.Redirect(certification.ReturnUrl);

    static Dictionary<string, string> Refund(Trade trade, Dictionary<string, string> content, AlipaySimulator simulator, AlipayNotifier notifier)
    {
        if (!AmountFormat().IsMatch(content.GetValueOrDefault("refund_amount", "")) || content.GetValueOrDefault("out_request_no", "").Length is 0 or > 64)
        {
            return Failed("ACQ.INVALID_PARAMETER");
        }

        var (error, after, moved) = simulator.Refund(trade.OrderId, content["out_request_no"], decimal.Parse(content["refund_amount"], CultureInfo.InvariantCulture));
        if (after is null)
        {
            return Failed(error!);
        }

        if (moved)
        {
            notifier.Send(trade.OrderId);
        }

        return new()
        {
            ["code"] = "10000", ["msg"] = "Success", ["trade_no"] = trade.TradeNo, ["out_trade_no"] = trade.OrderId, ["buyer_logon_id"] = "bzt***@example.com",
            ["fund_change"] = moved ? "Y" : "N", ["refund_fee"] = Text(after.Refunds!.Value.Sum(refund => refund.Amount)),
        };
    }

    static string Text(decimal yuan) => yuan.ToString("0.00", CultureInfo.InvariantCulture);

    static IResult ShowCashier(string tradeNo, AlipaySimulator simulator) => simulator.FindByTradeNo(tradeNo) is { } trade
        ? new RazorComponentResult<CashierPage>(new { Trade = trade })
        : Results.NotFound();

    static IResult Leave(string tradeNo, TradeStatus status, AlipaySimulator simulator, AlipayNotifier notifier)
    {
        if (simulator.FindByTradeNo(tradeNo) is not { } trade)
        {
            return Results.NotFound();
        }

        if (simulator.Finish(trade.OrderId, status))
        {
            notifier.Send(trade.OrderId);
        }

        return Results.Redirect(trade.ReturnUrl is { } back && status == TradeStatus.TradeSuccess ? back : $"/alipay/cashier/{tradeNo}");
    }

    static Dictionary<string, string> BizContent(Dictionary<string, string> parameters)
    {
        try
        {
            using var document = JsonDocument.Parse(parameters.GetValueOrDefault("biz_content", "{}"));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.ToString())
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    static Dictionary<string, string> Failed(string subCode) => new()
    {
        ["code"] = "40004",
        ["msg"] = "Business Failed",
        ["sub_code"] = subCode,
        ["sub_msg"] = SubMessage(subCode),
    };

    // The signature is over the very characters of the inner object.
    static IResult Signed(SimulatorKeys keys, string method, Dictionary<string, string> answer)
    {
        var inner = JsonSerializer.Serialize(answer, Json);
        var name = method.Length > 0 && method.All(character => char.IsAsciiLetterLower(character) || character is '.' or '_') ? method.Replace('.', '_') + "_response" : "error_response";
        return Results.Text($"{{\"{name}\":{inner},\"sign\":\"{AlipaySignature.Sign(inner, keys.AlipayPrivateKey)}\"}}", "text/html", Encoding.UTF8);
    }

    static string SubMessage(string subCode) => subCode switch
    {
        "isv.invalid-app-id" => "无效的AppID参数",
        "isv.invalid-signature-type" => "无效的签名类型",
        "isv.invalid-charset" => "字符集错误",
        "isv.invalid-signature" => "验签出错，请检查签名和待签名字符串",
        "isv.invalid-timestamp" => "非法的时间戳参数",
        "CERTIFY_ID_EXPIRED" => "认证已失效",
        "INVALID_PARAMETER" => "参数有误",
        "ACQ.TRADE_NOT_EXIST" => "交易不存在",
        "ACQ.TRADE_HAS_SUCCESS" => "交易已被支付",
        "ACQ.TRADE_HAS_CLOSE" => "交易已经关闭",
        "ACQ.CONTEXT_INCONSISTENT" => "交易信息被篡改",
        "ACQ.INVALID_PARAMETER" => "参数无效",
        "ACQ.REASON_TRADE_STATUS_INVALID" or "ACQ.TRADE_STATUS_ERROR" => "交易状态异常",
        "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL" => "退款金额超限",
        "ACQ.DISCORDANT_REPEAT_REQUEST" => "不一致的请求",
        "ACQ.SELLER_BALANCE_NOT_ENOUGH" => "卖家余额不足",
        _ => "系统错误",
    };

    [GeneratedRegex(@"^(0|[1-9]\d{0,8})(\.\d{1,2})?$")]
    private static partial Regex AmountFormat();
}
