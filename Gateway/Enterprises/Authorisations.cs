using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;

namespace Bzt.Gateway.Enterprises;

/// <summary>授权管理: the history, and 删除授权 one by one, by platform or by person (M044, M045). Effective at the next operation.</summary>
internal static class Authorisations
{
    private const int MaxPlatformId = 100;

    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.EnterpriseAuthorisations, ListAsync)
            .WithName("listAuthorisations").WithSummary("Authorisations, newest first: all for the administrator, a member's own for the member")
            .Refuses(422).Produces<IReadOnlyList<AuthorisationInfo>>();
        phones.MapPost(Routes.Phone.EnterpriseAuthorisationRevocation, RevokeAsync)
            .WithName("revokeAuthorisation").WithSummary("Ends an authorisation").Refuses(404, 422).Produces(StatusCodes.Status204NoContent);
        phones.MapPost(Routes.Phone.EnterprisePlatformRevocation, RevokeByPlatformAsync)
            .WithName("revokeAuthorisationsOfPlatform").WithSummary("Ends every authorisation at a platform").Refuses(422).Produces<AuthorisationsRevoked>();
        phones.MapPost(Routes.Phone.EnterpriseMemberRevocation, RevokeByMemberAsync)
            .WithName("revokeAuthorisationsOfMember").WithSummary("Ends every authorisation of a member").Refuses(422).Produces<AuthorisationsRevoked>();
    }

    private static async Task<IResult> ListAsync(string creditCode, Caller caller, IGrainFactory grains, TimeProvider time)
    {
        if (!grains.TryFind(creditCode, out _, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        var listed = await enterprise.ListAuthorisations(caller.UserId);
        if (listed is not Done<IReadOnlyList<Authorisation>>(var authorisations) || await enterprise.GetMembers(caller.UserId) is not Done<IReadOnlyList<MemberView>>(var members))
        {
            return listed.ToHttp(_ => Results.Empty);
        }

        var names = members.ToDictionary(member => member.User, member => member.MaskedName);
        return Results.Json<IReadOnlyList<AuthorisationInfo>>(
            [.. authorisations.Select(granted => ToContract(granted, names.GetValueOrDefault(granted.Member), time.GetUtcNow()))], BztJson.Default.IReadOnlyListAuthorisationInfo);
    }

    private static async Task<IResult> RevokeAsync(string creditCode, Guid authorisationId, Caller caller, IGrainFactory grains) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.Revoke(caller.UserId, authorisationId)).ToHttp(_ => Results.NoContent())
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static async Task<IResult> RevokeByPlatformAsync(string creditCode, string platformId, Caller caller, IGrainFactory grains)
    {
        if (!grains.TryFind(creditCode, out _, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        return platformId.Length > MaxPlatformId || platformId.Any(char.IsControl)
            ? Invalid.Member("platformId")
            : (await enterprise.RevokeByPlatform(caller.UserId, new PlatformId(platformId))).ToHttp(Revoked);
    }

    private static async Task<IResult> RevokeByMemberAsync(string creditCode, Guid userId, Caller caller, IGrainFactory grains) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.RevokeByMember(caller.UserId, new UserId(userId))).ToHttp(Revoked)
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static IResult Revoked(int count) => Results.Json(new AuthorisationsRevoked(count), BztJson.Default.AuthorisationsRevoked);

    private static AuthorisationInfo ToContract(Authorisation granted, string? maskedName, DateTimeOffset now) => new(
        granted.Id, granted.Member.Value, maskedName, granted.Platform.Value, granted.Scopes, granted.Certificate?.Value, granted.NotBefore, granted.NotAfter,
        granted.IsInForce(now), granted.GrantedAt, granted.EndedAt);
}
