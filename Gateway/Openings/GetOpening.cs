using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Openings;

namespace Bzt.Gateway.Openings;

/// <summary>GET /rp/v1/openings/{openingId}: the countdown, who has been asked and what came back.</summary>
internal static class GetOpening
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.Opening, HandleAsync)
        .WithName("getOpening")
        .WithSummary("A bid opening: countdown and files")
        .WithDescription("secondsLeft counts down to the deadline by the server's clock. Of each file: whether it is open; if not, why and on whose side that lies. "
            + "With a project token only the bidder's own files.")
        .Refuses(404)
        .Produces<OpeningStatus>();

    private static Task<IResult> HandleAsync(Guid openingId, PlatformCaller caller, IGrainFactory grains) =>
        OpeningMessages.AnswerAsync(grains.Opening(new OpeningId(openingId)), openingId, caller);
}
