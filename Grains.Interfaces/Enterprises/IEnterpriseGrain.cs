using Bzt.Contracts.Platforms;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;
using Bzt.Grains.Certificates;
using Bzt.Grains.Remittances;
using Bzt.Grains.Sealing;
using Orleans.Concurrency;

namespace Bzt.Grains.Enterprises;

/// <summary>
/// One enterprise, keyed by its unified social credit code: whose it is and who belongs to it. It has exactly one
/// administrator from its claim on; of several applicants the first whose certificate is downloaded becomes it (M025).
/// </summary>
[Alias("bzt.IEnterprise")]
public interface IEnterpriseGrain : IGrainWithStringKey
{
    /// <summary>What everybody may know: whether it is claimed and, masked, by whom.</summary>
    [Alias("view")]
    Task<EnterpriseView> GetView();

    /// <summary>An application for it is on its way; told at each submission, so that losers can be told.</summary>
    [Alias("contend")]
    Task Contend(ApplicationId application);

    /// <summary>
    /// Before the download: from here on no other application can reach a certificate. The holder's repeat is done;
    /// <see cref="RefusalCode.EnterpriseClaimed"/> for anybody else, as long as the holder says that it downloads.
    /// </summary>
    [Alias("reserve")]
    Task<Reply<Nothing>> Reserve(ApplicationId application);

    /// <summary>Its application ended without a certificate.</summary>
    [Alias("release")]
    Task Release(ApplicationId application);

    /// <summary>The reserving application's certificate is active: claimed. Everybody else who applied is told.</summary>
    [Alias("confirm")]
    Task Confirm(ConfirmClaim claim);

    /// <summary><see cref="MemberRole"/> of a user; <see cref="RefusalCode.NotFound"/> when not a member.</summary>
    [Alias("role-of")]
    Task<Reply<MemberRole>> GetRole(UserId user);

    [Alias("is-administrator"), AlwaysInterleave]
    Task<bool> IsAdministrator(UserId user);

    /// <summary>
    /// Whether this user may use a certificate of the enterprise for that, now: the administrator for everything, staff inside an authorisation.
    /// <see cref="RefusalCode.NotMember"/>, <see cref="RefusalCode.NotAuthorised"/>. Reads only what is durable, so it need not wait its turn.
    /// </summary>
    [Alias("may-use"), AlwaysInterleave]
    Task<Reply<Nothing>> MayUse(UserId user, PlatformId platform, SessionKind kind);

    /// <summary>Every kind of session for which <see cref="MayUse"/> says yes now.</summary>
    [Alias("uses"), AlwaysInterleave]
    Task<IReadOnlyList<SessionKind>> GetUses(UserId user, PlatformId platform);

    /// <summary>Who belongs to it, the administrator first. <see cref="RefusalCode.Forbidden"/> for who does not.</summary>
    [Alias("members")]
    Task<Reply<IReadOnlyList<MemberView>>> GetMembers(UserId caller);

    /// <summary>Staff from now on. A repeat of the operation is done, also when the member was removed since.</summary>
    [Alias("add-member")]
    Task<Reply<Nothing>> AddMember(AddMember command);

    /// <summary>新增授权: the CA has approved it. Idempotent by its id. <see cref="RefusalCode.NotMember"/> when the user neither is a member nor joins with it.</summary>
    [Alias("grant")]
    Task<Reply<Nothing>> Grant(GrantAuthorisation command);

    /// <summary>删除授权: one, from the history of its platform or its member. What ended before is done.</summary>
    [Alias("revoke")]
    Task<Reply<Nothing>> Revoke(UserId caller, Guid authorisation);

    /// <summary>删除授权 按交易平台: all that is in force there. How many that were.</summary>
    [Alias("revoke-by-platform")]
    Task<Reply<int>> RevokeByPlatform(UserId caller, PlatformId platform);

    /// <summary>删除授权 按人员: all that a member has. How many that were.</summary>
    [Alias("revoke-by-member")]
    Task<Reply<int>> RevokeByMember(UserId caller, UserId member);

    /// <summary>历史授权记录, newest first: the administrator sees all, a member its own.</summary>
    [Alias("authorisations")]
    Task<Reply<IReadOnlyList<Authorisation>>> ListAuthorisations(UserId caller);

    /// <summary>Whom to tell; <see cref="RefusalCode.NotFound"/> while it is not claimed.</summary>
    [Alias("administrator"), AlwaysInterleave]
    Task<Reply<UserId>> GetAdministrator();

    /// <summary>
    /// 删除人员: authorisations end with the membership, the person's certificates of this enterprise stop serving and the CA is told.
    /// <see cref="RefusalCode.AdministratorStays"/> for the administrator. A repeat is done.
    /// </summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="member">Who goes.</param>
    /// <param name="insist">After being shown the bids that nobody could open any more; without, they hold the removal back with <see cref="RefusalCode.BidsUnopened"/> (X23).</param>
    [Alias("remove-member")]
    Task<Reply<Nothing>> RemoveMember(UserId caller, UserId member, bool insist);

    /// <summary>When this user was last removed; null when he never was, or so long ago that it is forgotten. Reads only what is durable, so it need not wait its turn.</summary>
    [Alias("removal"), AlwaysInterleave]
    Task<DateTimeOffset?> GetRemoval(UserId user);

    /// <summary>The bids encrypted to the member's certificates of this enterprise and not opened yet; for the administrator.</summary>
    [Alias("unopened-bids")]
    Task<Reply<IReadOnlyList<UnopenedBid>>> GetUnopenedBids(UserId caller, UserId member);

