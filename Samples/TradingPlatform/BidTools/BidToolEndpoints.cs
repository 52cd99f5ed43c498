using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Samples.TradingPlatform.Accounts;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.BidTools;

/// <summary>
/// What the bid tool calls of a platform. <c>POST /bidtool/pairings</c> {tenderId, toolKeyThumbprint} → {id}; <c>GET /bidtool/pairings/{id}</c> →
/// {state, link} every second while waiting, in the end {token, expiresAt, bzt, project, enterprise}. With a CA lock instead: <c>POST /bidtool/locks</c>
/// {tenderId, toolKeyThumbprint} → {id, challenge, platformId, platformName}; what is signed holds SHA-256(challenge ‖ thumbprint); <c>POST /bidtool/locks/{id}</c> {form, signature, certificates} → the same end.
/// </summary>
internal static class BidToolEndpoints
{
    public static void MapBidTools(this WebApplication app)
    {
        var tool = app.MapGroup("/bidtool").AddEndpointFilter<ServiceFilter>();
        tool.MapPost("/pairings", StartAsync);
        tool.MapGet("/pairings/{id}", GetAsync);
        tool.MapPost("/locks", StartLock);
        tool.MapPost("/locks/{id}", FinishLockAsync);
    }

    private static readonly TimeSpan LoginIsGood = TimeSpan.FromHours(12);

    internal sealed record PairingRequest(string? TenderId, string? ToolKeyThumbprint);

    private static async Task<IResult> StartAsync(PairingRequest request, HttpContext context, Pairings pairings, TenderStore tenders, PlatformClient client, CancellationToken aborted)
    {
        if (Refused(request, tenders) is { } refused)
        {
            return refused;
        }

        var challenge = RandomNumberGenerator.GetBytes(32);
        var session = await client.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = challenge, Visitor = Visitors.NameOf(context) }, cancellation: aborted);
        return Results.Json(new { id = pairings.Add(request.TenderId!, request.ToolKeyThumbprint!, session, challenge).Id });
    }

    private static async Task<IResult> GetAsync(
        string id, Pairings pairings, PlatformClient client, AccountStore accounts, TenderStore tenders, IOptions<PlatformOptions> options, TimeProvider clock, CancellationToken aborted)
    {
        if (pairings.Find(id) is not { } pairing)
        {
            return Results.NotFound();
        }

        var status = await client.GetAsync(pairing.Session.SessionId, cancellation: aborted);
        if (status.State != SessionState.Completed)
        {
            return Results.Json(new { state = status.State.ToString(), link = pairing.Session.Link() });
        }

        if (!pairings.Take(pairing) || status is not { End: SessionEnd.Ok, Result: { } result }
            || !LoginProof.Holds(result, LoginPurpose.Login, pairing.Challenge, options.Value.Bzt.ClientId))
        {
            return Results.Json(new { state = "Completed", end = status.End?.ToString() ?? "ProtocolFailure" });
        }

        if (accounts.OfBound(result) is not { Role: Role.Bidder })
        {
            return Results.Json(new { state = "Completed", end = "NotRegistered" });
        }

        return await EndAsync(pairing.TenderId, pairing.ToolKeyThumbprint, result.Enterprise, byLock: false, client, tenders, options.Value, clock, aborted);
    }

    private static IResult? Refused(PairingRequest request, TenderStore tenders) =>
        tenders.Find(request.TenderId ?? "") is null ? Results.Json(new { error = "没有这个项目" }, statusCode: 404)
        : request.ToolKeyThumbprint is not { Length: 43 } ? Results.Json(new { error = "工具密钥指纹不正确" }, statusCode: 400)
        : null;

    private static IResult StartLock(PairingRequest request, HttpContext context, TenderStore tenders, LockLogin locks, IOptions<PlatformOptions> options) =>
        Refused(request, tenders) ?? (locks.Challenge(request.TenderId!, request.ToolKeyThumbprint!, Visitors.NameOf(context)) is { } challenge
            ? Results.Json(new { id = challenge.Id, challenge = challenge.Value, platformId = options.Value.Bzt.ClientId, platformName = options.Value.Name })
            : Results.Json(new { error = "登录人数过多，请稍后再试" }, statusCode: 503));

    private static async Task<IResult> FinishLockAsync(
        string id, LockAnswer answer, LockLogin locks, PlatformClient client, TenderStore tenders, IOptions<PlatformOptions> options, TimeProvider clock, CancellationToken aborted)
    {
        if (locks.Take(id) is not { } challenge)
        {
            return Results.Json(new { state = "Completed", end = nameof(SessionEnd.TimedOut) });
        }

        var (enterprise, end) = locks.Check(challenge, answer);
        return enterprise is null
            ? Results.Json(new { state = "Completed", end })
            : await EndAsync(challenge.TenderId, challenge.ToolKeyThumbprint, enterprise, byLock: true, client, tenders, options.Value, clock, aborted);
    }

    /// <summary>Logged in. An enterprise that came with its lock may be one the service does not know: it works with the lock alone then, without a token.</summary>
    private static async Task<IResult> EndAsync(
        string tenderId, string thumbprint, EnterpriseInfo enterprise, bool byLock, PlatformClient client, TenderStore tenders, PlatformOptions options, TimeProvider clock, CancellationToken aborted)
    {
        var tender = tenders.Find(tenderId)!;
        var project = tender.Project;
        ProjectToken? token = null;
        try
        {
            token = await client.CreateProjectTokenAsync(new ProjectTokenRequest(project, enterprise.CreditCode, thumbprint, (int)LoginIsGood.TotalSeconds), aborted);
        }
        catch (Exception exception) when (byLock && (QrEndpoints.IsAway(exception) || exception is ApiRefusedException))
        {
            // As said above.
        }
        catch (ApiRefusedException exception)
        {
            return Results.Json(new { state = "Completed", end = exception.Code });
        }

        return Results.Json(new
        {
            state = "Completed",
            end = "Ok",
            token = token?.Token,
            expiresAt = token?.ExpiresAt ?? clock.GetUtcNow() + LoginIsGood,
            bzt = options.Bzt.PublicBaseUrl ?? options.Bzt.BaseUrl,
            platformId = options.Bzt.ClientId,
            platformName = options.Name,
            project = new { id = project.ProjectId, name = project.Name, openingTime = project.OpeningTime },
            enterprise = new { name = enterprise.Name, creditCode = enterprise.CreditCode },
        });
    }
}
