using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Openings;

namespace Bzt.Gateway.Openings;

/// <summary>POST /rp/v1/openings/{openingId}/end: before its deadline, when nobody is waited for any more.</summary>
internal static class EndOpening
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Platforms.OpeningEnd, HandleAsync)
        .WithMetadata(new PlatformAccessMetadata(PlatformAccess.PlatformOnly))
        .WithName("endOpening")
        .WithSummary("Ends a bid opening before its deadline")
        .WithDescription("Nobody is asked any more and open requests are cancelled, which their files' records say. One that has ended stays as it ended.")
        .Refuses(403, 404)
        .Produces<OpeningStatus>();

    private static async Task<IResult> HandleAsync(Guid openingId, PlatformCaller caller, IGrainFactory grains)
    {
        var opening = grains.Opening(new OpeningId(openingId));
        return await opening.End(caller.Platform) is Refused<Nothing>(var refusal)
            ? refusal.ToHttp()
            : await OpeningMessages.AnswerAsync(opening, openingId, caller);
    }
}
