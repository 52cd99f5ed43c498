using System.Globalization;
using System.Text.Json;

namespace Bzt.Contracts.Phone;

// An enterprise and its people: search, invitations, members, the administrator's transfer, authorisations.
public sealed partial class PhoneClient
{
    /// <summary>搜索企业 by a part of the name or the beginning of the credit code.</summary>
    /// <param name="text">Two characters or more.</param>
    /// <param name="after">The page before's <see cref="EnterprisePage.Next"/>.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<EnterprisePage> SearchEnterprisesAsync(string text, string? after = null, CancellationToken cancellation = default)
    {
        var path = $"{Routes.Phone.EnterpriseSearch}?text={Uri.EscapeDataString(text)}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}";
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.EnterprisePage, cancellation), cancellation);
    }

    /// <summary>An enterprise nobody claimed: the caller is told once somebody does.</summary>
    public Task AwaitClaimAsync(string creditCode, CancellationToken cancellation = default) =>
        SendAsync(Of(Routes.Phone.EnterpriseInterest, creditCode), cancellation);

    /// <summary>知道管理员信息并申请加入: passes when name and number are the administrator's. Not repeated by itself: wrong ones are counted.</summary>
    public Task CheckAdministratorAsync(string creditCode, AdministratorCheck check, CancellationToken cancellation = default) =>
        SendOnceAsync(Of(Routes.Phone.EnterpriseAdministratorCheck, creditCode), check, cancellation);

    /// <summary>Asks the administrator of an enterprise to hand over. Needs to know who that is, as <see cref="CheckAdministratorAsync"/> does.</summary>
    public Task AskForTransferAsync(string creditCode, AdministratorCheck check, CancellationToken cancellation = default) =>
        SendOnceAsync(Of(Routes.Phone.EnterpriseTransferWish, creditCode), check, cancellation);

    /// <summary>人员管理.</summary>
    public Task<EnterprisePeople> GetPeopleAsync(string creditCode, CancellationToken cancellation = default)
    {
        var path = Of(Routes.Phone.EnterprisePeople, creditCode);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.EnterprisePeople, cancellation), cancellation);
    }

    /// <summary>删除人员.</summary>
    /// <param name="creditCode">Whose administrator the caller is.</param>
    /// <param name="userId">Who goes.</param>
    /// <param name="insist">The user was shown <see cref="GetUnopenedBidsOfMemberAsync"/> and wants it all the same.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task RemoveMemberAsync(string creditCode, Guid userId, bool insist = false, CancellationToken cancellation = default) =>
        SendAsync(Route(Of(Routes.Phone.EnterpriseMemberRemoval, creditCode), "userId", userId) + (insist ? "?insist=true" : ""), cancellation);

    /// <summary>The bids that nobody could open any more if the member were removed.</summary>
    public Task<IReadOnlyList<UnopenedBidInfo>> GetUnopenedBidsOfMemberAsync(string creditCode, Guid userId, CancellationToken cancellation = default)
    {
        var path = Route(Of(Routes.Phone.EnterpriseMemberUnopenedBids, creditCode), "userId", userId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.IReadOnlyListUnopenedBidInfo, cancellation), cancellation);
    }

    /// <summary>新增人员.</summary>
    public Task<InvitationInfo> InviteAsync(string creditCode, InviteRequest request, CancellationToken cancellation = default)
    {
        var path = Of(Routes.Phone.EnterpriseInvitations, creditCode);
        return RepeatAsync(() => http.PostAsync(path, request, BztJson.Default.InviteRequest, BztJson.Default.InvitationInfo, cancellation), cancellation);
    }

    /// <summary>The administrator takes an invitation back.</summary>
    public Task WithdrawInvitationAsync(string creditCode, Guid invitationId, CancellationToken cancellation = default) =>
        SendAsync(Route(Of(Routes.Phone.EnterpriseInvitationWithdrawal, creditCode), "invitationId", invitationId), cancellation);

    /// <summary>The invitations to the caller's phone number, newest first.</summary>
    public Task<IReadOnlyList<InvitationInfo>> GetInvitationsAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Invitations, BztJson.Default.IReadOnlyListInvitationInfo, cancellation), cancellation);

    /// <summary>The caller becomes 办事人员.</summary>
    public Task AcceptInvitationAsync(string creditCode, Guid invitationId, CancellationToken cancellation = default) =>
        SendAsync(Route(Of(Routes.Phone.EnterpriseInvitationAcceptance, creditCode), "invitationId", invitationId), cancellation);

    /// <summary>The caller does not want to.</summary>
    public Task DeclineInvitationAsync(string creditCode, Guid invitationId, CancellationToken cancellation = default) =>
        SendAsync(Route(Of(Routes.Phone.EnterpriseInvitationRefusal, creditCode), "invitationId", invitationId), cancellation);

    /// <summary>转授管理员: names the member. Confirm the certificate task of the same id next.</summary>
    public Task<TransferInfo> StartTransferAsync(string creditCode, TransferRequest request, CancellationToken cancellation = default)
    {
        var path = Of(Routes.Phone.EnterpriseTransfers, creditCode);
        return RepeatAsync(() => http.PostAsync(path, request, BztJson.Default.TransferRequest, BztJson.Default.TransferInfo, cancellation), cancellation);
    }

    /// <summary>The newest transfer, for the two it is between.</summary>
    public Task<TransferInfo> GetTransferAsync(string creditCode, CancellationToken cancellation = default)
    {
        var path = Of(Routes.Phone.EnterpriseTransfer, creditCode);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.TransferInfo, cancellation), cancellation);
    }

    /// <summary>The caller becomes the administrator.</summary>
    public Task AcceptTransferAsync(string creditCode, Guid transferId, CancellationToken cancellation = default) =>
        SendAsync(Route(Of(Routes.Phone.EnterpriseTransferAcceptance, creditCode), "transferId", transferId), cancellation);

    /// <summary>The caller does not want to become it.</summary>
    public Task DeclineTransferAsync(string creditCode, Guid transferId, CancellationToken cancellation = default) =>
        SendAsync(Route(Of(Routes.Phone.EnterpriseTransferRefusal, creditCode), "transferId", transferId), cancellation);

    /// <summary>The administrator stays.</summary>
    public Task WithdrawTransferAsync(string creditCode, Guid transferId, CancellationToken cancellation = default) =>
        SendAsync(Route(Of(Routes.Phone.EnterpriseTransferWithdrawal, creditCode), "transferId", transferId), cancellation);

    /// <summary>历史授权记录, newest first.</summary>
    public Task<IReadOnlyList<AuthorisationInfo>> GetAuthorisationsAsync(string creditCode, CancellationToken cancellation = default)
    {
        var path = Of(Routes.Phone.EnterpriseAuthorisations, creditCode);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.IReadOnlyListAuthorisationInfo, cancellation), cancellation);
    }

    /// <summary>删除授权: one.</summary>
    public Task RevokeAuthorisationAsync(string creditCode, Guid authorisationId, CancellationToken cancellation = default) =>
        SendAsync(Route(Of(Routes.Phone.EnterpriseAuthorisationRevocation, creditCode), "authorisationId", authorisationId), cancellation);

    /// <summary>删除授权 按交易平台: all there.</summary>
    public Task<AuthorisationsRevoked> RevokeAuthorisationsOfPlatformAsync(string creditCode, string platformId, CancellationToken cancellation = default)
    {
        var path = Route(Of(Routes.Phone.EnterprisePlatformRevocation, creditCode), "platformId", platformId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.AuthorisationsRevoked, cancellation), cancellation);
    }

    /// <summary>删除授权 按人员: all of a member.</summary>
    public Task<AuthorisationsRevoked> RevokeAuthorisationsOfMemberAsync(string creditCode, Guid userId, CancellationToken cancellation = default)
    {
        var path = Route(Of(Routes.Phone.EnterpriseMemberRevocation, creditCode), "userId", userId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.AuthorisationsRevoked, cancellation), cancellation);
    }

    /// <summary>对公打款: what to remit, and where to.</summary>
    public Task<RemittanceInfo> BeginRemittanceAsync(string creditCode, RemittanceRequest request, CancellationToken cancellation = default)
    {
        var path = Of(Routes.Phone.EnterpriseRemittances, creditCode);
        return RepeatAsync(() => http.PostAsync(path, request, BztJson.Default.RemittanceRequest, BztJson.Default.RemittanceInfo, cancellation), cancellation);
    }

    /// <summary>我已汇款: how it stands; the bank is asked.</summary>
    public Task<RemittanceInfo> GetRemittanceAsync(Guid remittanceId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.Remittance, "remittanceId", remittanceId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.RemittanceInfo, cancellation), cancellation);
    }

    /// <summary>What was done about the enterprise, newest first.</summary>
    /// <param name="creditCode">Whose administrator the caller is.</param>
    /// <param name="before">The page before's <see cref="EnterpriseAudit.Before"/>.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<EnterpriseAudit> GetEnterpriseAuditAsync(string creditCode, long? before = null, CancellationToken cancellation = default)
    {
        var path = Of(Routes.Phone.EnterpriseAudit, creditCode) + (before is { } sequence ? string.Create(CultureInfo.InvariantCulture, $"?before={sequence}") : "");
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.EnterpriseAudit, cancellation), cancellation);
    }

    private async Task SendOnceAsync(string path, AdministratorCheck check, CancellationToken cancellation) =>
        (await http.SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(check, BztJson.Default.AdministratorCheck), "application/json", cancellation)).Dispose();

    private static string Of(string route, string creditCode) => Route(route, "creditCode", creditCode);

    /// <summary>A command without content and answer, that may be done twice.</summary>
    private Task SendAsync(string path, CancellationToken cancellation) => RepeatAsync(
        async () =>
        {
            await http.PostAsync(path, cancellation);
            return true;
        },
        cancellation);
}
