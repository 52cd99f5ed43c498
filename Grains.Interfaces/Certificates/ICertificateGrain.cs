using Bzt.Contracts.Phone;
using Bzt.Grains.CaVendors;

namespace Bzt.Grains.Certificates;

/// <summary>
/// One certificate of one holder on one phone: its life, and the server's key shares, whose only writer this grain is.
/// Its turns never interleave: that makes nonces single use, PIN counts exact and refresh safe.
/// </summary>
[Alias("bzt.ICertificate")]
public interface ICertificateGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Begins the life of a certificate. A repeat with the same content is done. The same application from another device of the holder
    /// begins anew, as long as the certificate is not active: what the first device had is destroyed. Anything else conflicts.
    /// </summary>
    [Alias("create")]
    Task<Reply<Nothing>> Create(CreateCertificate command);

    /// <summary>
    /// The one entry of the sealed channel: a handshake or a transport message in, the answer's octets out
    /// (docs/protocol.md). Only for the holder's registered device; what it may do is decided inside the channel.
    /// </summary>
    /// <remarks><see cref="RefusalCode.CertificateStateAltered"/>: what counts wrong PINs was altered in the store; nothing is decided on it.</remarks>
    [Alias("exchange")]
    Task<Reply<byte[]>> Exchange(byte[] message, CertificateCaller caller);

    /// <summary>
    /// From a session that another certificate is to work for. True: this one has signed nothing of it and will not, its nonces for it are
    /// destroyed and no PIN is looked at; a write says so to any other activation. False: it has decided, and its outcome is on its way.
    /// </summary>
    /// <remarks>A call that nobody waits for any more is not made: the session may have gone on with this certificate meanwhile.</remarks>
    [Alias("relinquish"), ResponseTimeout("00:00:02")]
    Task<bool> Relinquish(SessionId session);

    /// <summary>
    /// The CA's answer to a request (DER). One whose chain, subject or key are not ours ends the certificate as a refusal does. An answer
    /// to a request that is not the present one any more, or a repeat, changes nothing.
    /// </summary>
    [Alias("accept-issuance")]
    Task AcceptIssuance(byte[] request, IssuedCertificates certificates);

    /// <summary>The CA will not issue for that request: the certificate ends, and its application tells the user why.</summary>
    [Alias("issuance-refused")]
    Task IssuanceRefused(byte[] request, CaRefusal refusal);

    /// <summary>
    /// Ends a certificate that is not active yet: its shares are destroyed, what the CA issued is revoked.
    /// <see cref="RefusalCode.ApplicationStateWrong"/> when it is active or was.
    /// </summary>
    [Alias("abandon")]
    Task<Reply<Nothing>> Abandon();

    /// <summary>
    /// Puts something before the holder that he confirms with his PIN and that is no platform's session. Idempotent by the task's id, also after
    /// it was signed; another content under the same id conflicts. <see cref="RefusalCode.CertificateUnusable"/> unless the certificate is active,
    /// <see cref="RefusalCode.RateLimited"/> when too many wait. Until <see cref="CertificateTask.ExpiresAt"/> the phone may open and sign it
    /// under the request id <c>task/{id}</c>; the signature's one write tells <see cref="CertificateTask.Target"/> through the outbox.
    /// </summary>
    [Alias("ask")]
    Task<Reply<Nothing>> Ask(CertificateTask task);

    /// <summary>
    /// 续期 under an approved application: the phone signs a new request with the same key. A repeat, also after it was fulfilled, changes nothing.
    /// <see cref="RefusalCode.CertificateUnusable"/> unless the certificate is active here.
    /// </summary>
    [Alias("renew")]
    Task<Reply<Nothing>> Renew(RenewCertificate command);

    /// <summary>Whether the renewal or the new key that this application began is finished, or can still be.</summary>
    [Alias("finishes")]
    Task<bool> Finishes(string applicationNumber);

    /// <summary>
    /// 证书找回 under an approved application: begins anew on the calling device. A repeat changes nothing; the same application from yet another
    /// device begins anew once more. <see cref="RefusalCode.CertificateUnusable"/> when it was revoked.
    /// </summary>
    [Alias("rekey")]
    Task<Reply<Nothing>> Rekey(RekeyCertificate command);

    /// <summary>From the CA: every encryption key its key management holds of the holder, sealed to the new signing key.</summary>
    [Alias("accept-recovered-keys")]
    Task AcceptRecoveredKeys(string applicationNumber, IReadOnlyList<RecoveredKey> keys);

    /// <summary>
    /// 证书注销: puts the instruction before the holder; signed with the PIN, the certificate ends in that very write. Idempotent by the operation.
    /// <see cref="RefusalCode.BidsUnopened"/> while bids encrypted to it are not opened, unless the holder insists after being shown which (X23).
    /// </summary>
    [Alias("ask-revocation")]
    Task<Reply<CertificateTask>> AskRevocation(CertificateCaller caller, Guid operation, bool insist);

    /// <summary>Bids encrypted to this certificate that are not opened yet; <see cref="RefusalCode.NotFound"/> for anybody but the holder.</summary>
    [Alias("unopened-bids")]
    Task<Reply<IReadOnlyList<UnopenedBid>>> GetUnopenedBids(CertificateCaller caller);

    /// <summary>From the daily sweep: tells the holder once each 30, 7 and 1 days before the end.</summary>
    [Alias("notice-expiry")]
    Task NoticeExpiry();

    /// <summary>Forgets a task that is not signed yet; one that is, or never was, is no error.</summary>
    [Alias("withdraw-task")]
    Task Withdraw(Guid task);

    /// <summary>
    /// Its holder does not belong to that enterprise any more: open requests end, it serves nothing from now on, and its CA is told.
    /// Nothing happens when it is another enterprise's. Idempotent.
    /// </summary>
    [Alias("holder-removed")]
    Task HolderRemoved(CreditCode enterprise);

    /// <summary>The certificate as its holder's phone sees it; <see cref="RefusalCode.NotFound"/> for anybody else.</summary>
    [Alias("view")]
    Task<Reply<CertificateView>> GetView(CertificateCaller caller);

    /// <summary>What sessions and platforms may know; <see cref="RefusalCode.NotFound"/> before <see cref="Create"/>.</summary>
    [Alias("facts")]
    Task<Reply<CertificateFacts>> GetFacts();

    /// <summary>
    /// The one entry about a session, with a signature that the chain has it there; <see cref="RefusalCode.NotFound"/> when the session took
    /// nothing from this certificate. Whoever calls has made sure that the session is the asker's.
    /// </summary>
    [Alias("session-evidence")]
    Task<Reply<SessionEvidence>> GetSessionEvidence(SessionId session);

    /// <summary>The head of the evidence chain with its signature; the records lie with <see cref="IEvidenceGrain"/>.</summary>
    [Alias("evidence-head")]
    Task<Reply<SignedEvidenceHead>> GetEvidenceHead(CertificateCaller caller);

    /// <summary>Whose it was, when it ended so many years ago and nothing about it is left to do; else null.</summary>
    [Alias("end")]
    Task<CertificateEnd?> GetEnd(int years);

    /// <summary>
    /// Ends everything of it: shares, evidence, what a CA inside filed. False, and nothing is gone, when it has not ended so many years ago, or an
    /// operator holds it. With 0 years only what never became a certificate.
    /// </summary>
    [Alias("erase")]
    Task<bool> Erase(int years);
}

