using Bzt.Contracts.Phone;
using Bzt.Grains.Certificates;

namespace Bzt.Grains.Applications;

/// <summary>
/// The way of one certificate application from submission to the active certificate. States, events and who may cause them
/// are one table (<c>ApplicationTable</c>); nothing moves outside it.
/// </summary>
[Alias("bzt.IApplication")]
public interface IApplicationGrain : IGrainWithGuidKey
{
    /// <summary>认领企业并申请企业证书. The same command again gets the application as it stands; another one under the same id conflicts.</summary>
    [Alias("submit-claim")]
    Task<Reply<ApplicationView>> SubmitClaim(SubmitClaim command);

    /// <summary>重新申请 with corrected data after a rejection.</summary>
    [Alias("resubmit-claim")]
    Task<Reply<ApplicationView>> ResubmitClaim(SubmitClaim command);

    /// <summary>An application of any other kind. The same command again gets the application as it stands; another one under the same id conflicts.</summary>
    [Alias("submit")]
    Task<Reply<ApplicationView>> Submit(SubmitApplication command);

    /// <summary>重新申请 of any other kind, with corrected data after a rejection.</summary>
    [Alias("resubmit")]
    Task<Reply<ApplicationView>> Resubmit(SubmitApplication command);

    /// <summary>同意, by whoever is the enterprise's administrator now. A repeat is done.</summary>
    [Alias("agree")]
    Task<Reply<ApplicationView>> Agree(UserId caller);

    /// <summary>The administrator does not agree, or takes the agreement back before the letter is handed to the CA.</summary>
    [Alias("refuse")]
    Task<Reply<ApplicationView>> Refuse(UserId caller, string reason);

    /// <summary>
    /// 确认并盖章: writes the authorisation letter, and asks the administrator's certificate to seal it. A repeat with the same certificate is the same
    /// task; another certificate withdraws it. <see cref="RefusalCode.CertificateNotEligible"/> for one that is not the caller's of that enterprise.
    /// </summary>
    [Alias("begin-seal")]
    Task<Reply<LetterTask>> BeginSeal(BeginSeal command);

    /// <summary>From the certificate: the administrator has confirmed with the PIN.</summary>
    [Alias("letter-signed")]
    Task LetterSigned(TaskSigned signed);

    /// <summary>确认: the sealed letter goes to the CA. <see cref="RefusalCode.LetterNotSealed"/> as long as it is not. A repeat is done.</summary>
    [Alias("confirm")]
    Task<Reply<ApplicationView>> Confirm(UserId caller);

    /// <summary>The letter, sealed or still to be sealed, for the holder, the submitter and the administrator.</summary>
    [Alias("letter")]
    Task<Reply<LetterFile>> GetLetter(UserId caller);

    /// <summary><see cref="RefusalCode.NotFound"/> for anybody but the holder, the submitter, and the enterprise's administrator.</summary>
    [Alias("view")]
    Task<Reply<ApplicationView>> GetView(UserId caller);

    /// <summary>The persons, unmasked, for the reviewer of this submission; whoever calls has had the look audited.</summary>
    [Alias("for-review")]
    Task<Reply<ReviewedPersons>> GetForReview(string applicationNumber);

    /// <summary>The order of this application, ready to be paid.</summary>
    [Alias("pay")]
    Task<Reply<OrderView>> Pay(StartPayment command);

    /// <summary>
    /// Reserves the enterprise for this application and begins the certificate on the calling device. A repeat from that device gets
    /// the same certificate; another device of the applicant begins it anew, as long as it is not active, and ends what the first one had.
    /// <see cref="RefusalCode.EnterpriseClaimed"/> when another application came first.
    /// </summary>
    [Alias("download")]
    Task<Reply<CertificateId>> Download(StartDownload command);

    /// <summary>The applicant withdraws, also from a download that is not finished. What was paid is paid back.</summary>
    [Alias("withdraw")]
    Task<Reply<ApplicationView>> Withdraw(UserId caller);

    /// <summary>From the CA's adapter: how the review of one submission ended.</summary>
    [Alias("reviewed")]
    Task Reviewed(ApplicationReviewed review);

    /// <summary>From the order: it is paid.</summary>
    [Alias("paid")]
    Task Paid(OrderId order);

    /// <summary>From the certificate: it is active on the phone. Completes the application.</summary>
    [Alias("certificate-activated")]
    Task CertificateActivated(CertificateId certificate);

    /// <summary>From the certificate: the CA did not issue it. Rejected with that reason: what was paid is paid back, and it may be corrected.</summary>
    [Alias("issuance-failed")]
    Task IssuanceFailed(IssuanceFailure failure);

