namespace Bzt.Contracts.Phone;

/// <summary>授权权限: what a member may do with the enterprise's certificates at a platform. Login includes binding.</summary>
public enum AuthorisationScope { Login, Sign, Seal, Encrypt, Decrypt }

/// <summary>A page of enterprises whose name contains, or whose credit code begins with, what was asked for (M024).</summary>
/// <param name="Next">Ask with it as <c>after</c> for the next page; null at the last.</param>
public sealed record EnterprisePage(IReadOnlyList<EnterpriseFound> Enterprises, string? Next);

public enum MemberVia
{
    /// <summary>认领企业</summary>
    Claim,
    /// <summary>加入企业</summary>
    Join,
    /// <summary>对公打款</summary>
    Remittance,
    /// <summary>新增人员</summary>
    Invitation,
    /// <summary>Put in place of an administrator who could not be reached.</summary>
    Replacement,
}

/// <summary>Somebody who belongs to the enterprise; name and number are masked.</summary>
public sealed record MemberInfo(Guid UserId, MemberRole Role, DateTimeOffset Since, MemberVia Via, string MaskedName, string MaskedPhoneNumber);

/// <summary>人员管理. What only the administrator sees is empty for staff.</summary>
/// <param name="Members">The administrator first.</param>
/// <param name="Invitations">The administrator's, newest first, with those that ended lately.</param>
/// <param name="Transfer">The newest handing over of the administrator; for the two it is between.</param>
public sealed record EnterprisePeople(
    string CreditCode, string EnterpriseName, IReadOnlyList<MemberInfo> Members, IReadOnlyList<InvitationInfo> Invitations, TransferInfo? Transfer);

/// <summary>新增人员 (M037).</summary>
/// <param name="OperationId">Made by the phone; becomes the invitation's id. A repeat is the same invitation.</param>
/// <param name="Name">As on the identity card: it must equal the real name of who accepts.</param>
/// <param name="PhoneNumber">Eleven digits, with an account or without.</param>
public sealed record InviteRequest(Guid OperationId, string Name, string PhoneNumber);

public enum InvitationState { Open, Accepted, Declined, Withdrawn, Expired }

/// <summary>An invitation into an enterprise, as the administrator and as the invited person sees it.</summary>
public sealed record InvitationInfo(
    Guid InvitationId, string CreditCode, string EnterpriseName, string MaskedName, string MaskedPhoneNumber, InvitationState State,
    DateTimeOffset At, DateTimeOffset ExpiresAt);

/// <summary>转授管理员 (M040): a member is to become the administrator.</summary>
/// <param name="OperationId">Made by the phone; becomes the transfer's id and the id of the certificate task to confirm with the PIN.</param>
/// <param name="Member">Who shall be it.</param>
/// <param name="CertificateId">The administrator's certificate of this enterprise, whose PIN confirms.</param>
public sealed record TransferRequest(Guid OperationId, Guid Member, Guid CertificateId);

public enum TransferState
{
    /// <summary>The administrator's PIN is awaited.</summary>
    AwaitingConfirmation,
    /// <summary>The member is asked.</summary>
    AwaitingAcceptance,
    /// <summary>The member is the administrator, the former one 办事人员.</summary>
    Done,
    Declined,
    Withdrawn,
    Expired,
}

public sealed record TransferInfo(
    Guid TransferId, string CreditCode, string EnterpriseName, Guid From, Guid To, string ToMaskedName, string ToMaskedPhoneNumber, Guid CertificateId,
    TransferState State, DateTimeOffset ExpiresAt);

/// <summary>知道管理员信息并申请加入 (M050): who the administrator is, in full.</summary>
public sealed record AdministratorCheck(string Name, string PhoneNumber);

/// <summary>授权: what a member may do at a platform, in force or of the past.</summary>
/// <param name="CertificateId">Null when it names no certificate.</param>
/// <param name="InForce">Neither ended nor outside its dates, now.</param>
/// <param name="EndedAt">Set when it was ended before its date.</param>
public sealed record AuthorisationInfo(
    Guid AuthorisationId, Guid Member, string? MaskedName, string PlatformId, IReadOnlyList<AuthorisationScope> Scopes, Guid? CertificateId,
    DateTimeOffset NotBefore, DateTimeOffset NotAfter, bool InForce, DateTimeOffset GrantedAt, DateTimeOffset? EndedAt);

/// <param name="Count">How many ended.</param>
public sealed record AuthorisationsRevoked(int Count);

public enum EnterpriseAct
{
    Claimed, MemberAdded, MemberRemoved, AuthorisationGranted, AuthorisationRevoked, Invited, InvitationWithdrawn, InvitationAccepted, InvitationDeclined,
    TransferStarted, TransferConfirmed, TransferWithdrawn, TransferDeclined, AdministratorChanged, NameChanged, SealingSessionStopped,
}

/// <summary>One record of what was done about an enterprise.</summary>
/// <param name="Actor">Null when it was the service, on a CA's or a bank's word.</param>
/// <param name="Subject">Whom it was done to.</param>
public sealed record EnterpriseAuditEntry(long Sequence, DateTimeOffset At, Guid? Actor, EnterpriseAct Act, Guid? Subject, string? Detail);

/// <summary>Newest first.</summary>
/// <param name="Before">Ask with it as <c>before</c> for older ones; null at the end.</param>
public sealed record EnterpriseAudit(IReadOnlyList<EnterpriseAuditEntry> Entries, long? Before);

/// <summary>对公打款 (M035): a remittance from the enterprise's account makes the caller a member without certificate.</summary>
/// <param name="OperationId">Made by the phone; a repeat of the same id gets the same remittance.</param>
/// <param name="EnterpriseName">As the bank knows the payer.</param>
/// <param name="AccountTail">The last six digits of the account it remits from.</param>
/// <param name="Agreed">我知晓并同意; must be true.</param>
public sealed record RemittanceRequest(Guid OperationId, string EnterpriseName, string AccountTail, bool Agreed);

public enum RemittanceState
{
    /// <summary>Nothing right came in yet; what came in wrong is in the list.</summary>
    Waiting,
    /// <summary>The caller is a member.</summary>
    Matched,
    /// <summary>Nothing right came in in time.</summary>
    Expired,
    /// <summary>Replaced by a newer one.</summary>
    Closed,
}

public enum RemittanceVerdict { Matched, WrongAmount, WrongPayer, Late, Doubled }

/// <summary>One remittance that came in, and what it counts for.</summary>
public sealed record RemittanceReceived(long AmountFen, DateTimeOffset ReceivedAt, RemittanceVerdict Verdict);

/// <param name="AmountFen">What to remit, 1 to 99.</param>
/// <param name="PayeeName">To whom.</param>
/// <param name="PayeeBank">Where.</param>
/// <param name="PayeeAccount">An account for this remittance alone.</param>
public sealed record RemittanceInfo(
    Guid RemittanceId, string EnterpriseName, string AccountTail, int AmountFen, string PayeeName, string PayeeBank, string PayeeAccount,
    RemittanceState State, DateTimeOffset ExpiresAt, IReadOnlyList<RemittanceReceived> Received);
