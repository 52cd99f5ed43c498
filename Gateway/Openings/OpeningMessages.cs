using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Openings;
using Bzt.Protocol.Evidence;

namespace Bzt.Gateway.Openings;

/// <summary>Between the JSON of the public surface and the grains' messages.</summary>
internal static class OpeningMessages
{
    /// <summary>A bid tool sees its bidder's files at its project's opening.</summary>
    public static OpeningViewer ViewerOf(PlatformCaller caller) => new(
        caller.Platform, caller.Grant is { } grant ? new CreditCode(grant.CreditCode) : null, caller.Grant?.Project.ProjectId);

    /// <summary>How it stands, for this caller.</summary>
    public static async Task<IResult> AnswerAsync(IOpeningGrain opening, Guid id, PlatformCaller caller) =>
        (await opening.GetView(ViewerOf(caller))).ToHttp(view => Results.Json(ToHttp(id, view), BztJson.Default.OpeningStatus));

    public static OpeningStatus ToHttp(Guid id, OpeningView view) => new(
        id,
        new ProjectInfo(view.ProjectId, view.ProjectName, view.OpensAt),
        view.Deadline,
        view.State,
        view.EndedAt,
        view.Now,
        view.State == OpeningState.Ended ? 0 : (int)Math.Ceiling((view.Deadline - view.Now).TotalSeconds),
        [.. view.Files.Select(ToHttp)])
    {
        Changes = [.. view.Moves.Select(move => move.ToChange())],
    };

    public static OpeningFileStatus ToHttp(OpeningFileView view) => new(
        view.File.FileId,
        view.File.Name,
        new EnterpriseInfo(view.File.BidderName, view.File.Bidder.Value),
        view.File.Digest,
        new OpeningJudgement(view.Verdict, view.Cause, view.Responsible),
        view.TimesAsked,
        view.LastAt);

    /// <summary>As for sessions, which are held against them.</summary>
    public static DateTimeOffset ToSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
