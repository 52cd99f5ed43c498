using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sealing;
using Bzt.Grains;
using Bzt.Grains.Sealing;

namespace Bzt.Gateway.Platforms;

/// <summary>DELETE /rp/v1/sealing-sessions/{sealingSessionId}: the PC has nothing more to be sealed.</summary>
internal static class EndSealingSessionEndpoint
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapDelete(Routes.Platforms.SealingSession, HandleAsync)
        .WithName("endSealingSessionFromPc")
        .WithSummary("Ends the sealing session")
        .WithDescription("Nothing is signed in it from the answer on; requests that wait are cancelled. One that had ended before stays as it ended.")
        .Refuses(404)
        .Produces<SealingSessionStatus>();

    private static async Task<IResult> HandleAsync(Guid sealingSessionId, PlatformCaller caller, IGrainFactory grains) =>
        (await grains.SealingSession(new SealingId(sealingSessionId)).StopByPlatform(SealingMessages.UserOf(caller))).ToHttp(SealingMessages.JsonForPlatform);
}
