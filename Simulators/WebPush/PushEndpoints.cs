using System.Globalization;
using Bzt.Simulators.Control;

namespace Bzt.Simulators.WebPush;

/// <summary>RFC 8030 for the product; for tests, the browser that subscribes and reads.</summary>
static class PushEndpoints
{
    public static void MapWebPush(this WebApplication app) => app.MapPost("/push/{id}", TakeAsync);

    public static void MapWebPushControl(this RouteGroupBuilder control)
    {
        control.MapPost("/push", (Wish wish, HttpRequest request, PushSimulator pushes) => Results.Json(pushes.Subscribe(new Uri($"{request.Scheme}://{request.Host}"), wish.ServerKey), ControlEndpoints.Json));
        control.MapGet("/push/{id}", (string id, PushSimulator pushes) => pushes.Messages(id) is { } messages ? Results.Json(messages, ControlEndpoints.Json) : Results.NotFound());
        control.MapPost("/push/{id}/expire", (string id, PushSimulator pushes) => pushes.Expire(id) ? Results.NoContent() : Results.NotFound());
    }

    static async Task<IResult> TakeAsync(string id, HttpContext context, PushSimulator pushes, Steering steering)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        var steer = await steering.NextAsync("push", context.RequestAborted);
        if (steer is { Kind: Disturbance.Fail })
        {
            context.Response.Headers.RetryAfter = "1";
            return Results.StatusCode(int.Parse(steer.Code ?? "429", CultureInfo.InvariantCulture));
        }

        var headers = request.Headers;
        var status = pushes.Take(
            id, $"{request.Scheme}://{request.Host}", headers.Authorization.ToString(), headers["TTL"] is [{ } ttl] ? ttl : null, headers.ContentEncoding.ToString(),
            headers["Urgency"] is [{ } urgency] ? urgency : null, headers["Topic"] is [{ } topic] ? topic : null, body.ToArray());
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return Results.StatusCode(status);
    }

    internal sealed record Wish(byte[] ServerKey);
}
