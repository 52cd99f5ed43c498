using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Openings;
using Orleans.Concurrency;

namespace Bzt.Grains.Sessions;

/// <summary>One request of a PC, from created to an end result. Its creation is a durable write; what happens until its end is not.</summary>
[Alias("bzt.IQrSession")]
public interface IQrSessionGrain : IGrainWithGuidKey
{
    /// <summary>Opens the session. The same command again gets the same answer.</summary>
    [Alias("create")]
    Task<Reply<SessionOpened>> Create(CreateSession command);

    /// <summary>What the PC sees; with a wait, answers at the next change or when the wait is over.</summary>
    [Alias("status"), AlwaysInterleave]
    Task<Reply<SessionView>> GetStatus(SessionRequester requester, SessionState? seen, TimeSpan wait);

    /// <summary>The PC gives up.</summary>
    [Alias("cancel")]
    Task<Reply<SessionView>> Cancel(SessionRequester requester);

    /// <summary>The browser of a session opened on the same device is back, with the value it was given and the random its platform kept for it: once.</summary>
    [Alias("redeem-return")]
    Task<Reply<SessionView>> RedeemReturn(SessionRequester requester, string value, string nonce);

    /// <summary>Writes an end by time down, so that it can be told. Nothing while it is open or a confirmation is under way.</summary>
    [Alias("settle")]
    Task Settle();

    /// <summary>How it ended, for the record of its bid opening; null while it is open.</summary>
    [Alias("opening-answer")]
    Task<OpeningAnswered?> GetOpeningAnswer();

    /// <summary>Its bid opening was ended: so is it, unless it is being confirmed.</summary>
    [Alias("end-opening")]
    Task EndOpening(OpeningId opening);

    /// <summary>A phone scanned the dynamic code. The first user to scan has the session.</summary>
    [Alias("scan")]
    Task<Reply<PhoneSessionView>> Scan(ScanSession command);

    /// <summary>The session as the phone that scanned it sees it.</summary>
    [Alias("phone-view")]
    Task<Reply<PhoneSessionView>> GetForPhone(UserId user);

    /// <summary>The signer chooses a seal of those offered; what <see cref="GetWork"/> answers from now on shows it.</summary>
    [Alias("choose-seal")]
    Task<Reply<PhoneSessionView>> ChooseSeal(UserId user, SealKind seal);

    /// <summary>Where the phone's browser goes once a session opened on the same device has ended; again, the same.</summary>
    [Alias("return")]
    Task<Reply<string>> GetReturn(UserId user);

    /// <summary>The user says no.</summary>
    /// <param name="user">Who scanned it.</param>
    /// <param name="disowned">不是我发起的: the platform is told that the holder did not ask for it.</param>
    [Alias("refuse")]
    Task<Reply<Nothing>> Refuse(UserId user, bool disowned);

    /// <summary>
    /// What the certificate is asked to sign or open: the same bytes every time for the same session, certificate and chosen seal.
    /// Refused when this certificate may not serve this platform, or the session ended.
    /// </summary>
    /// <remarks>
    /// From here on this certificate works for the session, and no other: whichever did before has let go of it, or this one gets
    /// <see cref="RefusalCode.SessionOtherCertificate"/>, since that one has signed or may be signing.
    /// </remarks>
    [Alias("work")]
    Task<Reply<SessionWork>> GetWork(SessionSigner signer);

    /// <summary>The same to look at: which certificate works for the session stays as it is.</summary>
    [Alias("look")]
    Task<Reply<SessionWork>> Look(SessionSigner signer);

    /// <summary>As <see cref="GetWork"/> and <see cref="BeginCompletion"/> at once, for a mock phone: of sandbox platforms only.</summary>
    [Alias("begin-sandbox")]
    Task<Reply<SessionWork>> BeginSandbox(SessionSigner signer);

    /// <summary>
    /// 会话签章: the user who scanned wants the platform's further requests for seals to come to this certificate by themselves. Says for whom that
    /// would be. <see cref="RefusalCode.SealingSessionNotOffered"/> unless it is a request for seals in a project. A repeat is the same.
    /// </summary>
    [Alias("begin-sealing")]
    Task<Reply<SealingOrigin>> BeginSealing(SessionSigner signer, SealingId sealing);

    /// <summary>From the sealing session it was pushed in: that ended, so it ends too, unless it is being confirmed.</summary>
    [Alias("withdraw")]
    Task Withdraw(SealingId sealing, SessionEnd end);

    /// <summary>
    /// Asked by the certificate just before it decides a confirmation. From here until the outcome, or ten seconds, the session can be
    /// neither cancelled nor timed out.
    /// </summary>
    [Alias("begin")]
    Task<Reply<Nothing>> BeginCompletion(CertificateId certificate);

    /// <summary>The certificate cannot serve (<see cref="SessionEnd.CertificateUnusable"/>) or its phone broke the protocol. Only the holder who scanned ends a session so.</summary>
    [Alias("fail")]
    Task Fail(UserId holder, SessionEnd end);

    /// <summary>The certificate's outcome, delivered at least once. Waiting PCs are told before it is written: the certificate holds it durably.</summary>
    [Alias("complete")]
    Task Complete(SessionOutcome outcome);

    /// <summary>As <see cref="Complete"/>, and says whether the session ends with this outcome. False: it had ended before, or goes on.</summary>
    [Alias("deliver")]
    Task<bool> Deliver(SessionOutcome outcome);
}