    /// <summary>
    /// The administrator ends a member's sealing session; on record here. A repeat is done. <see cref="RefusalCode.NotFound"/> when it is not this
    /// enterprise's.
    /// </summary>
    [Alias("stop-sealing")]
    Task<Reply<SealingView>> StopSealing(UserId caller, SealingId sealing);

    /// <summary>新增人员.</summary>
    [Alias("invite")]
    Task<Reply<InvitationView>> Invite(Invite command);

    [Alias("withdraw-invitation")]
    Task<Reply<Nothing>> WithdrawInvitation(UserId caller, Guid invitation);

    /// <summary>The administrator's, newest first. <see cref="RefusalCode.Forbidden"/> for anybody else.</summary>
    [Alias("invitations")]
    Task<Reply<IReadOnlyList<InvitationView>>> GetInvitations(UserId caller);

    /// <summary>One, for whom it is meant: <see cref="RefusalCode.NotFound"/> when the caller's number is not the invited one.</summary>
    [Alias("invitation")]
    Task<Reply<InvitationView>> GetInvitation(UserId caller, Guid invitation);

    /// <summary>
    /// The invited person becomes 办事人员. <see cref="RefusalCode.NotFound"/> when the caller's number is not the invited one,
    /// <see cref="RefusalCode.InvitationNameMismatch"/> when the real name is another, <see cref="RefusalCode.InvitationOver"/>.
    /// </summary>
    [Alias("accept-invitation")]
    Task<Reply<Nothing>> AcceptInvitation(UserId caller, Guid invitation);

    [Alias("decline-invitation")]
    Task<Reply<Nothing>> DeclineInvitation(UserId caller, Guid invitation);

    /// <summary>转授管理员: asks the certificate for the administrator's PIN. One at a time: <see cref="RefusalCode.TransferOpen"/>.</summary>
    [Alias("start-transfer")]
    Task<Reply<TransferView>> StartTransfer(StartTransfer command);

    /// <summary>From the certificate: the administrator has confirmed with the PIN. From here the member is asked.</summary>
    [Alias("transfer-signed")]
    Task TransferSigned(TaskSigned signed);

    /// <summary>The newest transfer; <see cref="RefusalCode.NotFound"/> for whoever it is not between.</summary>
    [Alias("transfer")]
    Task<Reply<TransferView>> GetTransfer(UserId caller);

    /// <summary>The member becomes the administrator, the administrator 办事人员, in one write.</summary>
    [Alias("accept-transfer")]
    Task<Reply<Nothing>> AcceptTransfer(UserId caller, Guid transfer);

    [Alias("decline-transfer")]
    Task<Reply<Nothing>> DeclineTransfer(UserId caller, Guid transfer);

    [Alias("withdraw-transfer")]
    Task<Reply<Nothing>> WithdrawTransfer(UserId caller, Guid transfer);

    /// <summary>An administrator who cannot be reached becomes 办事人员. Idempotent by its application.</summary>
    [Alias("replace-administrator")]
    Task<Reply<Nothing>> ReplaceAdministrator(ReplaceAdministrator command);

    /// <summary>变更企业信息 was approved by the CA: its name from now on. Idempotent by its application.</summary>
    [Alias("change-name")]
    Task<Reply<Nothing>> ChangeName(ApplicationId application, string name);

    /// <summary>Tells the user once somebody claims it. <see cref="RefusalCode.EnterpriseClaimed"/> when somebody has.</summary>
    [Alias("await-claim")]
    Task<Reply<Nothing>> AwaitClaim(UserId user);

    /// <summary>
    /// Whether that is the administrator: name and number in full. <see cref="RefusalCode.AdministratorMismatch"/> with the tries left, no hint which of the two;
    /// then <see cref="RefusalCode.RateLimited"/>.
    /// </summary>
    [Alias("verify-administrator")]
    Task<Reply<Nothing>> VerifyAdministrator(UserId caller, string name, string phoneNumber);

    /// <summary>
    /// 对公打款: what to remit and until when; the same for a repeat. <see cref="RefusalCode.AlreadyMember"/>;
    /// <see cref="RefusalCode.EnterpriseMismatch"/> when it is claimed under another name.
    /// </summary>
    [Alias("begin-remittance")]
    Task<Reply<RemittanceTerms>> BeginRemittance(BeginRemittance command);

    /// <summary>From the remittance: what came in so far. A right one makes its user a member without certificate.</summary>
    [Alias("remittance-changed")]
    Task RemittanceChanged(RemittanceView view);

    /// <summary>
    /// Asks the administrator to hand over (M026): tells him who asks, masked; once a day and user. Only who shows to know the administrator,
    /// as with <see cref="VerifyAdministrator"/>: nobody else is to write into his inbox.
    /// </summary>
    [Alias("ask-for-transfer")]
    Task<Reply<Nothing>> AskForTransfer(UserId caller, string name, string phoneNumber);

    /// <summary>The audit's length, for the administrator; <see cref="RefusalCode.Forbidden"/> for anybody else.</summary>
    [Alias("audit-count")]
    Task<Reply<long>> GetAuditCount(UserId caller);
}

[GenerateSerializer, Immutable, Alias("bzt.ConfirmClaim")]
public sealed record ConfirmClaim(
    [property: Id(0)] ApplicationId Application,
    [property: Id(1)] CertificateId Certificate,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] UserId Administrator,
    [property: Id(4)] string AdministratorMaskedName,
    [property: Id(5)] string AdministratorMaskedPhoneNumber);

[GenerateSerializer, Immutable, Alias("bzt.EnterpriseView")]
public sealed record EnterpriseView(
    [property: Id(0)] CreditCode CreditCode,
    [property: Id(1)] bool Claimed,
    [property: Id(2)] string? Name,
    [property: Id(3)] string? AdministratorMaskedName,
    [property: Id(4)] string? AdministratorMaskedPhoneNumber);
