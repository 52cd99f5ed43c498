using System.Security.Claims;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using QRCoder;

namespace Bzt.Samples.TradingPlatform.Qr;

/// <summary>What the page's script calls: start, the picture of this second, the state, and the end that logs in or binds.</summary>
internal static class QrEndpoints
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(20);

    public static void MapQrFlows(this WebApplication app)
    {
        app.MapPost("/qr/login", (QrFlows flows, CancellationToken aborted) => StartAsync(flows, QrPurpose.Login, null, aborted));
        app.MapPost("/qr/bind", (QrFlows flows, ClaimsPrincipal user, CancellationToken aborted) =>
            StartAsync(flows, QrPurpose.Bind, new EnterpriseInfo(user.FindFirstValue("enterprise")!, user.FindFirstValue("credit_code")!), aborted)).RequireAuthorization();
        app.MapGet("/qr/{id}/picture", Picture);
        app.MapGet("/qr/{id}/link", Link);
        app.MapGet("/qr/{id}/state", StateAsync);
        app.MapPost("/qr/{id}/finish", FinishAsync);
        app.MapGet("/account/last-login.tbs", (ClaimsPrincipal user, PlatformStore store) => Proof(store.LastLogin(user.FindFirstValue("credit_code")!)?.ToBeSigned, "last-login.tbs")).RequireAuthorization();
        app.MapGet("/account/last-login.der", (ClaimsPrincipal user, PlatformStore store) => Proof(store.LastLogin(user.FindFirstValue("credit_code")!)?.Signature, "last-login.der")).RequireAuthorization();
    }

    private static IResult Proof(byte[]? content, string name) =>
        content is null ? Results.NotFound() : Results.File(content, "application/octet-stream", name);

    private static async Task<IResult> StartAsync(QrFlows flows, QrPurpose purpose, EnterpriseInfo? enterprise, CancellationToken aborted)
    {
        try
        {
            var flow = await flows.StartAsync(purpose, enterprise, aborted);
            var session = flow.Session.Session;
            return Results.Json(new { id = flow.Id, seconds = (int)(session.ExpiresAt - session.ServerTime).TotalSeconds });
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return Away();
        }
        catch (ApiRefusedException exception)
        {
            return Results.Json(new { error = exception.Problem.Title }, statusCode: StatusCodes.Status502BadGateway);
        }
    }

    /// <summary>Not there for the moment: the page asks again.</summary>
    private static bool IsAway(Exception exception) => exception is HttpRequestException or ApiRefusedException { Code: ErrorCodes.Unavailable or ErrorCodes.InternalError };

    private static IResult Away() => Results.Json(new { error = "标证通服务暂不可用，请稍后再试" }, statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>The QR of this second, always black on white. The link is made here, in the backend: the secret never reaches a page.</summary>
    private static IResult Picture(string id, QrFlows flows, HttpContext context)
    {
        if (flows.Find(id) is not { } flow)
        {
            return Results.NotFound();
        }

        using var data = QRCodeGenerator.GenerateQrCode(flow.Session.Link(), QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Text(code.GetGraphic(8, "#000000", "#ffffff", drawQuietZones: true, sizingMode: SvgQRCode.SizingMode.ViewBoxAttribute), "image/svg+xml");
    }

    /// <summary>The same link for a browser on the phone itself, which opens the app with it.</summary>
    private static IResult Link(string id, QrFlows flows, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return flows.Find(id) is { } flow ? Results.Json(new { link = flow.Session.Link() }) : Results.NotFound();
    }

    private static async Task<IResult> StateAsync(string id, QrFlows flows, PlatformClient client, CancellationToken aborted, string? seen = null)
    {
        if (flows.Find(id) is not { } flow)
        {
            return Results.NotFound();
        }

        SessionState? known = Enum.TryParse<SessionState>(seen, ignoreCase: true, out var state) ? state : null;
        try
        {
            var status = await client.GetAsync(flow.Session.SessionId, known, known is null ? TimeSpan.Zero : LongPoll, aborted);
            return Results.Json(new { state = status.State.ToString(), end = status.End?.ToString() });
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return Away();
        }
    }

    private static async Task<IResult> FinishAsync(
        string id, QrFlows flows, PlatformClient client, PlatformStore store, IOptions<PlatformOptions> options, TimeProvider clock, HttpContext context)
    {
        // A binding is finished by the account that asked for it.
        if (flows.Find(id) is not { } flow || (flow.Purpose == QrPurpose.Bind && context.User.FindFirstValue("credit_code") != flow.CreditCode))
        {
            return Results.NotFound();
        }

        SessionStatus status;
        try
        {
            status = await client.GetAsync(flow.Session.SessionId, cancellation: context.RequestAborted);
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return Away();
        }

        if (status is not { End: SessionEnd.Ok, Result: { } result } || !LoginProof.Holds(result, flow, options.Value.Bzt.ClientId) || !flows.Take(flow))
        {
            return Results.Json(new { error = "签名校验未通过" }, statusCode: StatusCodes.Status409Conflict);
        }

        if (flow.Purpose == QrPurpose.Bind)
        {
            store.SetCertificate(result.Enterprise.CreditCode, result.SigningSerial);
            return Results.Json(new { next = "/account" });
        }

        if (store.FindByEnterprise(result.Enterprise.CreditCode) is not { } account)
        {
            return Results.Json(new { error = "该企业尚未在本平台注册" }, statusCode: StatusCodes.Status409Conflict);
        }

        // Kept as proof: who asked what, signed by whom.
        store.KeepLogin(account.CreditCode, result.Signatures[0].ToBeSigned, LoginProof.SignatureDer(result), clock.GetUtcNow());
        await PlatformSignIn.AsAsync(context, account);
        return Results.Json(new { next = "/" });
    }
}

internal static class PlatformSignIn
{
    public static Task AsAsync(HttpContext context, Account account)
    {
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, account.UserName), new Claim("enterprise", account.EnterpriseName), new Claim("credit_code", account.CreditCode)],
            CookieAuthenticationDefaults.AuthenticationScheme);
        return context.SignInAsync(new ClaimsPrincipal(identity));
    }
}
