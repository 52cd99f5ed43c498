using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Sessions;
using Bzt.Grains;
using Bzt.Grains.Sealing;

namespace Bzt.Gateway.Sealing;

/// <summary>Between the JSON of the public surface and the grains' messages.</summary>
internal static class SealingMessages
{
    /// <summary>Under a project token: the token's own bidder and project.</summary>
    public static SealingUser UserOf(PlatformCaller caller) =>
        new(caller.Platform, caller.Grant?.Project.ProjectId, caller.Grant is { } grant ? new CreditCode(grant.CreditCode) : null);

    public static SealingSessionInfo ToHttp(SealingView view, TimeProvider clock) => new(
        view.Id.Value, view.Certificate.Value, view.Device.Value, view.Platform.Value, view.PlatformName, SessionMessages.ToHttp(view.Project)!, view.EnterpriseName,
        view.State, view.End, view.Automatic, view.MaxDocuments, view.UsedDocuments, view.StartedAt, view.ExpiresAt,
        [.. view.Log.Select(line => new SealingLogEntry(line.Session.Value, line.Documents, line.ReceivedAt, line.End, line.EndedAt))], clock.GetUtcNow());

    public static SealingSessionRequests ToHttp(SealingRequests requests, TimeProvider clock) => new(
        ToHttp(requests.Sealing, clock),
        [.. requests.Waiting.Select(waiting => new PushedRequest(
            new PhoneSession(
                waiting.Session.Value, waiting.View.Kind, waiting.View.State, waiting.View.End, waiting.View.Platform.Value, waiting.View.PlatformName,
                SessionMessages.ToHttp(waiting.View.Project), [requests.Sealing.Certificate.Value], null, waiting.View.ExpiresAt, clock.GetUtcNow()),
            waiting.Offer))],
        requests.CommitmentsLeft);

    public static IResult JsonForPlatform(SealingView view) => Results.Json(ToPlatform(view), BztJson.Default.SealingSessionStatus);

    private static SealingSessionStatus ToPlatform(SealingView view) => new(
        view.Id.Value, view.State, view.End, view.Automatic, view.MaxDocuments, view.UsedDocuments,
        view.Log.Where(line => line.End is null).Sum(line => line.Documents.Count),
        SessionMessages.ToHttp(view.Project)!, new EnterpriseInfo(view.EnterpriseName, view.CreditCode.Value), view.ExpiresAt);
}
