namespace Bzt.Contracts.Phone;

/// <param name="AdministratorMaskedName">Shown when claimed (M026), masked.</param>
public sealed record EnterpriseFound(
    string CreditCode,
    string? Name,
    bool Claimed,
    string? AdministratorMaskedName,
    string? AdministratorMaskedPhoneNumber);

/// <summary>The catalogue an operator edits (M029): province → trading platform → CA → validity and fee.</summary>
public sealed record Catalogue(IReadOnlyList<CatalogueProvince> Provinces);

public sealed record CatalogueProvince(string Name, IReadOnlyList<CataloguePlatform> Platforms);

/// <param name="RecognitionGroup">A certificate serves every platform of its group (M062).</param>
public sealed record CataloguePlatform(string PlatformId, string Name, string RecognitionGroup, IReadOnlyList<CatalogueCa> CertificateAuthorities);

public sealed record CatalogueCa(string CaId, string Name, IReadOnlyList<CatalogueOffer> Offers)
{
    /// <summary>Fee in 分 of 证书找回.</summary>
    public int RecoveryFeeFen { get; init; }

    /// <summary>The fee is paid before the CA reviews, and paid back when it rejects; otherwise it is paid after the approval.</summary>
    public bool PaidBeforeReview { get; init; }
}

/// <param name="Years">Validity.</param>
/// <param name="FeeFen">Fee in 分; zero is free.</param>
public sealed record CatalogueOffer(int Years, int FeeFen)
{
    /// <summary>Fee in 分 of a 个人证书.</summary>
    public int PersonalFeeFen { get; init; }

    /// <summary>Fee in 分 of 续期 by so many years.</summary>
    public int RenewalFeeFen { get; init; }
}

/// <summary>The answer to an upload to <see cref="Routes.Phone.Blobs"/> (<c>?purpose=licence|form</c>, JPEG, PNG or PDF, at most 10 MB).</summary>
public sealed record BlobUploaded(string BlobId, int Size);

/// <summary>Asks what stands on a licence.</summary>
/// <param name="BlobId">The caller's own upload, a JPEG or PNG.</param>
public sealed record LicenceReadingRequest(string BlobId);

/// <summary>What seems to stand on it, for the user to check; null for what could not be read. Nothing is decided by it.</summary>
/// <param name="CreditCode">Only with its right check character.</param>
public sealed record LicenceSuggestions(string? EnterpriseName, string? CreditCode, string? LegalRepresentative)
{
    /// <summary>Only the type: a record would print the person into a log.</summary>
    public override string ToString() => nameof(LicenceSuggestions);
}

/// <summary>认领企业并申请企业证书 (M028–M031).</summary>
public sealed record ClaimRequest(
    Guid OperationId,
    string EnterpriseName,
    string CreditCode,
    string LegalRepresentativeName,
    string LegalRepresentativeIdNumber,
    string LicenceBlobId,
    string FormBlobId,
    string PlatformId,
    string CaId,
    int Years);

/// <summary>
/// An application of any kind but the claim. What is null is not part of the kind; a member the kind needs and that is missing is told by its name.
/// <list type="bullet">
/// <item><see cref="ApplicationKind.Personal"/>: platform, CA, years.</item>
/// <item><see cref="ApplicationKind.EnterpriseCertificate"/>: credit code, platform, CA, years; by staff also permissions.</item>
/// <item><see cref="ApplicationKind.Join"/>: enterprise name, credit code, the administrator's name and number, platform, CA, years, permissions.</item>
/// <item><see cref="ApplicationKind.Authorisation"/>: credit code, member, platform, CA, years, permissions.</item>
/// <item><see cref="ApplicationKind.Renewal"/>: certificate, years.</item>
/// <item><see cref="ApplicationKind.Reapplication"/>: certificate, years; by the administrator also the form.</item>
/// <item><see cref="ApplicationKind.Recovery"/>: certificate.</item>
/// <item><see cref="ApplicationKind.EnterpriseChange"/> and <see cref="ApplicationKind.AdministratorReplacement"/>: what a claim has.</item>
/// </list>
/// Whether it takes the administrator's or the staff's way, the server sees from who asks.
/// </summary>
public sealed record ApplicationRequest(Guid OperationId, ApplicationKind Kind)
{
    public string? PlatformId { get; init; }

    public string? CaId { get; init; }

    public int? Years { get; init; }

    public string? EnterpriseName { get; init; }

    public string? CreditCode { get; init; }

    public string? LegalRepresentativeName { get; init; }

    public string? LegalRepresentativeIdNumber { get; init; }

    public string? LicenceBlobId { get; init; }

    public string? FormBlobId { get; init; }

    /// <summary>知道管理员信息并申请加入: in full, as on the identity card.</summary>
    public string? AdministratorName { get; init; }

    /// <summary>Eleven digits.</summary>
    public string? AdministratorPhoneNumber { get; init; }

    /// <summary>新增授权: for whom.</summary>
    public Guid? Member { get; init; }

    /// <summary>授权权限</summary>
    public IReadOnlyList<AuthorisationScope>? Permissions { get; init; }

    /// <summary>The certificate to be renewed, applied for again, or recovered.</summary>
    public Guid? CertificateId { get; init; }

    /// <summary>变更企业信息 although bids encrypted to the caller's certificates are not opened yet; show him which before.</summary>
    public bool Insist { get; init; }
}

