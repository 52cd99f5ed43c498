using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sessions;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Platforms;

/// <summary>DELETE /rp/v1/sessions/{sessionId}: the PC gives up. A session that has ended stays as it ended.</summary>
internal static class CancelSessionEndpoint
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapDelete(Routes.Platforms.Session, HandleAsync)
        .WithSummary("Cancels the session")
        .Produces<SessionStatus>()
        .ProducesProblem(404);

    private static async Task<IResult> HandleAsync(Guid sessionId, PlatformCaller caller, IGrainFactory grains)
    {
        var reply = await grains.GetGrain<IQrSessionGrain>(sessionId).Cancel(caller.Requester);
        return reply.ToHttp(view => Results.Json(SessionMessages.ToHttp(sessionId, view), BztJson.Default.SessionStatus));
    }
}
