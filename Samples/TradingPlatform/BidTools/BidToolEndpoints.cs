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
/// {state, link} every second while waiting, in the end {token, expiresAt, bzt, project, enterprise}.
/// </summary>
internal static class BidToolEndpoints
{
    public static void MapBidTools(this WebApplication app)
    {
        app.MapPost("/bidtool/pairings", StartAsync);
        app.MapGet("/bidtool/pairings/{id}", GetAsync);
    }

    internal sealed record PairingRequest(string TenderId, string ToolKeyThumbprint);

    private static async Task<IResult> StartAsync(PairingRequest request, HttpContext context, Pairings pairings, TenderStore tenders, PlatformClient client, CancellationToken aborted)
    {
        if (tenders.Find(request.TenderId) is null)
        {
            return Results.Json(new { error = "没有这个项目" }, statusCode: 404);
        }

        if (request.ToolKeyThumbprint.Length != 43)
        {
            return Results.Json(new { error = "工具密钥指纹不正确" }, statusCode: 400);
        }

        var challenge = RandomNumberGenerator.GetBytes(32);
        var session = await client.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = challenge, Visitor = AccountEndpoints.VisitorOf(context) }, cancellation: aborted);
        return Results.Json(new { id = pairings.Add(request.TenderId, request.ToolKeyThumbprint, session, challenge).Id });
    }

    private static async Task<IResult> GetAsync(
        string id, Pairings pairings, PlatformClient client, AccountStore accounts, TenderStore tenders, IOptions<PlatformOptions> options, CancellationToken aborted)
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

        if (accounts.OfCertificate(result.Enterprise.CreditCode, result.SigningSerial) is not { Role: Role.Bidder })
        {
            return Results.Json(new { state = "Completed", end = "NotRegistered" });
        }

        var tender = tenders.Find(pairing.TenderId)!;
        var project = new ProjectInfo(tender.Id, tender.Title, tender.OpeningTime);
        try
        {
            var token = await client.CreateProjectTokenAsync(
                new ProjectTokenRequest(project, result.Enterprise.CreditCode, pairing.ToolKeyThumbprint, (int)TimeSpan.FromHours(12).TotalSeconds), aborted);
            return Results.Json(new
            {
                state = "Completed",
                end = "Ok",
                token = token.Token,
                expiresAt = token.ExpiresAt,
                bzt = options.Value.Bzt.PublicBaseUrl ?? options.Value.Bzt.BaseUrl,
                platformId = options.Value.Bzt.ClientId,
                platformName = options.Value.Name,
                project = new { id = project.ProjectId, name = project.Name, openingTime = project.OpeningTime },
                enterprise = new { name = result.Enterprise.Name, creditCode = result.Enterprise.CreditCode },
            });
        }
        catch (ApiRefusedException exception)
        {
            return Results.Json(new { state = "Completed", end = exception.Code });
        }
    }
}
