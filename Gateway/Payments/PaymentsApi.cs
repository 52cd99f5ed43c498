using System.Text;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Payments;

/// <summary>Where payment providers tell us. Nothing but their signature is believed, and it is checked where the keys are.</summary>
internal static class PaymentsApi
{
    /// <param name="provider">The name of an <c>IPaymentProvider</c>; what is not one is refused by who knows them.</param>
    public static string Notification(string provider) => $"/payments/{Uri.EscapeDataString(provider)}/notify";

    public static void MapPayments(this WebApplication app) =>
        app.MapPost("/payments/{provider}/notify", ReceiveAsync).LimitBody(BodyLimits.Default).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> ReceiveAsync(string provider, HttpRequest request, IGrainFactory grains)
    {
        var message = request.HasFormContentType ? await FormAsync(request) : await BodyAsync(request);
        return (await grains.PaymentDesk().Receive(provider, message)).ToHttp(body => Results.Text(body));
    }

    // Alipay.
    private static async Task<Dictionary<string, string>> FormAsync(HttpRequest request)
    {
        var form = await Forms.ReadAsync(request, request.HttpContext.RequestAborted);
        return form.Where(field => field.Value.Count == 1).ToDictionary(field => field.Key, field => field.Value[0] ?? "", StringComparer.Ordinal);
    }

    // WeChat Pay: the signature, in headers, is over the body as it came.
    private static async Task<Dictionary<string, string>> BodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return request.Headers
            .Where(header => header.Key.StartsWith("wechatpay-", StringComparison.OrdinalIgnoreCase) && header.Value.Count == 1)
            .Select(header => KeyValuePair.Create(header.Key.ToLowerInvariant(), header.Value[0] ?? ""))
            .Append(KeyValuePair.Create("body", Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length)))
            .ToDictionary(StringComparer.Ordinal);
    }
}
