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

public sealed record CatalogueCa(string CaId, string Name, IReadOnlyList<CatalogueOffer> Offers);

/// <param name="Years">Validity.</param>
/// <param name="FeeFen">Fee in 分; zero is free.</param>
public sealed record CatalogueOffer(int Years, int FeeFen);

/// <summary>The answer to an upload to <see cref="Routes.Phone.Blobs"/> (<c>?purpose=licence|form</c>, JPEG, PNG or PDF, at most 10 MB).</summary>
public sealed record BlobUploaded(string BlobId, int Size);

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
    IReadOnlyList<TimelineEntry> Timeline);

public sealed record TimelineEntry(ApplicationState State, DateTimeOffset At, string? Note);

public enum OrderState
{
    Open,
    Paid,
    /// <summary>Not paid, and what it was for is withdrawn.</summary>
    Closed,
    /// <summary>待退款: paid, and what it was for is withdrawn. The operator pays it back.</summary>
    RefundDue,
}

/// <param name="PayUrl">Where the user pays; null when not open.</param>
public sealed record OrderInfo(Guid OrderId, string Subject, int AmountFen, OrderState State, string? PayUrl, DateTimeOffset CreatedAt, DateTimeOffset? PaidAt);

public sealed record DownloadStarted(Guid CertificateId);
