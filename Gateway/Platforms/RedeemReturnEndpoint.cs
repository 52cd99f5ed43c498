using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sessions;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Platforms;

/// <summary>POST /rp/v1/sessions/{sessionId}/return: the browser that began on the phone itself is back.</summary>
internal static class RedeemReturnEndpoint
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Platforms.SessionReturn, HandleAsync)
        .WithMetadata(new PlatformAccessMetadata(PlatformAccess.PlatformOnly))
        .WithName("redeemReturn")
        .WithSummary("Redeems the return of a same-device session, once")
        .WithDescription("value is the return address's; nonce comes from the cookie of the browser that came back, and from nowhere else. "
            + "Before it the session's result is withheld. Another session's value, another browser's nonce: return_mismatch; the second time: return_used, and the session can be fetched.")
        .Refuses(404, 409, 422)
        .Produces<SessionStatus>();

    private static async Task<IResult> HandleAsync(Guid sessionId, ReturnRequest request, PlatformCaller caller, IGrainFactory grains)
    {
        var reply = await grains.GetGrain<IQrSessionGrain>(sessionId).RedeemReturn(caller.Requester, request.Value, request.Nonce);
        return reply.ToHttp(view => Results.Json(SessionMessages.ToHttp(sessionId, view), BztJson.Default.SessionStatus));
    }
}
