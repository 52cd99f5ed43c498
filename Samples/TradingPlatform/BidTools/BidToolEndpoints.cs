using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.BidTools;

/// <summary>
/// What the bid tool calls of a platform. <c>POST /bidtool/pairings</c> {tenderId, toolKeyThumbprint} → {id}; <c>GET /bidtool/pairings/{id}</c> →
/// {state, link} every second while waiting, in the end {token, expiresAt, bzt, project, enterprise}; <c>PUT /bidtool/bids/{tenderId}</c> takes the bid file.
/// </summary>
internal static class BidToolEndpoints
{
    private const long LargestBid = 4L << 30;

    public static void MapBidTools(this WebApplication app)
    {
        app.MapPost("/bidtool/pairings", StartAsync);
        app.MapGet("/bidtool/pairings/{id}", GetAsync);
        app.MapPut("/bidtool/bids/{tenderId}", ReceiveAsync).RequireAuthorization();
    }

    internal sealed record PairingRequest(string TenderId, string ToolKeyThumbprint);

    private static async Task<IResult> StartAsync(PairingRequest request, QrFlows flows, Pairings pairings, PlatformStore store, CancellationToken aborted)
    {
        if (store.FindTender(request.TenderId) is null)
        {
            return Results.Json(new { error = "没有这个项目" }, statusCode: 404);
        }

        if (request.ToolKeyThumbprint.Length != 43)
        {
            return Results.Json(new { error = "工具密钥指纹不正确" }, statusCode: 400);
        }

        var flow = await flows.StartAsync(QrPurpose.Login, null, aborted);
        return Results.Json(new { id = pairings.Add(request.TenderId, request.ToolKeyThumbprint, flow).Id });
    }

    private static async Task<IResult> GetAsync(
        string id, Pairings pairings, PlatformClient client, PlatformStore store, IOptions<PlatformOptions> options, CancellationToken aborted)
    {
        if (pairings.Find(id) is not { } pairing)
        {
            return Results.NotFound();
        }

        var status = await client.GetAsync(pairing.Flow.Session.SessionId, cancellation: aborted);
        if (status.State != SessionState.Completed)
        {
            return Results.Json(new { state = status.State.ToString(), link = pairing.Flow.Session.Link() });
        }

        if (!pairings.Take(pairing) || status is not { End: SessionEnd.Ok, Result: { } result } || !LoginProof.Holds(result, pairing.Flow, options.Value.Bzt.ClientId))
        {
            return Results.Json(new { state = "Completed", end = status.End?.ToString() ?? "ProtocolFailure" });
        }

        if (store.FindByEnterprise(result.Enterprise.CreditCode) is null)
        {
            return Results.Json(new { state = "Completed", end = "NotRegistered" });
        }

        var tender = store.FindTender(pairing.TenderId)!;
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

    /// <summary>The bid file, streamed to disk under a temporary name: half a file is never a bid.</summary>
    private static async Task<IResult> ReceiveAsync(string tenderId, HttpContext context, PlatformStore store, TimeProvider clock)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = LargestBid;
        var code = context.User.FindFirst("credit_code")!.Value;
        if (store.FindTender(tenderId) is not { } tender)
        {
            return Results.NotFound();
        }

        if (clock.GetUtcNow() >= tender.Deadline)
        {
            return Results.Json(new { error = "投标已截止" }, statusCode: 409);
        }

        var final = Path.Combine(store.BidFolder, $"{tender.Id}-{code}.bztb");
        var partial = $"{final}.{Guid.NewGuid():N}.partial";
        try
        {
            string sha256;
            long size;
            await using (var file = new FileStream(partial, FileMode.CreateNew))
            {
                await context.Request.Body.CopyToAsync(file, context.RequestAborted);
                file.Flush(flushToDisk: true);
                size = file.Length;
                file.Position = 0;
                sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, context.RequestAborted));
            }

            File.Move(partial, final, overwrite: true);
            store.Receive(new Bid(tender.Id, code, context.User.FindFirst("enterprise")!.Value, Path.GetFileName(final), size, sha256, clock.GetUtcNow()));
            return Results.Json(new { sha256, size });
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
