using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Certificates;
using Bzt.Gateway.Enterprises;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Sealing;

namespace Bzt.Gateway.Sealing;

/// <summary>会话签章 from the phone's side (M070, M071, X14), and the administrator's.</summary>
internal static class SealingEndpoints
{
    public static void MapSealing(this RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.SessionSealing, ProposeAsync)
            .WithName("proposeSealingSession").WithSummary("Asks for a sealing session at a scanned request for seals")
            .WithDescription("Confirmed with the PIN as the certificate task of the same id. maxDocuments: 1 to 50; minutes: 1 to 60. A repeat is the same session.")
            .Refuses(403, 404, 409, 410, 429).Produces<SealingSessionInfo>();
        phones.MapGet(Routes.Phone.SealingSessions, ListAsync)
            .WithName("getSealingSessions").WithSummary("The caller's newest sealing sessions").Produces<IReadOnlyList<SealingSessionInfo>>();
        phones.MapGet(Routes.Phone.SealingSession, GetAsync)
            .WithName("getSealingSession").WithSummary("One of the caller's sealing sessions with its log").Refuses(404).Produces<SealingSessionInfo>();
        phones.MapGet(Routes.Phone.SealingSessionRequests, GetRequestsAsync)
            .WithName("getSealingSessionRequests").WithSummary("What waits for this phone, with automatic confirmation each with its offer")
            .Refuses(403, 404).Produces<SealingSessionRequests>();
        phones.MapPost(Routes.Phone.SealingSessionPause, PauseAsync)
            .WithName("pauseSealingSession").WithSummary("The phone holds no opened share any more: requests wait")
            .Refuses(403, 404).Produces<SealingSessionInfo>();
        phones.MapPost(Routes.Phone.SealingSessionResumption, ResumeAsync)
            .WithName("resumeSealingSession").WithSummary("Asks for the PIN that resumes a paused one")
            .WithDescription("Confirmed with the PIN as the certificate task of the operation's id.")
            .Refuses(403, 404, 409, 429).Produces<SealingSessionInfo>();
        phones.MapPost(Routes.Phone.SealingSessionEnd, EndAsync)
            .WithName("endSealingSession").WithSummary("Ends it: nothing is signed in it from the answer on").Refuses(404).Produces<SealingSessionInfo>();
        phones.MapGet(Routes.Phone.EnterpriseSealingSessions, ListOfEnterpriseAsync)
            .WithName("getSealingSessionsOfEnterprise").WithSummary("The enterprise's newest sealing sessions, for its administrator")
            .Refuses(422).Produces<IReadOnlyList<SealingSessionInfo>>();
        phones.MapPost(Routes.Phone.EnterpriseSealingSessionEnd, EndOfEnterpriseAsync)
            .WithName("endSealingSessionOfEnterprise").WithSummary("The administrator ends a member's sealing session").Refuses(404, 422).Produces<SealingSessionInfo>();
    }

    private static async Task<IResult> ProposeAsync(Guid sessionId, SealingSessionRequest request, Caller caller, IGrainFactory grains, TimeProvider clock) =>
        request.SealingSessionId == Guid.Empty
            ? Invalid.Member("sealingSessionId")
            : (await grains.SealingSession(new SealingId(request.SealingSessionId)).Propose(new ProposeSealing(
                GetCertificate.From(caller), new SessionId(sessionId), new CertificateId(request.CertificateId), request.MaxDocuments, request.Minutes, request.Automatic)))
                .ToHttp(view => Answer(view, clock));

    private static async Task<IResult> ListAsync(Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        var found = new List<SealingSessionInfo>();
        foreach (var id in await grains.SealingSessionsOf(caller.UserId).List())
        {
            if (await grains.SealingSession(id).GetOfHolder(caller.UserId) is Done<SealingView>(var view))
            {
                found.Add(SealingMessages.ToHttp(view, clock));
            }
        }

        return Results.Json(found, BztJson.Default.IReadOnlyListSealingSessionInfo);
    }

    private static async Task<IResult> GetAsync(Guid sealingSessionId, Caller caller, IGrainFactory grains, TimeProvider clock) =>
        (await grains.SealingSession(new SealingId(sealingSessionId)).GetOfHolder(caller.UserId)).ToHttp(view => Answer(view, clock));

    private static async Task<IResult> GetRequestsAsync(Guid sealingSessionId, Caller caller, IGrainFactory grains, TimeProvider clock) =>
        (await grains.SealingSession(new SealingId(sealingSessionId)).GetRequests(GetCertificate.From(caller)))
            .ToHttp(requests => Results.Json(SealingMessages.ToHttp(requests, clock), BztJson.Default.SealingSessionRequests));

    private static async Task<IResult> PauseAsync(Guid sealingSessionId, Caller caller, IGrainFactory grains, TimeProvider clock) =>
        (await grains.SealingSession(new SealingId(sealingSessionId)).Pause(GetCertificate.From(caller))).ToHttp(view => Answer(view, clock));

    private static async Task<IResult> ResumeAsync(Guid sealingSessionId, SealingResumptionRequest request, Caller caller, IGrainFactory grains, TimeProvider clock) =>
        request.OperationId == Guid.Empty
            ? Invalid.Member("operationId")
            : (await grains.SealingSession(new SealingId(sealingSessionId)).AskResumption(GetCertificate.From(caller), request.OperationId)).ToHttp(view => Answer(view, clock));

    private static async Task<IResult> EndAsync(Guid sealingSessionId, Caller caller, IGrainFactory grains, TimeProvider clock) =>
        (await grains.SealingSession(new SealingId(sealingSessionId)).StopByHolder(caller.UserId)).ToHttp(view => Answer(view, clock));

    private static async Task<IResult> ListOfEnterpriseAsync(string creditCode, Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        if (!grains.TryFind(creditCode, out var code, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        if (!await enterprise.IsAdministrator(caller.UserId))
        {
            return new ProblemResult(ErrorCodes.Forbidden);
        }

        var found = new List<SealingSessionInfo>();
        foreach (var id in await grains.SealingSessionsOf(code).List())
        {
            if (await grains.SealingSession(id).GetOfEnterprise(code) is Done<SealingView>(var view))
            {
                found.Add(SealingMessages.ToHttp(view, clock));
            }
        }

        return Results.Json(found, BztJson.Default.IReadOnlyListSealingSessionInfo);
    }

    private static async Task<IResult> EndOfEnterpriseAsync(string creditCode, Guid sealingSessionId, Caller caller, IGrainFactory grains, TimeProvider clock) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.StopSealing(caller.UserId, new SealingId(sealingSessionId))).ToHttp(view => Answer(view, clock))
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static IResult Answer(SealingView view, TimeProvider clock) => Results.Json(SealingMessages.ToHttp(view, clock), BztJson.Default.SealingSessionInfo);
}
