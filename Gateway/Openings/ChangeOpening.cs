using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Openings;

namespace Bzt.Gateway.Openings;

/// <summary>PATCH /rp/v1/openings/{openingId}: more time to decrypt, or an opening that begins later.</summary>
internal static class ChangeOpening
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapPatch(Routes.Platforms.Opening, HandleAsync)
        .WithMetadata(new PlatformAccessMetadata(PlatformAccess.PlatformOnly))
        .WithName("changeOpening")
        .WithSummary("Moves a bid opening's deadline or its opening time")
        .WithDescription("Only later (opening_not_earlier): the deadline until the opening has ended (opening_ended), the opening time until it has come (opening_begun); at most 20 times. "
            + "The bidders' phones are told with the reason, and every file's signed record names the times before and since. "
            + "With an Idempotency-Key a repeat is done once; another change under the same key is idempotency_conflict.")
        .Refuses(400, 403, 404, 409, 422, 429)
        .Produces<OpeningStatus>();

    private static async Task<IResult> HandleAsync(Guid openingId, ChangeOpeningRequest request, HttpContext context, PlatformCaller caller, IGrainFactory grains)
    {
        if (!IdempotencyKey.TryName($"opening/{openingId:D}/change", context.Request.Headers[Routes.IdempotencyKeyHeader], caller, out var id))
        {
            return IdempotencyKey.Refused;
        }

        var opening = grains.Opening(new OpeningId(openingId));
        return await opening.Change(new Grains.Openings.ChangeOpening(id, caller.Platform, ToSeconds(request.OpeningTime), ToSeconds(request.Deadline), request.Reason)) is Refused<Nothing>(var refusal)
            ? refusal.ToHttp()
            : await OpeningMessages.AnswerAsync(opening, openingId, caller);
    }

    private static DateTimeOffset? ToSeconds(DateTimeOffset? time) => time is { } named ? OpeningMessages.ToSeconds(named) : null;
}
