using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Accounts;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;

namespace Bzt.Gateway.Enterprises;

/// <summary>新增人员 (M037): the administrator invites and withdraws, the invited person accepts or declines.</summary>
internal static class Invitations
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.EnterpriseInvitations, InviteAsync)
            .WithName("invite").WithSummary("Invites a person, registered or not").Refuses(409, 422, 429).Produces<InvitationInfo>();
        phones.MapPost(Routes.Phone.EnterpriseInvitationWithdrawal, WithdrawAsync)
            .WithName("withdrawInvitation").WithSummary("Withdraws an invitation").Refuses(404, 409, 422).Produces(StatusCodes.Status204NoContent);
        phones.MapGet(Routes.Phone.Invitations, ListAsync).Needs(PhoneAccess.FullDevice)
            .WithName("listInvitations").WithSummary("The invitations to the caller's phone number").Produces<IReadOnlyList<InvitationInfo>>();
        phones.MapPost(Routes.Phone.EnterpriseInvitationAcceptance, AcceptAsync)
            .WithName("acceptInvitation").WithSummary("Accepts an invitation: the caller is 办事人员").Refuses(404, 409, 422).Produces(StatusCodes.Status204NoContent);
        phones.MapPost(Routes.Phone.EnterpriseInvitationRefusal, DeclineAsync).Needs(PhoneAccess.FullDevice)
            .WithName("declineInvitation").WithSummary("Declines an invitation").Refuses(404, 409, 422).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> InviteAsync(string creditCode, InviteRequest request, Caller caller, IGrainFactory grains)
    {
        if (!grains.TryFind(creditCode, out _, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        if (!PersonNames.TryRead(request.Name, out var name))
        {
            return Invalid.Member("name");
        }

        return PhoneNumber.IsMobile(request.PhoneNumber)
            ? (await enterprise.Invite(new Invite(request.OperationId, caller.UserId, name, request.PhoneNumber))).ToHttp(view => Results.Json(ToContract(view), BztJson.Default.InvitationInfo))
            : Invalid.Member("phoneNumber");
    }

    private static async Task<IResult> WithdrawAsync(string creditCode, Guid invitationId, Caller caller, IGrainFactory grains) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.WithdrawInvitation(caller.UserId, invitationId)).ToHttp(_ => Results.NoContent())
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static async Task<IResult> ListAsync(Caller caller, IGrainFactory grains)
    {
        var number = await grains.User(caller.UserId).GetPhoneNumberHash();
        if (number is not Done<string>(var hash))
        {
            return number.ToHttp(_ => Results.Empty);
        }

        var waiting = await grains.InvitationBox(hash).List();
        var views = await Task.WhenAll(waiting.Select(invitation => grains.Enterprise(invitation.Enterprise).GetInvitation(caller.UserId, invitation.Id)));
        return Results.Json<IReadOnlyList<InvitationInfo>>(
            [.. views.OfType<Done<InvitationView>>().Select(done => ToContract(done.Value))], BztJson.Default.IReadOnlyListInvitationInfo);
    }

    private static async Task<IResult> AcceptAsync(string creditCode, Guid invitationId, Caller caller, IGrainFactory grains) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.AcceptInvitation(caller.UserId, invitationId)).ToHttp(_ => Results.NoContent())
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static async Task<IResult> DeclineAsync(string creditCode, Guid invitationId, Caller caller, IGrainFactory grains) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.DeclineInvitation(caller.UserId, invitationId)).ToHttp(_ => Results.NoContent())
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    public static InvitationInfo ToContract(InvitationView view) => new(
        view.Id, view.Enterprise.Value, view.EnterpriseName, view.MaskedName, view.MaskedPhoneNumber, view.State, view.At, view.ExpiresAt);
}
