using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sealing;
using Bzt.Gateway.Sessions;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Platforms;

/// <summary>POST /rp/v1/sessions</summary>
internal static class CreateSessionEndpoint
{
    private const int LongestIdempotencyKey = 100;

    /// <summary>Fifty documents of eight kilobytes in base64, or five hundred wrapped keys.</summary>
    private const int LargestRequest = 768 * 1024;

    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Platforms.Sessions, HandleAsync)
        .LimitBody(LargestRequest)
        .WithName("createSession")
        .WithSummary("Opens a session")
        .WithDescription("With an Idempotency-Key of 1 to 100 visible characters, the same request gets the same session; another request with that key is refused (idempotency_conflict). "
            + "What a kind needs: bind a challenge and the enterprise; login a challenge; seal and sign documents; encrypt a project and one bid manifest; decrypt a project and the wrapped keys. "
            + "With useSealingSession a request for seals of that session's project goes to its phone without a scan. "
            + "For a browser on the phone itself: returnUrl, one of the registered ones, and returnNonce; the answer has a deviceLink.")
        .Refuses(400, 403, 404, 409, 413, 422, 429)
        .Produces<SessionCreated>(StatusCodes.Status201Created);

    private static async Task<IResult> HandleAsync(
        CreateSessionRequest request, HttpContext context, PlatformCaller caller, IGrainFactory grains, PublicAddress address, TimeProvider clock)
    {
        if (!TryNameSession(context.Request.Headers[Routes.IdempotencyKeyHeader], caller, out var sessionId))
        {
            return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "Idempotency-Key 须为 1 至 100 个可见字符" };
        }

        // JSON lets null into a list; nothing behind this line does.
        if (request.Documents?.Any(document => document is null) == true || request.Decryption?.Keys.Any(key => key is null) == true)
        {
            return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "内容不正确：documents 或 keys" };
        }

        // A person has no credit code; whom a personal certificate names must equal the name here.
        if (request.Enterprise is { } enterprise && enterprise.CreditCode != "" && !CreditCodes.TryParse(enterprise.CreditCode, out _))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        var command = SessionMessages.ToGrain(request, caller);
        var reply = request.UseSealingSession is { } sealing
            ? await grains.SealingSession(new SealingId(sealing)).Admit(new SessionId(sessionId), SealingMessages.UserOf(caller), command)
            : await grains.GetGrain<IQrSessionGrain>(sessionId).Create(command);
        return reply.ToHttp(opened => Results.Json(
            new SessionCreated(sessionId, opened.Token, opened.Secret, address.Of(Routes.QrLink), opened.ExpiresAt, clock.GetUtcNow())
            {
                CreatedAt = opened.CreatedAt,
                DeviceLink = request.ReturnUrl is null ? null : DynamicQr.DeviceLink(address.Of(Routes.QrLink), opened.Token, opened.Secret),
            },
            BztJson.Default.SessionCreated,
            statusCode: StatusCodes.Status201Created));
    }

    /// <summary>An idempotency key names the session, per caller: the session's own grain then tells a repetition from a conflict.</summary>
    private static bool TryNameSession(string? idempotencyKey, PlatformCaller caller, out Guid sessionId)
    {
        sessionId = Guid.CreateVersion7();
        if (string.IsNullOrEmpty(idempotencyKey))
        {
            return true;
        }

        if (idempotencyKey.Length > LongestIdempotencyKey || idempotencyKey.Any(c => c is < '!' or > '~'))
        {
            return false;
        }

        var name = $"bzt/v1/session\0{caller.Platform.Value}\0{caller.Grant?.ToolKeyThumbprint}\0{idempotencyKey}";
        sessionId = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
        return true;
    }
}