    /// <summary>From the enterprise: another application's certificate was downloaded first.</summary>
    [Alias("claim-lost")]
    Task ClaimLost(CreditCode enterprise);

    /// <summary>From the sweep: ends it when its time is over. Whoever is still in time is left alone.</summary>
    [Alias("expire")]
    Task Expire();

    /// <summary>What has to go with it one day; null when there is nothing of that id.</summary>
    [Alias("papers")]
    Task<ApplicationPapers?> GetPapers();

    /// <summary>Ends everything of an application that has ended, with the legal representative's data. Nobody names its letters and pictures any more.</summary>
    /// <returns>False when it has not ended, or an operator holds a certificate it is about.</returns>
    [Alias("erase")]
    Task<bool> Erase();
}

/// <summary>
/// A claim as submitted or corrected, checked by the gateway as far as the form goes: credit code, lengths, the caller's own blobs.
/// The legal representative's data is encrypted by the grain before it is stored.
/// </summary>
/// <param name="Operation">Made by the phone; a repeat of the same id is the same submission.</param>
[GenerateSerializer, Immutable, Alias("bzt.SubmitClaim")]
public sealed record SubmitClaim(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] Applicant Applicant,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] CreditCode CreditCode,
    [property: Id(4)] LegalRepresentative LegalRepresentative,
    [property: Id(5)] string LicenceBlobId,
    [property: Id(6)] string FormBlobId,
    [property: Id(7)] PlatformId Platform,
    [property: Id(8)] CaId Ca,
    [property: Id(9)] int Years)
{
    /// <summary>No name, no number: commands reach logs and exception texts.</summary>
    public override string ToString() => $"SubmitClaim {Operation:D}";
}

/// <summary>
/// An application of any kind but the claim, checked by the gateway as far as the form goes. What a kind does not have is null.
/// Of a kind that goes the administrator's or the staff's way either may be named: the grain sees who asks.
/// </summary>
/// <param name="Operation">Made by the phone; a repeat of the same id is the same submission.</param>
/// <param name="Caller">Who hands it in: the holder, or for <see cref="ApplicationKind.Authorisation"/> the administrator.</param>
/// <param name="Holder">Who gets the certificate.</param>
/// <param name="Certificate">To be renewed, applied for again, or recovered.</param>
[GenerateSerializer, Immutable, Alias("bzt.SubmitApplication")]
public sealed record SubmitApplication(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] ApplicationKind Kind,
    [property: Id(2)] UserId Caller,
    [property: Id(3)] Applicant Holder)
{
    [Id(4)]
    public string? EnterpriseName { get; init; }

    [Id(5)]
    public CreditCode? CreditCode { get; init; }

    [Id(6)]
    public LegalRepresentative? LegalRepresentative { get; init; }

    [Id(7)]
    public string? LicenceBlobId { get; init; }

    [Id(8)]
    public string? FormBlobId { get; init; }

    /// <summary>As the applicant says; must be right.</summary>
    [Id(9)]
    public StatedAdministrator? Administrator { get; init; }

    [Id(10)]
    public IReadOnlyList<AuthorisationScope>? Permissions { get; init; }

    [Id(11)]
    public CertificateId? Certificate { get; init; }

    [Id(12)]
    public PlatformId? Platform { get; init; }

    [Id(13)]
    public CaId? Ca { get; init; }

    [Id(14)]
    public int Years { get; init; }

    /// <summary>变更企业信息 although bids are not opened yet; the caller was shown which.</summary>
    [Id(15)]
    public bool Insist { get; init; }

    /// <summary>No name, no number: commands reach logs and exception texts.</summary>
    public override string ToString() => $"SubmitApplication {Kind} {Operation:D}";
}

[GenerateSerializer, Immutable, Alias("bzt.StatedAdministrator")]
public sealed record StatedAdministrator([property: Id(0)] string Name, [property: Id(1)] string PhoneNumber)
{
    public override string ToString() => nameof(StatedAdministrator);
}

[GenerateSerializer, Immutable, Alias("bzt.BeginSeal")]
public sealed record BeginSeal([property: Id(0)] UserId Caller, [property: Id(1)] CertificateId Certificate);

/// <summary>The certificate's task in which the letter is sealed.</summary>
[GenerateSerializer, Immutable, Alias("bzt.LetterTask")]
public sealed record LetterTask([property: Id(0)] CertificateId Certificate, [property: Id(1)] Guid Task);

