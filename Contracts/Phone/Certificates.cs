namespace Bzt.Contracts.Phone;

public enum CertificateState
{
    /// <summary>Keys are being generated with the phone.</summary>
    Generating,
    /// <summary>The request is at the CA.</summary>
    Requested,
    /// <summary>Issued; the encryption key has still to arrive at the phone.</summary>
    Arriving,
    /// <summary>生效中</summary>
    Active,
    /// <summary>已锁定 (PIN)</summary>
    Locked,
    /// <summary>已冻结 (copy suspected)</summary>
    Frozen,
    /// <summary>已失效</summary>
    Expired,
    /// <summary>已注销</summary>
    Revoked,
    /// <summary>The download was given up before it was finished; the application says why.</summary>
    Abandoned,
}

/// <summary>A certificate as its holder sees it.</summary>
/// <param name="EnterpriseName">Of a 个人证书 the holder's own name.</param>
/// <param name="CreditCode">Empty for a 个人证书.</param>
/// <param name="HeldHere">The phone share is on the calling device.</param>
/// <param name="TriesLeft">PIN tries left before the next lock, be it the certificate's or the device's.</param>
/// <param name="LockedUntil">End of the timed lock in force, the device's included; null without one, and when it is for good.</param>
public sealed record CertificateInfo(
    Guid CertificateId,
    CertificateState State,
    string EnterpriseName,
    string CreditCode,
    string CaId,
    string CaName,
    string RecognitionGroup,
    bool HeldHere,
    int TriesLeft,
    DateTimeOffset? LockedUntil,
    string? SigningSerial,
    string? EncryptionSerial,
    DateTimeOffset? NotBefore,
    DateTimeOffset? NotAfter,
    byte[]? SigningCertificate,
    byte[]? EncryptionCertificate,
    IReadOnlyList<byte[]> Chain)
{
    /// <summary>The PKCS#10 request the CA was sent, DER; once issued.</summary>
    public byte[]? CertificationRequest { get; init; }

    /// <summary>Wrong PINs since the last success.</summary>
    public int Failures { get; init; }

    /// <summary>PIN tries before the lock for good.</summary>
    public int TriesLeftForGood { get; init; }

    /// <summary>已永久锁定: only 证书找回 is left.</summary>
    public bool LockedForGood { get; init; }

    /// <summary>Set while wrong PINs over several certificates lock this device with all of them.</summary>
    public DateTimeOffset? DeviceLockedUntil { get; init; }

    /// <summary>What helps when it cannot be used on this phone, or soon cannot; null while nothing has to help.</summary>
    public CertificateRemedy? Remedy { get; init; }

    /// <summary>The signing key as the server knows it, 65 octets; null before it was generated.</summary>
    public byte[]? PublicKey { get; init; }

    /// <summary>The next encryption key on its way to the phone; null when there is none, or the CA has not answered.</summary>
    public ArrivingKeyInfo? Arriving { get; init; }

    /// <summary>A renewal that the phone carries on with <see cref="PhoneClient.RenewAsync"/>; null when there is none.</summary>
    public RenewalInfo? Renewal { get; init; }

    /// <summary>可找回: it lives on another phone, or is locked or frozen for good; recovering it makes a new key here.</summary>
    public bool Recoverable { get; init; }

    /// <summary>即将过期: less than 30 days are left.</summary>
    public bool ExpiresSoon { get; init; }
}

/// <param name="EncryptionSerial">The serial it goes by from then on.</param>
/// <param name="EncryptionCertificate">DER.</param>
/// <param name="SigningCertificate">DER; of a renewal the new one.</param>
/// <param name="Chain">DER, the issuing CA first, the root last.</param>
/// <param name="Further">DER; earlier encryption certificates of the same key, which arrive with it.</param>
public sealed record ArrivingKeyInfo(
    string EncryptionSerial, byte[] EncryptionCertificate, byte[] SigningCertificate, IReadOnlyList<byte[]> Chain, IReadOnlyList<byte[]>? Further = null);

/// <param name="RequestId">Names the new certificate request to the sealed channel.</param>
/// <param name="Step">What comes next.</param>
public sealed record RenewalInfo(string RequestId, RenewalStep Step);

/// <summary>Where a renewal stands.</summary>
public enum RenewalStep
{
    /// <summary>The phone signs the new request.</summary>
    Request,
    /// <summary>The CA's turn.</summary>
    Issuance,
    /// <summary>The encryption key arrives under its new certificate.</summary>
    Arrival,
}

/// <summary>How a state is lifted, by whom, and at what fee (M061).</summary>
/// <param name="NeedsAdministrator">The enterprise's administrator has to agree; otherwise the holder does it alone.</param>
/// <param name="Until">With <see cref="RemedyKind.Wait"/>.</param>
/// <param name="FeeFen">In 分; null where it depends on the years chosen (the catalogue has them), or the CA is not on offer any more.</param>
public sealed record CertificateRemedy(RemedyKind Kind, bool NeedsAdministrator, DateTimeOffset? Until, int? FeeFen);

