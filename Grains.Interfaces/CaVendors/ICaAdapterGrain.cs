using Bzt.Contracts.Phone;
using Bzt.Grains.Remittances;
using Orleans.Concurrency;

namespace Bzt.Grains.CaVendors;

/// <summary>
/// One CA vendor as everything above sees it, keyed by <see cref="CaId"/>: the queue of submissions on their way, retries, the circuit
/// breaker, and the review desk where our own reviewers decide. A vendor that is late, doubled or silent harms only its own queue.
/// What interleaves touches no stored state: it waits for the vendor, and while it does everybody else goes on.
/// </summary>
[Alias("bzt.ICaAdapter")]
public interface ICaAdapterGrain : IGrainWithStringKey
{
    /// <summary>What relying parties may trust it by. Reads only.</summary>
    [Alias("trust"), AlwaysInterleave]
    Task<CaTrust> GetTrust();

    /// <summary>
    /// Takes a submission into the queue. Idempotent by its number; the outcome comes back through <c>IApplicationGrain.Reviewed</c>. Whose queue
    /// <see cref="IsFull"/> is turned down at once.
    /// </summary>
    [Alias("submit")]
    Task Submit(CaSubmissionOrder order);

    /// <summary>
    /// The applicant has given it up: it leaves the queue and our desk, and no outcome comes back. A vendor that reviews elsewhere is not told; what our
    /// reviewer has decided already goes its way.
    /// </summary>
    [Alias("withdraw")]
    Task Withdraw(string applicationNumber);

    /// <summary>As many of this user's own applications wait here as may: one more is better not handed in.</summary>
    [Alias("is-full")]
    Task<bool> IsFull(UserId applicant);

    /// <summary>The same of what the administrator of an enterprise applied for in this member's favour: it takes no place of the member's own.</summary>
    [Alias("is-full-of-authorisations")]
    Task<bool> IsFullOfAuthorisations(UserId holder, CreditCode enterprise);

    /// <summary>
    /// Certificates for the key of a PKCS#10 request under an approved application. The same request again gets the same certificates;
    /// another request for a used application is refused.
    /// </summary>
    [AlwaysInterleave, Alias("issue")]
    Task<CaIssuance> Issue(string applicationNumber, byte[] certificationRequest);

    [AlwaysInterleave, Alias("recover-keys")]
    Task<CaKeyRecovery> RecoverKeys(string applicationNumber);

    /// <summary>Revokes at once, or says that the vendor is away. <see cref="RequestRevocation"/> keeps trying.</summary>
    [AlwaysInterleave, Alias("revoke")]
    Task<CaRevocation> Revoke(string signingSerialNumber, RevocationReason reason);

    /// <summary>What waits for review, oldest first.</summary>
    [Alias("desk")]
    Task<IReadOnlyList<CaDeskEntry>> GetDesk();

    /// <summary>One application as a reviewer must see it. The look is audited: who asks goes on to <c>IApplicationGrain.GetForReview</c>.</summary>
    [Alias("inspect")]
    Task<Reply<CaDeskFile>> Inspect(string applicationNumber, string reviewer);

    /// <summary>The same once more, for the pictures beside it: the look was audited.</summary>
    [Alias("file")]
    Task<Reply<CaDeskFile>> GetFile(string applicationNumber);

    /// <summary>The reviewer's word. The same word again is done; another one after it is <see cref="RefusalCode.ApplicationStateWrong"/>.</summary>
    [Alias("decide")]
    Task<Reply<Nothing>> Decide(CaDecision decision);

    /// <summary>What reviewers did, newest first.</summary>
    [Alias("audit")]
    Task<IReadOnlyList<CaAuditRecord>> GetAudit(int atMost);

    /// <summary>
    /// Carries a revocation to the vendor, now or when it is back. Durable when it returns; idempotent by serial number while it is
    /// under way. Whoever wants to know the outcome names himself in the order.
    /// </summary>
    [Alias("request-revocation")]
    Task RequestRevocation(CaRevocationOrder order);

    /// <summary>The vendor says something has happened to an application. Only a hint: where it stands is asked of the vendor.</summary>
    [Alias("nudge")]
    Task Nudge(string applicationNumber);

    /// <summary>A vendor's callback, its signature unchecked so far: <see cref="RefusalCode.Unauthenticated"/> when it is not the vendor's.</summary>
    [Alias("callback")]
    Task<Reply<Nothing>> ReceiveCallback(SignedMessage message);

    /// <summary>How it goes with the vendor, for operators.</summary>
    [Alias("status")]
    Task<CaLineStatus> GetStatus();
}