/// <param name="Owner">As the blob store knows it.</param>
[GenerateSerializer, Immutable, Alias("bzt.LetterFile")]
public sealed record LetterFile([property: Id(0)] string Owner, [property: Id(1)] string BlobId);

/// <summary>Who applies; the masked data is what others will see of an administrator (M026).</summary>
[GenerateSerializer, Immutable, Alias("bzt.Applicant")]
public sealed record Applicant(
    [property: Id(0)] UserId User,
    [property: Id(1)] string MaskedName,
    [property: Id(2)] string MaskedPhoneNumber);

[GenerateSerializer, Immutable, Alias("bzt.LegalRepresentative")]
public sealed record LegalRepresentative([property: Id(0)] string Name, [property: Id(1)] string IdNumber)
{
    public override string ToString() => nameof(LegalRepresentative);
}

/// <param name="LegalRepresentative">Null for a kind without.</param>
/// <param name="Holder">经办人, as his real name was proven.</param>
[GenerateSerializer, Immutable, Alias("bzt.ReviewedPersons")]
public sealed record ReviewedPersons([property: Id(0)] LegalRepresentative? LegalRepresentative, [property: Id(1)] Accounts.Person Holder)
{
    public override string ToString() => nameof(ReviewedPersons);
}

/// <param name="DevicePublicKey">P-256, 65 octets 04 ‖ X ‖ Y.</param>
[GenerateSerializer, Immutable, Alias("bzt.StartDownload")]
public sealed record StartDownload(
    [property: Id(0)] UserId Caller,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] byte[] DevicePublicKey);

/// <param name="ApplicationNumber">Which submission: a decision about an earlier one is ignored.</param>
/// <param name="RejectionReason">Null when approved.</param>
[GenerateSerializer, Immutable, Alias("bzt.ApplicationReviewed")]
public sealed record ApplicationReviewed([property: Id(0)] string ApplicationNumber, [property: Id(1)] string? RejectionReason);

/// <param name="Reason">What the applicant reads.</param>
[GenerateSerializer, Immutable, Alias("bzt.IssuanceFailure")]
public sealed record IssuanceFailure([property: Id(0)] CertificateId Certificate, [property: Id(1)] string Reason);

/// <summary>An application as its applicant sees it. Name and code are empty for a personal certificate.</summary>
[GenerateSerializer, Immutable, Alias("bzt.ApplicationView")]
public sealed record ApplicationView(
    [property: Id(0)] ApplicationId Application,
    [property: Id(1)] ApplicationKind Kind,
    [property: Id(2)] ApplicationState State,
    [property: Id(3)] string EnterpriseName,
    [property: Id(4)] CreditCode CreditCode,
    [property: Id(5)] PlatformId Platform,
    [property: Id(6)] CaId Ca,
    [property: Id(7)] int Years,
    [property: Id(8)] int FeeFen,
    [property: Id(9)] string? RejectionReason,
    [property: Id(10)] OrderId? Order,
    [property: Id(11)] CertificateId? Certificate,
    [property: Id(12)] IReadOnlyList<ApplicationStep> Timeline)
{
    [Id(13)]
    public Applicant? Holder { get; init; }

    [Id(14)]
    public IReadOnlyList<AuthorisationScope> Permissions { get; init; } = [];

    [Id(15)]
    public bool HasLetter { get; init; }

    [Id(16)]
    public DateTimeOffset? ExpiresAt { get; init; }
}

[GenerateSerializer, Immutable, Alias("bzt.ApplicationStep")]
public sealed record ApplicationStep(
    [property: Id(0)] ApplicationState State,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string? Note);

/// <param name="EndedAt">Null while it goes on.</param>
/// <param name="Submitter">Whose the uploads are.</param>
/// <param name="Enterprise">Null for a personal certificate.</param>
/// <param name="Predecessor">The certificate it was to renew or stand in for.</param>
/// <param name="Uploads">Blobs, those of earlier submissions too.</param>
[GenerateSerializer, Immutable, Alias("bzt.ApplicationPapers")]
public sealed record ApplicationPapers(
    [property: Id(0)] ApplicationState State,
    [property: Id(1)] DateTimeOffset? EndedAt,
    [property: Id(2)] UserId Holder,
    [property: Id(3)] UserId Submitter,
    [property: Id(4)] CreditCode? Enterprise,
    [property: Id(5)] CertificateId Certificate,
    [property: Id(6)] CertificateId? Predecessor,
    [property: Id(7)] IReadOnlyList<string> Uploads)
{
    /// <summary>Blobs of the application's own.</summary>
    [Id(8)]
    public IReadOnlyList<string> Letters { get; init; } = [];
}