public enum RemedyKind
{
    /// <summary>The lock ends by itself. Whoever has forgotten the PIN may reset it.</summary>
    Wait,
    /// <summary>证书找回: frozen, locked for good, or the key is on another phone. The old signing key is gone for good; encrypted files stay readable.</summary>
    Recovery,
    /// <summary>续期: it ends within thirty days.</summary>
    Renewal,
    /// <summary>重新申请: it has ended. A revocation is not lifted; this gets another certificate.</summary>
    Reapplication,
}

public sealed record MessageInfo(string MessageId, MessageKind Kind, string Title, string Body, string? Subject, DateTimeOffset At, bool Read);

public enum MessageKind
{
    /// <summary>【认领企业，请下载证书】; subject is the application.</summary>
    ClaimApproved,
    /// <summary>【证书申请失败】; subject is the application.</summary>
    ClaimRejected,
    /// <summary>The certificate is active; subject is the certificate.</summary>
    CertificateActive,
    /// <summary>The certificate was frozen because a copy is suspected.</summary>
    CertificateFrozen,
    /// <summary>The certificate was locked after wrong PINs.</summary>
    CertificateLocked,
    /// <summary>The login password was set or changed.</summary>
    PasswordChanged,
    /// <summary>Another number logs in from now on.</summary>
    NumberChanged,
    /// <summary>A WeChat account logs in from now on.</summary>
    WeChatTied,
    /// <summary>WeChat no longer logs in.</summary>
    WeChatUntied,
    /// <summary>A new device logged in to the account.</summary>
    NewDevice,

    /// <summary>【加入企业申请】, to the administrator; the subject of this and the following is the application.</summary>
    JoinRequested,
    /// <summary>【证书授权】, to the administrator.</summary>
    CertificateRequested,
    /// <summary>【证书续期】, to the administrator.</summary>
    RenewalRequested,
    /// <summary>The CA approved: pay and download. Of a claim it is <see cref="ClaimApproved"/>.</summary>
    ApplicationApproved,
    /// <summary>【续期证书】</summary>
    RenewalApproved,
    /// <summary>【证书申请失败】: the CA or the administrator said no. Of a claim it is <see cref="ClaimRejected"/>.</summary>
    ApplicationRejected,
    /// <summary>Nobody took the next step in time.</summary>
    ApplicationExpired,
    /// <summary>The enterprise's name changed, and its certificates still say the old one; the subject is its credit code.</summary>
    EnterpriseNameChanged,

    /// <summary>The certificate was revoked; subject is the certificate.</summary>
    CertificateRevoked,
    /// <summary>The certificate ends in 30, 7 or 1 days; subject is the certificate.</summary>
    CertificateExpiring,

    /// <summary>Wrong PINs over several certificates locked this device for certificate use.</summary>
    DeviceLocked,
    /// <summary>The PIN was changed, or set anew after a reset; subject is the certificate.</summary>
    PinChanged,
    /// <summary>Somebody asked to reset the PIN, of one's own certificate or, for the administrator, of a member's; subject is the certificate.</summary>
    PinResetAsked,
    /// <summary>A reset was stopped; subject is the certificate.</summary>
    PinResetStopped,
    /// <summary>The administrator waived the wait, or a phone has begun to set a new PIN; subject is the certificate.</summary>
    PinResetReady,
    /// <summary>会话已结束, with the reason; subject is the sealing session. Also of a request that ended otherwise before what a certificate signed came to it; subject is the certificate.</summary>
    SealingSessionEnded,
    /// <summary>To the administrator: staff began a sealing session with automatic confirmation; subject is the sealing session.</summary>
    SealingSessionBegun,
    /// <summary>A platform asks for signatures without a scan; subject is the session, which this phone has already.</summary>
    SignatureAsked,
    /// <summary>加入企业邀请; subject is the invitation.</summary>
    InvitationReceived,
    /// <summary>To the administrator: accepted, declined, or the name did not match; subject is the invitation.</summary>
    InvitationAnswered,
    /// <summary>The user does not belong to the enterprise any more; subject is its credit code.</summary>
    MemberRemoved,
    /// <summary>管理员转授 asks the user to become the administrator; subject is the enterprise's credit code.</summary>
    TransferRequested,
    /// <summary>To who handed over: accepted or declined; subject is the enterprise's credit code.</summary>
    TransferAnswered,
    /// <summary>The user became, or is not any more, the administrator; subject is the enterprise's credit code.</summary>
    AdministratorChanged,
    /// <summary>An enterprise the user waited for has an administrator; subject is its credit code.</summary>
    EnterpriseClaimed,
    /// <summary>To the administrator: somebody belongs to the enterprise from now on; subject is its credit code.</summary>
    MemberJoined,
    /// <summary>对公打款 came, or ended without; subject is the remittance.</summary>
    RemittanceEnded,
    /// <summary>To the administrator: somebody asks to take over; subject is the enterprise's credit code.</summary>
    TransferWished,
    /// <summary>A bid opening's time or deadline was moved later; subject is the opening.</summary>
    OpeningChanged,
}

/// <summary>A page of the inbox, newest first. <paramref name="Unread"/> counts all.</summary>
public sealed record InboxPage(IReadOnlyList<MessageInfo> Messages, int Unread);

/// <summary>What the hub tells the phone. It only wakes the phone up; truth is fetched.</summary>
public enum PhoneWakeUp { Inbox, Session, Application, Certificate }
