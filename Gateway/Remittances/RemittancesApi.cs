using Bzt.Gateway.Hosting;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Remittances;

namespace Bzt.Gateway.Remittances;

/// <summary>Where the bank tells of remittances. Nothing but its signature is believed, and it is checked where the key is.</summary>
internal static class RemittancesApi
{
    public const string Notification = "/remittances/notify";

    public static void MapRemittances(this WebApplication app) =>
        app.MapPost(Notification, ReceiveAsync).LimitBody(BodyLimits.Default).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> ReceiveAsync(HttpRequest request, IGrainFactory grains)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return (await grains.RemittanceDesk().Receive(new SignedMessage(
            Notification, Header("X-App-Id"), Header("X-Timestamp"), Header("X-Nonce"), Header("X-Signature"), body.ToArray()))).ToHttp(_ => Results.NoContent());

        string Header(string name) => request.Headers[name].ToString();
    }
}
