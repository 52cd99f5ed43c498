using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Samples.TradingPlatform.Accounts;

namespace Bzt.Samples.TradingPlatform.Qr;

/// <summary>
/// The backend of the service's widget (docs/platforms/widget.md). A page posts to start a flow and gets its address; there the state and the
/// link of this second are asked, the result is used, or the flow is given up.
/// </summary>
internal static class QrEndpoints
{
    private const string BrowserCookie = "browser";

    public static void MapQrFlows(this WebApplication app)
    {
        app.MapGet("/qr/flows/{id}", GetAsync);
        app.MapPost("/qr/flows/{id}", FinishAsync);
        app.MapDelete("/qr/flows/{id}", CancelAsync);
    }

    /// <summary>What the POST of every kind of flow answers.</summary>
    public static async Task<IResult> StartAsync(HttpContext context, QrRequest request)
    {
        var flows = context.RequestServices.GetRequiredService<QrFlows>();
        try
        {
            var flow = await flows.StartAsync(Browser(context), request, context.RequestAborted);
            return Json(Describe(flows, flow) with { Url = $"/qr/flows/{flow.Id}" });
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return Away();
        }
        catch (ApiRefusedException exception)
        {
            return Refuse(exception.Problem.Title, StatusCodes.Status502BadGateway);
        }
    }

    public static IResult Refuse(string error, int status = StatusCodes.Status409Conflict) => Results.Json(new { error }, statusCode: status);

    /// <summary>Not there for the moment: the page asks again.</summary>
    public static bool IsAway(Exception exception) => exception is HttpRequestException or SocketException or ApiRefusedException { Code: ErrorCodes.Unavailable or ErrorCodes.KeysUnavailable or ErrorCodes.InternalError };

    public static IResult Away() => Refuse("标证通服务暂不可用，请稍后再试", StatusCodes.Status503ServiceUnavailable);

    internal sealed record Status(string? Url, string State, string? End, string? Link, int SecondsLeft, string? CheckCode, string? Reference);

    private static async Task<IResult> GetAsync(string id, HttpContext context, QrFlows flows)
    {
        if (flows.Find(id, Browser(context)) is not { } flow)
        {
            return Results.NotFound();
        }

        if (flows.Left(flow) == TimeSpan.Zero && flow.Status?.State != SessionState.Completed)
        {
            try
            {
                await flows.AskAsync(flow, context.RequestAborted);
            }
            catch (Exception exception) when (IsAway(exception))
            {
                return Away();
            }
        }

        return Json(Describe(flows, flow));
    }

    private static async Task<IResult> FinishAsync(string id, HttpContext context, QrFlows flows)
    {
        if (flows.Find(id, Browser(context)) is not { } flow)
        {
            return Results.NotFound();
        }

        try
        {
            if (await flows.AskAsync(flow, context.RequestAborted) is not { End: SessionEnd.Ok, Result: { } result } || !flows.Take(flow))
            {
                return Refuse("手机尚未确认");
            }

            var outcome = await flow.FinishAsync(result);
            if (outcome.LogIn is { } account)
            {
                await AccountEndpoints.SignInAsync(context, account);
            }

            return outcome.Error is { } error ? Refuse(error) : Results.Json(new { next = outcome.Next });
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return Away();
        }
    }

    private static async Task<IResult> CancelAsync(string id, HttpContext context, QrFlows flows)
    {
        if (flows.Find(id, Browser(context)) is { } flow)
        {
            await flows.CancelAsync(flow, context.RequestAborted);
        }

        return Results.NoContent();
    }

    /// <summary>The link is made here, in the backend: the session's secret never reaches a page.</summary>
    private static Status Describe(QrFlows flows, QrFlow flow)
    {
        var state = flow.Status?.State ?? SessionState.Created;
        return new Status(
            null, Name(state), flow.Status?.End is { } end ? Name(end) : null,
            state == SessionState.Created ? flow.Session.Link(flow.Request.Fragment) : null,
            (int)flows.Left(flow).TotalSeconds, flow.Request.CheckCode,
            flow.Status?.End is SessionEnd.ProtocolFailure or SessionEnd.CertificateUnusable ? flow.Session.SessionId.ToString("N")[..12] : null);
    }

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static IResult Json(Status status) => new Fresh(status);

    /// <summary>This browser, by a random name it was given.</summary>
    private static string Browser(HttpContext context)
    {
        if (context.Request.Cookies[BrowserCookie] is { Length: 32 } known)
        {
            return known;
        }

        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        context.Response.Cookies.Append(BrowserCookie, name, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, IsEssential = true });
        return name;
    }

    private sealed class Fresh(Status status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.CacheControl = "no-store";
            return httpContext.Response.WriteAsJsonAsync(status);
        }
    }
}
