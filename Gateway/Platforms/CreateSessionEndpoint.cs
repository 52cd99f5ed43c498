using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sealing;
using Bzt.Gateway.Sessions;
using Bzt.Gateway.Verification;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Platforms;

/// <summary>POST /rp/v1/sessions</summary>
internal static class CreateSessionEndpoint
{
    /// <summary>Fifty documents of eight kilobytes in base64, or five hundred wrapped keys.</summary>
    private const int LargestRequest = 768 * 1024;

    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Platforms.Sessions, HandleAsync)
        .LimitBody(LargestRequest)
        .WithName("createSession")
        .WithSummary("Opens a session")
        .WithDescription("With an Idempotency-Key of 1 to 100 visible characters, the same request gets the same session; another request with that key is refused (idempotency_conflict). "
            + "What a kind needs: bind a challenge and the enterprise; login a challenge; seal and sign documents; encrypt a project and one bid manifest; decrypt a project and the wrapped keys; withdraw the seal and a reason. "
            + "With useSealingSession a request for seals of that session's project goes to its phone without a scan. "
            + "For a browser on the phone itself: returnUrl, one of the registered ones, and returnNonce; the answer has a deviceLink.")
        .Refuses(400, 403, 404, 409, 413, 422, 429)
        .Produces<SessionCreated>(StatusCodes.Status201Created);

    private static async Task<IResult> HandleAsync(
        CreateSessionRequest request, HttpContext context, PlatformCaller caller, IGrainFactory grains, PublicAddress address, TimeProvider clock)
    {
        if (!IdempotencyKey.TryName("session", context.Request.Headers[Routes.IdempotencyKeyHeader], caller, out var sessionId))
        {
            return IdempotencyKey.Refused;
        }

        // JSON lets null into a list; nothing behind this line does.
        if (request.Documents?.Any(document => document is null) == true || request.Decryption?.Keys.Any(key => key is null) == true
            || request.Opening?.Files.Any(file => file is null) == true)
        {
            return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "内容不正确：documents、keys 或 files" };
        }

        // A person has no credit code; whom a personal certificate names must equal the name here.
        if (request.Enterprise is { } enterprise && enterprise.CreditCode != "" && !CreditCodes.TryParse(enterprise.CreditCode, out _))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        using var step = Telemetry.Step(sessionId, "session create");
        var command = SessionMessages.ToGrain(request, caller);
        if (request.Withdrawal is { } withdrawal)
        {
            if (SealOwner.Read(withdrawal) is not { } seal)
            {
                return new ProblemResult(ErrorCodes.DocumentRefused);
            }

            command = command with { Withdrawal = seal };
        }

        var reply = request.UseSealingSession is { } sealing
            ? await grains.SealingSession(new SealingId(sealing)).Admit(new SessionId(sessionId), SealingMessages.UserOf(caller), command)
            : await grains.GetGrain<IQrSessionGrain>(sessionId).Create(command);
        if (reply is Refused<SessionOpened> { Refusal.Code: RefusalCode.InvalidRequest })
        {
            return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = Needs(request.Kind) };
        }

        return reply.ToHttp(opened => Results.Json(
            new SessionCreated(sessionId, opened.Token, opened.Secret, address.Of(Routes.QrLink), opened.ExpiresAt, clock.GetUtcNow())
            {
                CreatedAt = opened.CreatedAt,
                DeviceLink = request.ReturnUrl is null ? null : DynamicQr.DeviceLink(address.Of(Routes.QrLink), opened.Token, opened.Secret),
            },
            BztJson.Default.SessionCreated,
            statusCode: StatusCodes.Status201Created));
    }

    /// <summary>What a platform's developer has forgotten is among these.</summary>
    private static string Needs(SessionKind kind) => kind switch
    {
        SessionKind.Bind => "bind需要challenge（32至64字节，base64）和enterprise",
        SessionKind.Login => "login需要challenge（32至64字节，base64）",
        SessionKind.Seal or SessionKind.Sign => "seal和sign需要documents，不带challenge和decryption",
        SessionKind.Encrypt => "encrypt需要project和一份bid-manifest，不带challenge和decryption",
        SessionKind.Decrypt => "decrypt需要project和decryption（1至500个keys），不带challenge和documents",
        SessionKind.Withdraw => "withdraw需要withdrawal及其reason，不带challenge、documents和decryption",
        _ => "未知的kind",
    } + "；timeoutSeconds为30至600；其余各项须符合接口文档";
}
