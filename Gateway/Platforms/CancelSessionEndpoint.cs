using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sessions;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Platforms;

/// <summary>DELETE /rp/v1/sessions/{sessionId}: the PC gives up. A session that has ended stays as it ended.</summary>
internal static class CancelSessionEndpoint
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapDelete(Routes.Platforms.Session, HandleAsync)
        .WithName("cancelSession")
        .WithSummary("Cancels the session")
        .WithDescription("Answers how the session ended: one that had ended before stays as it ended. While the phone is confirming it is refused (session_confirming).")
        .Refuses(404, 409)
        .Produces<SessionStatus>();

    private static async Task<IResult> HandleAsync(Guid sessionId, PlatformCaller caller, IGrainFactory grains)
    {
        var reply = await grains.GetGrain<IQrSessionGrain>(sessionId).Cancel(caller.Requester);
        return reply.ToHttp(view => Results.Json(SessionMessages.ToHttp(sessionId, view), BztJson.Default.SessionStatus));
    }
}
