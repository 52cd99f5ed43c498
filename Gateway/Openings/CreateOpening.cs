using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Openings;

namespace Bzt.Gateway.Openings;

/// <summary>POST /rp/v1/openings</summary>
internal static class CreateOpening
{
    /// <summary>Two thousand files with names in Chinese.</summary>
    private const int LargestRequest = 2 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Platforms.Openings, HandleAsync)
        .WithMetadata(new PlatformAccessMetadata(PlatformAccess.PlatformOnly))
        .LimitBody(LargestRequest)
        .WithName("createOpening")
        .WithSummary("Announces a bid opening")
        .WithDescription("The files to be decrypted, with a digest of each, and the deadline: at most 24 hours after the project's opening time. "
            + "From the opening time on a decrypt session names the opening and its files; who was asked, when and what came back is then in a signed record of each file. "
            + "With an Idempotency-Key the same request gets the same opening.")
        .Refuses(400, 403, 409, 413, 422, 429)
        .Produces<OpeningStatus>(StatusCodes.Status201Created);

    private static async Task<IResult> HandleAsync(CreateOpeningRequest request, HttpContext context, PlatformCaller caller, IGrainFactory grains)
    {
        if (!IdempotencyKey.TryName("opening", context.Request.Headers[Routes.IdempotencyKeyHeader], caller, out var id))
        {
            return IdempotencyKey.Refused;
        }

        if (request.Files.Any(file => file is null))
        {
            return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "内容不正确：files" };
        }

        var files = new List<OpeningFileFacts>();
        foreach (var file in request.Files)
        {
            if (!CreditCodes.TryParse(file.Bidder.CreditCode, out var bidder))
            {
                return new ProblemResult(ErrorCodes.CreditCodeInvalid) { Detail = file.FileId };
            }

            files.Add(new OpeningFileFacts(file.FileId, file.Name, file.Bidder.Name, bidder, file.Digest));
        }

        var opening = new OpeningId(id);
        var created = await grains.Opening(opening).Create(new Grains.Openings.CreateOpening(
            caller.Platform, request.Project.ProjectId, request.Project.Name, OpeningMessages.ToSeconds(request.Project.OpeningTime), OpeningMessages.ToSeconds(request.Deadline), files));
        return created is Refused<Nothing>(var refusal)
            ? refusal.ToHttp()
            : (await grains.Opening(opening).GetView(OpeningMessages.ViewerOf(caller))).ToHttp(view => Results.Json(
                OpeningMessages.ToHttp(id, view), BztJson.Default.OpeningStatus, statusCode: StatusCodes.Status201Created));
    }
}