/// <summary>Who calls through the gateway, as its token says. The device's key proves itself once more inside the channel.</summary>
[GenerateSerializer, Immutable, Alias("bzt.CertificateCaller")]
public sealed record CertificateCaller([property: Id(0)] UserId User, [property: Id(1)] DeviceId Device);

/// <param name="ApplicationNumber">The number under which the CA knows the application.</param>
/// <param name="DevicePublicKey">P-256, 65 octets 04 ‖ X ‖ Y: the key that must sign inside the channel.</param>
/// <param name="CreditCode">Empty for a personal certificate.</param>
/// <param name="EnterpriseName">Whose it is called by: the enterprise's name, or the person's.</param>
/// <param name="Subject">What the issued certificates must say.</param>
[GenerateSerializer, Immutable, Alias("bzt.CreateCertificate")]
public sealed record CreateCertificate(
    [property: Id(0)] ApplicationId Application,
    [property: Id(1)] string ApplicationNumber,
    [property: Id(2)] UserId Holder,
    [property: Id(3)] DeviceId Device,
    [property: Id(4)] byte[] DevicePublicKey,
    [property: Id(5)] CreditCode CreditCode,
    [property: Id(6)] string EnterpriseName,
    [property: Id(7)] CaId Ca,
    [property: Id(8)] string CaName,
    [property: Id(9)] string RecognitionGroup,
    [property: Id(10)] CertificateSubject Subject);

/// <param name="CommonName">The enterprise's name, or the person's.</param>
/// <param name="CreditCode">Null for a personal certificate.</param>
[GenerateSerializer, Immutable, Alias("bzt.CertificateSubject")]
public sealed record CertificateSubject(
    [property: Id(0)] string CommonName,
    [property: Id(1)] string? Organization,
    [property: Id(2)] string? CreditCode);

