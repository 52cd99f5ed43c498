using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;

namespace Bzt.Gateway.Enterprises;

/// <summary>人员管理 (M037, M038).</summary>
internal static class People
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.EnterprisePeople, GetAsync)
            .WithName("getPeople").WithSummary("Who belongs to the enterprise").Refuses(422).Produces<EnterprisePeople>();
        phones.MapPost(Routes.Phone.EnterpriseMemberRemoval, RemoveAsync)
            .WithName("removeMember").WithSummary("Removes a member")
            .WithDescription("What the person may do ends at once; the certificates of this enterprise that the person holds stop serving. bids_unopened holds it back unless insisted.")
            .Refuses(404, 409, 422).Produces(StatusCodes.Status204NoContent);
        phones.MapGet(Routes.Phone.EnterpriseMemberUnopenedBids, GetUnopenedBidsAsync)
            .WithName("getUnopenedBidsOfMember").WithSummary("The bids that nobody could open any more if the member were removed").Refuses(404, 422)
            .Produces<IReadOnlyList<UnopenedBidInfo>>();
    }

    private static async Task<IResult> GetAsync(string creditCode, Caller caller, IGrainFactory grains)
    {
        if (!grains.TryFind(creditCode, out var code, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        var members = await enterprise.GetMembers(caller.UserId);
        if (members is not Done<IReadOnlyList<MemberView>>(var found))
        {
            return members.ToHttp(_ => Results.Empty);
        }

        var invitations = await enterprise.GetInvitations(caller.UserId) is Done<IReadOnlyList<InvitationView>>(var invited) ? invited : [];
        var transfer = await enterprise.GetTransfer(caller.UserId) is Done<TransferView>(var open) ? open : null;
        var view = await enterprise.GetView();
        return Results.Json(
            new EnterprisePeople(
                code.Value, view.Name ?? "", [.. found.Select(ToContract)], [.. invitations.Select(Invitations.ToContract)], transfer is null ? null : Transfers.ToContract(transfer)),
            BztJson.Default.EnterprisePeople);
    }

    private static async Task<IResult> RemoveAsync(string creditCode, Guid userId, Caller caller, IGrainFactory grains, bool insist = false) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.RemoveMember(caller.UserId, new UserId(userId), insist)).ToHttp(_ => Results.NoContent())
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static async Task<IResult> GetUnopenedBidsAsync(string creditCode, Guid userId, Caller caller, IGrainFactory grains) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.GetUnopenedBids(caller.UserId, new UserId(userId))).ToHttp(bids => Results.Json<IReadOnlyList<UnopenedBidInfo>>(
                [.. bids.Select(bid => new UnopenedBidInfo(bid.Platform.Value, bid.ProjectId, bid.ProjectName, bid.OpeningTime))], BztJson.Default.IReadOnlyListUnopenedBidInfo))
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static MemberInfo ToContract(MemberView member) => new(
        member.User.Value,
        member.Role switch
        {
            Grains.Accounts.MemberRole.Administrator => MemberRole.Administrator,
            Grains.Accounts.MemberRole.Staff => MemberRole.Staff,
            _ => throw new InvalidOperationException($"A member of role {member.Role}."),
        },
        member.Since,
        member.Via switch
        {
            Grains.Enterprises.MemberVia.Claim => Contracts.Phone.MemberVia.Claim,
            Grains.Enterprises.MemberVia.Join => Contracts.Phone.MemberVia.Join,
            Grains.Enterprises.MemberVia.Remittance => Contracts.Phone.MemberVia.Remittance,
            Grains.Enterprises.MemberVia.Invitation => Contracts.Phone.MemberVia.Invitation,
            Grains.Enterprises.MemberVia.Replacement => Contracts.Phone.MemberVia.Replacement,
            _ => throw new InvalidOperationException($"A member by way {member.Via}."),
        },
        member.MaskedName,
        member.MaskedPhoneNumber);
}
