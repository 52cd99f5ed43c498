using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sealing;
using Bzt.Grains;
using Bzt.Grains.Sealing;

namespace Bzt.Gateway.Platforms;

/// <summary>GET /rp/v1/sealing-sessions/{sealingSessionId}: whether the user's sealing session runs, and how much of it is left.</summary>
internal static class GetSealingSessionEndpoint
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.SealingSession, HandleAsync)
        .WithName("getSealingSessionStatus")
        .WithSummary("A sealing session the user asked for at one of the caller's requests")
        .WithDescription("Its id is in the session's sealingSession. While it is running or paused, createSession with useSealingSession pushes further requests for seals of the same project.")
        .Refuses(404)
        .Produces<SealingSessionStatus>();

    private static async Task<IResult> HandleAsync(Guid sealingSessionId, PlatformCaller caller, IGrainFactory grains) =>
        (await grains.SealingSession(new SealingId(sealingSessionId)).GetOfPlatform(SealingMessages.UserOf(caller))).ToHttp(SealingMessages.JsonForPlatform);
}