[GenerateSerializer, Immutable, Alias("bzt.CertificateFacts")]
public sealed record CertificateFacts(
    [property: Id(0)] CertificateId Certificate,
    [property: Id(1)] CertificateState State,
    [property: Id(2)] UserId Holder,
    [property: Id(3)] DeviceId Device,
    [property: Id(4)] CreditCode CreditCode,
    [property: Id(5)] string EnterpriseName,
    [property: Id(6)] CaId Ca,
    [property: Id(7)] string CaName,
    [property: Id(8)] string RecognitionGroup,
    [property: Id(9)] IssuedFacts? Issued,
    [property: Id(10)] byte[]? PublicKey)
{
    /// <summary>Of every encryption key it can still open with, newest first.</summary>
    [Id(11)]
    public IReadOnlyList<string> EncryptionSerials { get; init; } = [];

    /// <summary>When its life began, by its own silo's clock.</summary>
    [Id(12)]
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Serials are hexadecimal, upper case, as the CA wrote them.</summary>
[GenerateSerializer, Immutable, Alias("bzt.IssuedFacts")]
public sealed record IssuedFacts(
    [property: Id(0)] string SigningSerial,
    [property: Id(1)] string EncryptionSerial,
    [property: Id(2)] DateTimeOffset NotBefore,
    [property: Id(3)] DateTimeOffset NotAfter,
    [property: Id(4)] byte[] SigningCertificate,
    [property: Id(5)] byte[] EncryptionCertificate,
    [property: Id(6)] IReadOnlyList<byte[]> Chain,
    [property: Id(7)] byte[] CertificationRequest);

/// <param name="TriesLeft">PIN tries left before the next lock, the device's included.</param>
/// <param name="LockedUntil">End of the timed lock in force, the device's included; null without one, and when it is for good.</param>
/// <param name="Failures">Wrong PINs since the last success.</param>
/// <param name="TriesLeftForGood">Before the lock for good.</param>
/// <param name="LockedForGood">Only recovery is left.</param>
/// <param name="DeviceLockedUntil">Set when it is the device that is locked, with all its certificates.</param>
[GenerateSerializer, Immutable, Alias("bzt.CertificateView")]
public sealed record CertificateView(
    [property: Id(0)] CertificateFacts Facts,
    [property: Id(1)] bool HeldHere,
    [property: Id(2)] int TriesLeft,
    [property: Id(3)] DateTimeOffset? LockedUntil,
    [property: Id(4)] int Failures = 0,
    [property: Id(5)] int TriesLeftForGood = 0,
    [property: Id(6)] bool LockedForGood = false,
    [property: Id(7)] DateTimeOffset? DeviceLockedUntil = null)
{
    /// <summary>The next encryption key on its way to the phone.</summary>
    [Id(8)]
    public ArrivingKey? Arriving { get; init; }

    [Id(9)]
    public RenewalView? Renewal { get; init; }

    /// <summary>可找回: it lives on another phone, or nowhere any more.</summary>
    [Id(10)]
    public bool Recoverable { get; init; }

    /// <summary>即将过期: less than 30 days left.</summary>
    [Id(11)]
    public bool ExpiresSoon { get; init; }

    /// <summary>What helps when it cannot be used here, or soon cannot; null while nothing has to help.</summary>
    [Id(12)]
    public CertificateRemedy? Remedy { get; init; }
}

/// <param name="NeedsAdministrator">The enterprise's administrator has to agree; otherwise the holder does it alone.</param>
/// <param name="Until">With <see cref="RemedyKind.Wait"/>.</param>
/// <param name="FeeFen">In 分; null where it depends on the years chosen, or the CA is not on offer any more.</param>
[GenerateSerializer, Immutable, Alias("bzt.CertificateRemedy")]
public sealed record CertificateRemedy(
    [property: Id(0)] RemedyKind Kind,
    [property: Id(1)] bool NeedsAdministrator = false,
    [property: Id(2)] DateTimeOffset? Until = null,
    [property: Id(3)] int? FeeFen = null);

/// <summary>Sent by value; values are never reused.</summary>
public enum RemedyKind
{
    /// <summary>The lock ends by itself.</summary>
    Wait = 0,
    /// <summary>证书找回: new signing keys for the same encryption keys.</summary>
    Recovery = 1,
    /// <summary>续期</summary>
    Renewal = 2,
    /// <summary>重新申请</summary>
    Reapplication = 3,
}

/// <param name="OpeningTime">As the platform announced it when the bid was encrypted.</param>
[GenerateSerializer, Immutable, Alias("bzt.UnopenedBid")]
public sealed record UnopenedBid(
    [property: Id(0)] PlatformId Platform,
    [property: Id(1)] string ProjectId,
    [property: Id(2)] string ProjectName,
    [property: Id(3)] DateTimeOffset OpeningTime);

/// <param name="Enterprise">Null for a personal certificate.</param>
/// <param name="Application">That began it; null from silos of an earlier release.</param>
/// <param name="EndedAt">Null from silos of an earlier release.</param>
[GenerateSerializer, Immutable, Alias("bzt.CertificateEnd")]
public sealed record CertificateEnd(
    [property: Id(0)] UserId Holder,
    [property: Id(1)] CreditCode? Enterprise,
    [property: Id(2)] ApplicationId? Application = null,
    [property: Id(3)] DateTimeOffset? EndedAt = null);
