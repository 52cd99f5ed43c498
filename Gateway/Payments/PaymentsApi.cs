using Bzt.Gateway.Hosting;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Payments;

/// <summary>Where payment providers tell us. Nothing but their signature is believed, and it is checked where the keys are.</summary>
internal static class PaymentsApi
{
    public const string AlipayNotification = "/payments/alipay/notify";

    public static void MapPayments(this WebApplication app) =>
        app.MapPost(AlipayNotification, ReceiveAsync).LimitBody(BodyLimits.Default).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> ReceiveAsync(HttpRequest request, IGrainFactory grains)
    {
        if (!request.HasFormContentType)
        {
            return new ProblemResult(Contracts.ErrorCodes.InvalidRequest);
        }

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var fields = form.Where(field => field.Value.Count == 1).ToDictionary(field => field.Key, field => field.Value[0] ?? "", StringComparer.Ordinal);
        return (await grains.PaymentDesk().Receive("alipay", fields)).ToHttp(body => Results.Text(body));
    }
}