/// <param name="OnOurDesk">Our own reviewers decide.</param>
/// <param name="Waiting">Submissions and revocations the vendor has not dealt with; what lies on our desk is not among them.</param>
/// <param name="WaitingSince">The oldest of them.</param>
/// <param name="FailuresInARow">Of calls to the vendor.</param>
/// <param name="RestsUntil">The circuit breaker: no call before.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.line-status")]
public sealed record CaLineStatus(
    [property: Id(0)] bool OnOurDesk,
    [property: Id(1)] int Waiting,
    [property: Id(2)] DateTimeOffset? WaitingSince,
    [property: Id(3)] int FailuresInARow,
    [property: Id(4)] DateTimeOffset? RestsUntil);

/// <summary>What the adapter's calls to its vendor tell the adapter: each a turn of its own, so that no turn waits for a vendor.</summary>
[Alias("bzt.ICaAdapterAnswers")]
public interface ICaAdapterAnswers : IGrainWithStringKey
{
    [Alias("submitted")]
    Task Submitted(string applicationNumber, CaSubmission answer);

    [Alias("reviewed")]
    Task Reviewed(string applicationNumber, CaReview answer);

    [Alias("revoked")]
    Task Revoked(string signingSerialNumber, CaRevocation answer);
}

/// <param name="Application">What the vendor is told.</param>
/// <param name="Origin">Whom to tell the outcome.</param>
/// <param name="File">What a reviewer has to see beside it.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.submission-order")]
public sealed record CaSubmissionOrder(
    [property: Id(0)] CaApplication Application,
    [property: Id(1)] ApplicationId Origin,
    [property: Id(2)] CaApplicationFile File);

/// <summary>What a reviewer sees beside it. Persons' data is not copied: it lies with the application.</summary>
/// <param name="ApplicantMaskedName">经办人</param>
/// <param name="LicenceBlobId">Null for a kind without; likewise the form.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.application-file")]
public sealed record CaApplicationFile(
    [property: Id(0)] string PlatformName,
    [property: Id(1)] int Years,
    [property: Id(2)] UserId Applicant,
    [property: Id(3)] string ApplicantMaskedName,
    [property: Id(4)] string ApplicantMaskedPhoneNumber,
    [property: Id(5)] string? LicenceBlobId,
    [property: Id(6)] string? FormBlobId)
{
    [Id(7)]
    public ApplicationKind Kind { get; init; }

    /// <summary>授权权限</summary>
    [Id(8)]
    public IReadOnlyList<AuthorisationScope> Permissions { get; init; } = [];

    /// <summary>The sealed authorisation letter; null for a kind without.</summary>
    [Id(9)]
    public CaLetter? Letter { get; init; }
}

/// <param name="BlobId">The sealed PDF; its owner is the application.</param>
/// <param name="ToBeSigned">The signing form: who may do what, and the letter's digest.</param>
/// <param name="Signature">r ‖ s, 64 octets.</param>
/// <param name="SigningCertificate">The administrator's, DER.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.letter")]
public sealed record CaLetter(
    [property: Id(0)] string BlobId,
    [property: Id(1)] byte[] ToBeSigned,
    [property: Id(2)] byte[] Signature,
    [property: Id(3)] byte[] SigningCertificate,
    [property: Id(4)] DateTimeOffset SealedAt);

[GenerateSerializer, Immutable, Alias("bzt.ca.desk-entry")]
public sealed record CaDeskEntry(
    [property: Id(0)] string ApplicationNumber,
    [property: Id(1)] CaApplicationKind Kind,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] string? CreditCode,
    [property: Id(4)] string PlatformName,
    [property: Id(5)] int Years,
    [property: Id(6)] DateTimeOffset SubmittedAt)
{
    /// <summary>What the applicant calls it.</summary>
    [Id(7)]
    public ApplicationKind AppliedFor { get; init; }
}

[GenerateSerializer, Immutable, Alias("bzt.ca.desk-file")]
public sealed record CaDeskFile(
    [property: Id(0)] CaDeskEntry Entry,
    [property: Id(1)] ApplicationId Origin,
    [property: Id(2)] CaApplicationFile File);

/// <param name="RejectionReason">Shown to the applicant; null approves.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.decision")]
public sealed record CaDecision(
    [property: Id(0)] string ApplicationNumber,
    [property: Id(1)] string Reviewer,
    [property: Id(2)] string? RejectionReason);

public enum CaAuditAction
{
    Inspected = 0,
    Approved = 1,
    Rejected = 2,
}

/// <summary>One act of a reviewer. Names no person but the reviewer.</summary>
[GenerateSerializer, Immutable, Alias("bzt.ca.audit-record")]
public sealed record CaAuditRecord(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Reviewer,
    [property: Id(3)] CaAuditAction Action,
    [property: Id(4)] string ApplicationNumber,
    [property: Id(5)] string EnterpriseName,
    [property: Id(6)] string? Note);