/// <summary>The administrator does not agree (M051).</summary>
/// <param name="Reason">2 to 200 characters; the applicant reads it.</param>
public sealed record ApplicationRefusal(string Reason);

/// <summary>确认并盖章 (M042): with which of the administrator's certificates the authorisation letter is sealed.</summary>
public sealed record LetterRequest(Guid CertificateId);

/// <summary>The letter waits for the PIN: confirm the task, then 确认 the application.</summary>
public sealed record LetterToSeal(Guid CertificateId, Guid TaskId);

/// <summary>What is applied for. Which steps each takes is one table of the server's; its picture is docs/applications.md.</summary>
public enum ApplicationKind
{
    /// <summary>认领企业: whoever's certificate is downloaded first becomes the administrator.</summary>
    Claim,
    /// <summary>个人证书: in the applicant's own name, without an enterprise.</summary>
    Personal,
    /// <summary>续期 of a 个人证书.</summary>
    PersonalRenewal,
    /// <summary>新增企业证书 by the administrator.</summary>
    EnterpriseCertificate,
    /// <summary>新增企业证书 by a member of staff.</summary>
    StaffCertificate,
    /// <summary>加入企业</summary>
    Join,
    /// <summary>新增授权: the administrator applies for a member.</summary>
    Authorisation,
    /// <summary>续期 by the administrator.</summary>
    Renewal,
    /// <summary>续期 by a member of staff.</summary>
    StaffRenewal,
    /// <summary>过期重新申请 by the administrator.</summary>
    Reapplication,
    /// <summary>过期重新申请 by a member of staff.</summary>
    StaffReapplication,
    /// <summary>证书找回</summary>
    Recovery,
    /// <summary>变更企业信息</summary>
    EnterpriseChange,
    /// <summary>The administrator cannot be reached: the legal representative names another one.</summary>
    AdministratorReplacement,
}

public enum ApplicationState
{
    /// <summary>待CA审核</summary>
    CaReview,
    /// <summary>申请失败: may be corrected and submitted again.</summary>
    Rejected,
    /// <summary>待付费</summary>
    PaymentDue,
    /// <summary>待下载</summary>
    DownloadReady,
    /// <summary>Keys are being made with the phone, or the CA issues.</summary>
    Downloading,
    /// <summary>The certificate is active.</summary>
    Completed,
    /// <summary>Withdrawn by the user, or another application for the enterprise won.</summary>
    Cancelled,
    /// <summary>待管理员审核</summary>
    AdministratorReview,
    /// <summary>待盖章: the authorisation letter waits for the administrator's seal.</summary>
    SealDue,
    /// <summary>待提交: the letter is sealed; the administrator's 确认 hands the application to the CA.</summary>
    LetterSealed,
    /// <summary>待付费, where the catalogue has the fee paid before the CA reviews.</summary>
    PrepaymentDue,
    /// <summary>已过期: nobody took the next step in time. What was paid is paid back.</summary>
    Expired,
}

public sealed record ApplicationInfo(
    Guid ApplicationId,
    ApplicationKind Kind,
    ApplicationState State,
    string EnterpriseName,
    string CreditCode,
    string PlatformId,
    string CaId,
    int Years,
    int FeeFen,
    string? RejectionReason,
    Guid? OrderId,
    Guid? CertificateId,
    IReadOnlyList<TimelineEntry> Timeline)
{
    /// <summary>Who gets the certificate, masked; for the administrator to see who asks.</summary>
    public string? HolderMaskedName { get; init; }

    public string? HolderMaskedPhoneNumber { get; init; }

    /// <summary>授权权限 asked for.</summary>
    public IReadOnlyList<AuthorisationScope> Permissions { get; init; } = [];

    /// <summary>The authorisation letter exists: before its seal from the moment it was asked for, then sealed.</summary>
    public bool HasLetter { get; init; }

    /// <summary>When the application ends by itself, as it stands.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

public sealed record TimelineEntry(ApplicationState State, DateTimeOffset At, string? Note);

public enum OrderState
{
    Open,
    Paid,
    /// <summary>Not paid, and what it was for is withdrawn.</summary>
    Closed,
    /// <summary>退款中: paid, and what it was for is withdrawn. The money is on its way back.</summary>
    RefundDue,
    /// <summary>已退款: the provider says that the money is back.</summary>
    Refunded,
}

/// <param name="PayUrl">Where the user pays; null when not open.</param>
/// <param name="PayWays">What it can be paid through: <c>alipay</c>, <c>wechat</c>. Absent in lists.</param>
/// <param name="ApplicationId">What it pays for. Absent in lists, as is what follows.</param>
/// <param name="PaidThrough">One of the ways, once paid.</param>
/// <param name="RefundedFen">What is back: the whole, or what was paid once too often.</param>
/// <param name="RefundedAt">When the last of it was.</param>
public sealed record OrderInfo(
    Guid OrderId, string Subject, int AmountFen, OrderState State, string? PayUrl, DateTimeOffset CreatedAt, DateTimeOffset? PaidAt, IReadOnlyList<string>? PayWays = null,
    Guid? ApplicationId = null, string? PaidThrough = null, int RefundedFen = 0, DateTimeOffset? RefundedAt = null);

public sealed record DownloadStarted(Guid CertificateId);
