using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;

namespace Bzt.Gateway.Accounts;

/// <summary>What there is to prove by, and how a proof goes on. A device sees its own operations only.</summary>
internal static class ProveProgress
{
    private const int MaxState = 64;

    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.RealNameWays, GetWaysAsync).WithName("getRealNameWays").WithSummary("The ways of proving the real name that are open").Needs(PhoneAccess.Device).Produces<RealNameWays>();
        phones.MapGet(Routes.Phone.RealNameCheck, GetAsync).WithName("getRealNameCheck").WithSummary("Where a proof of the real name stands").Needs(PhoneAccess.Device).Produces<RealNameCheckInfo>();
        phones.MapPost(Routes.Phone.RealNameReturn, ReturnAsync).WithName("returnFromRealNamePage").WithSummary("The person is back from the provider's page").Needs(PhoneAccess.Device).Produces<RealNameCheckInfo>();
        phones.MapPost(Routes.Phone.RealNameCancellation, CancelAsync).WithName("cancelRealNameCheck").WithSummary("Gives a proof of the real name up").Needs(PhoneAccess.Device).Produces<RealNameCheckInfo>();
    }

    public static RealNameCheckInfo ToContract(this RealNameCheck check)
    {
        var code = check.Refusal is { } refusal ? RefusalProblems.CodeOf(refusal) : null;
        return new RealNameCheckInfo(
            check.Operation,
            check.Way.ToContract(),
            code is not null ? RealNameProgress.Refused : check.Proven is not null ? RealNameProgress.Proven : RealNameProgress.Waiting,
            check.Page?.AbsoluteUri,
            check.ExpiresAt,
            check.ProviderAway,
            check.Proven?.ToContract(),
            code,
            code is null ? null : ProblemTexts.Of(code).Title);
    }

    private static async Task<IResult> GetWaysAsync(Caller caller, IGrainFactory grains) => Results.Json(
        new RealNameWays([.. (await grains.User(caller.UserId).GetRealNameWays()).Select(way => way.ToContract())]), BztJson.Default.RealNameWays);

    private static async Task<IResult> GetAsync(Guid operationId, Caller caller, IGrainFactory grains) =>
        Answer(await grains.User(caller.UserId).GetRealNameCheck(caller.DeviceId, operationId));

    private static async Task<IResult> ReturnAsync(Guid operationId, RealNameReturn request, Caller caller, IGrainFactory grains) => request.State.Length is 0 or > MaxState
        ? Invalid.Member("state")
        : Answer(await grains.User(caller.UserId).ReturnFromPage(caller.DeviceId, operationId, request.State));

    private static async Task<IResult> CancelAsync(Guid operationId, Caller caller, IGrainFactory grains) =>
        Answer(await grains.User(caller.UserId).CancelRealName(caller.DeviceId, operationId));

    private static IResult Answer(Reply<RealNameCheck> reply) => reply.ToHttp(check => Results.Json(check.ToContract(), BztJson.Default.RealNameCheckInfo));
}
