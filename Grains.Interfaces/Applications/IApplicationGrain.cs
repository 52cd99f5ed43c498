using Bzt.Contracts.Phone;
using Bzt.Grains.Certificates;
using Orleans.Concurrency;

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

    /// <summary>
    /// From the enterprise, when another application wants it: whether this one downloads, or is just about to, and keeps what it reserved. A crash
    /// between the reservation and the download leaves one that nobody answers for. Interleaves, since the download waits for the enterprise.
    /// </summary>
    [Alias("holds-enterprise"), AlwaysInterleave]
    Task<bool> HoldsEnterprise(CreditCode enterprise);

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

[GenerateSerializer, Immutable, Alias("bzt.BeginSeal")]
public sealed record BeginSeal([property: Id(0)] UserId Caller, [property: Id(1)] CertificateId Certificate);

/// <summary>The certificate's task in which the letter is sealed.</summary>
[GenerateSerializer, Immutable, Alias("bzt.LetterTask")]
public sealed record LetterTask([property: Id(0)] CertificateId Certificate, [property: Id(1)] Guid Task);

/// <param name="Owner">As the blob store knows it.</param>
[GenerateSerializer, Immutable, Alias("bzt.LetterFile")]
public sealed record LetterFile([property: Id(0)] string Owner, [property: Id(1)] string BlobId);

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
