using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Openings;

namespace Bzt.Gateway.Openings;

/// <summary>POST /rp/v1/openings/{openingId}/files/{fileId}/reports: what the file gave, once the phone has answered.</summary>
internal static class ReportOpeningFile
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Platforms.OpeningReports, HandleAsync)
        .WithName("reportOpening")
        .WithSummary("Reports what opening a file gave")
        .WithDescription("By the platform for what its server opened, by the bid tool for what the bidder's PC opened: the record says whose word it is. "
            + "Only after the session's end was ok, or about a CA lock's attempt (opening_report_refused); each side has one word on a session, and a repeat is done. "
            + "What a bidder's PC opened with a CA lock (byLock) had no session: it is the bidder's word alone, taken while the opening runs.")
        .Refuses(400, 404, 409, 429)
        .Produces<OpeningFileStatus>();

    private static async Task<IResult> HandleAsync(Guid openingId, string fileId, OpeningReport request, PlatformCaller caller, IGrainFactory grains)
    {
        if (request.Sections.Any(section => section is null))
        {
            return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "内容不正确：sections" };
        }

        var report = new ReportOpening(
            new SessionId(request.SessionId), request.Outcome, [.. request.Sections.Select(section => new ReportedSection(section.Name, section.Outcome))])
        {
            ByLock = request.ByLock,
        };
        return (await grains.Opening(new OpeningId(openingId)).Report(OpeningMessages.ViewerOf(caller), fileId, report))
            .ToHttp(view => Results.Json(OpeningMessages.ToHttp(view), BztJson.Default.OpeningFileStatus));
    }
}
