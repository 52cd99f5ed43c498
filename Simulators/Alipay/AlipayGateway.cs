using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Bzt.Simulators.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bzt.Simulators.Alipay;

/// <summary>
/// One call of any interface: its parameters read and checked, then steered, answered, and the answer signed. The two that lead a person's browser to a page,
/// <c>alipay.trade.page.pay</c> and <c>alipay.user.certify.open.certify</c>, answer with that page's address and are not steered.
/// </summary>
sealed class AlipayGateway(TradeInterfaces trades, Certifications certifications, SimulatorKeys keys, Steering steering, TimeProvider time)
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        var parameters = await ReadAsync(context.Request);
        var method = parameters.GetValueOrDefault("method", "");
        if (Check(parameters) is { } error)
        {
            return Signed(method, AlipayAnswer.Invalid(error));
        }

        var content = Members(parameters.GetValueOrDefault("biz_content", "{}"));
        switch (method)
        {
            case "alipay.trade.page.pay":
                var (refused, trade) = trades.Open(content, parameters.GetValueOrDefault("notify_url"), parameters.GetValueOrDefault("return_url"));
                return trade is null ? ErrorPage(refused!) : Results.Redirect($"/alipay/cashier/{trade.TradeNo}");
            case "alipay.user.certify.open.certify":
                return certifications.Find(content.GetValueOrDefault("certify_id", "")) is { } found
                    ? Results.Redirect($"/alipay/certify/{found.CertifyId}")
                    : ErrorPage("CERTIFY_ID_EXPIRED");
        }

        var certify = method.StartsWith("alipay.user.certify.", StringComparison.Ordinal);
        var steer = await steering.NextAsync(certify ? "alipay-certify" : "alipay", context.RequestAborted);
        if (steer is { Kind: Disturbance.Garbage })
        {
            return Results.Text("<html>系统繁忙</html>", "text/html");
        }

        var answer = steer is { Kind: Disturbance.Fail } ? AlipayAnswer.Failed(steer.Code ?? (certify ? "SYSTEM_ERROR" : "ACQ.SYSTEM_ERROR"))
            : certify ? CertifyInterfaces.Answer(method, content, certifications)
            : trades.Answer(method, content);
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return steer.Shape(Signed(method, answer));
    }

    static async Task<Dictionary<string, string>> ReadAsync(HttpRequest request)
    {
        var parameters = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        if (request.HasFormContentType)
        {
            foreach (var (name, value) in await request.ReadFormAsync(request.HttpContext.RequestAborted))
            {
                parameters[name] = value.ToString();
            }
        }

        return parameters;
    }

    string? Check(Dictionary<string, string> parameters)
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
        return BeijingTime.TryParse(parameters.GetValueOrDefault("timestamp"), out var timestamp) && (time.GetUtcNow() - timestamp).Duration() <= Window
            ? null
            : "isv.invalid-timestamp";
    }

    /// <summary>The members of a JSON object, which Alipay sends as texts inside of texts; none when it is not one.</summary>
    public static Dictionary<string, string> Members(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.ToString())
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    static RazorComponentResult<CashierErrorPage> ErrorPage(string code) =>
        new(new { Code = code, Message = AlipayAnswer.Message(code) }) { StatusCode = StatusCodes.Status400BadRequest };

    // The signature is over the very characters of the inner object.
    IResult Signed(string method, Dictionary<string, string> answer)
    {
        var inner = JsonSerializer.Serialize(answer, Json);
        var name = method.Length > 0 && method.All(character => char.IsAsciiLetterLower(character) || character is '.' or '_') ? method.Replace('.', '_') + "_response" : "error_response";
        return Results.Text($"{{\"{name}\":{inner},\"sign\":\"{AlipaySignature.Sign(inner, keys.AlipayPrivateKey)}\"}}", "text/html", Encoding.UTF8);
    }
}
