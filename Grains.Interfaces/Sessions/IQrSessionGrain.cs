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
    [Alias("work")]
    Task<Reply<SessionWork>> GetWork(SessionSigner signer);

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
}

/// <summary>Who may see and end a session: the platform that opened it, and with a project token the tool key as well.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SessionRequester")]
public sealed record SessionRequester([property: Id(0)] PlatformId Platform, [property: Id(1)] string? ToolKeyThumbprint);

/// <param name="Enterprise">With bind: what the platform knows; name and credit code must equal the certificate's.</param>
/// <param name="OnlyFor">With a project token: the bidder it is for.</param>
[GenerateSerializer, Immutable, Alias("bzt.CreateSession")]
public sealed record CreateSession(
    [property: Id(0)] SessionRequester Requester,
    [property: Id(1)] SessionKind Kind,
    [property: Id(2)] byte[]? Challenge,
    [property: Id(3)] SessionEnterprise? Enterprise,
    [property: Id(4)] CreditCode? OnlyFor,
    [property: Id(5)] SessionProject? Project,
    [property: Id(6)] IReadOnlyList<SessionDocument> Documents,
    [property: Id(7)] SessionDecryption? Decryption,
    [property: Id(8)] int TimeoutSeconds)
{
    /// <summary>Set when one certificate, and no other, may serve it.</summary>
    [Id(20)]
    public SessionHolder? Holder { get; init; }

    /// <summary>会话签章: the sealing session that lets it in, without a scan.</summary>
    [Id(21)]
    public SealingId? Sealing { get; init; }

    /// <summary>One of the platform's registered addresses: the session may be opened by a link on the same device.</summary>
    [Id(30)]
    public string? ReturnUrl { get; init; }

    /// <summary>The platform's random for the browser that began.</summary>
    [Id(31)]
    public string? ReturnNonce { get; init; }

    /// <summary>Whose request it is at the platform; opaque.</summary>
    [Id(32)]
    public string? Visitor { get; init; }

    /// <summary>With withdraw: the seal.</summary>
    [Id(60)]
    public SessionWithdrawal? Withdrawal { get; init; }

    /// <summary>The bid opening it is a part of.</summary>
    [Id(50)]
    public SessionOpening? Opening { get; init; }
}

[GenerateSerializer, Immutable, Alias("bzt.SessionOpening")]
public sealed record SessionOpening([property: Id(0)] OpeningId Opening, [property: Id(1)] IReadOnlyList<string> Files);

/// <param name="Pushed">His phone has the session from the start, without a scan.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionHolder")]
public sealed record SessionHolder(
    [property: Id(0)] UserId User,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] CertificateId Certificate,
    [property: Id(3)] bool Pushed);

/// <summary>扫码撤章: what the signer is asked to declare withdrawn.</summary>
/// <param name="SealId">SM3 over the seal's signature r‖s, hexadecimal.</param>
/// <param name="Owner">Whose seal it is: the credit code in its certificate, or the certificate's serial where there is none.</param>
/// <param name="Signer">Organisation or name in its certificate.</param>
/// <param name="SealedAt">As the seal says.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionWithdrawal")]
public sealed record SessionWithdrawal(
    [property: Id(0)] string SealId,
    [property: Id(1)] string Owner,
    [property: Id(2)] string Signer,
    [property: Id(3)] string DocumentName,
    [property: Id(4)] DateTimeOffset? SealedAt,
    [property: Id(5)] string Reason);

public static class SessionLimits
{
    public const int Documents = 50;
    public const int TextLength = 200;

    /// <summary>An electronic seal comes with its picture.</summary>
    public const int SealDocumentOctets = 64 * 1024;

    /// <summary>All such documents of a session: they travel to the phone and back in one message.</summary>
    public const int SealDocumentsOctets = 160 * 1024;
}

/// <summary>Sessions of the CSC API. Its own requester, so that what is confirmed there is handed out there alone.</summary>
public static class CscSessions
{
    /// <summary>No key has a thumbprint like this one.</summary>
    public static SessionRequester Requester(PlatformId platform) => new(platform, "csc");
}

/// <summary>For whom a sealing session would serve.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SealingOrigin")]
public sealed record SealingOrigin(
    [property: Id(0)] SessionRequester Requester,
    [property: Id(1)] PlatformId Platform,
    [property: Id(2)] string PlatformName,
    [property: Id(3)] SessionProject Project);

[GenerateSerializer, Immutable, Alias("bzt.SessionEnterprise")]
public sealed record SessionEnterprise([property: Id(0)] string Name, [property: Id(1)] CreditCode CreditCode);

[GenerateSerializer, Immutable, Alias("bzt.SessionProject")]
public sealed record SessionProject([property: Id(0)] string ProjectId, [property: Id(1)] string Name, [property: Id(2)] DateTimeOffset OpeningTime);

/// <param name="Form">One of the closed set of signing forms.</param>
/// <param name="ToBeSigned">The exact bytes.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionDocument")]
public sealed record SessionDocument([property: Id(0)] string Form, [property: Id(1)] byte[] ToBeSigned)
{
    /// <summary>The seal this version shows, when the signer has a choice.</summary>
    [Id(2)]
    public SealKind? Seal { get; init; }
}

/// <param name="ToolKey">pkX, 65 octets.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionDecryption")]
public sealed record SessionDecryption(
    [property: Id(0)] byte[] ToolKey,
    [property: Id(1)] DecryptionRecipient Recipient,
    [property: Id(2)] string EncryptionSerial,
    [property: Id(3)] IReadOnlyList<SessionWrappedKey> Keys);

[GenerateSerializer, Immutable, Alias("bzt.SessionWrappedKey")]
public sealed record SessionWrappedKey([property: Id(0)] string Name, [property: Id(1)] byte[] Ciphertext)
{
    /// <summary>When it is wrapped for another encryption certificate than the rest.</summary>
    [Id(2)]
    public string? EncryptionSerial { get; init; }
}

[GenerateSerializer, Immutable, Alias("bzt.SessionOpened")]
public sealed record SessionOpened([property: Id(0)] string Token, [property: Id(1)] byte[] Secret, [property: Id(2)] DateTimeOffset CreatedAt, [property: Id(3)] DateTimeOffset ExpiresAt);

[GenerateSerializer, Immutable, Alias("bzt.SessionView")]
public sealed record SessionView(
    [property: Id(0)] SessionKind Kind,
    [property: Id(1)] SessionState State,
    [property: Id(2)] SessionEnd? End,
    [property: Id(3)] SessionOutcome? Outcome,
    [property: Id(4)] DateTimeOffset ExpiresAt)
{
    /// <summary>Refused as not asked for by the holder.</summary>
    [Id(5)]
    public bool Disowned { get; init; }

    /// <summary>The sealing session its user asked for.</summary>
    [Id(20)]
    public SealingId? Sealing { get; init; }

    /// <summary>The outcome is withheld until the browser is back.</summary>
    [Id(30)]
    public bool AwaitsReturn { get; init; }
}

/// <param name="Code">From the dynamic link.</param>
[GenerateSerializer, Immutable, Alias("bzt.ScanSession")]
public sealed record ScanSession([property: Id(0)] UserId User, [property: Id(1)] DeviceId Device, [property: Id(2)] string Token, [property: Id(3)] long ElapsedSeconds, [property: Id(4)] string Code)
{
    /// <summary>By the device link, which does not age with the seconds.</summary>
    [Id(30)]
    public bool SameDevice { get; init; }
}

[GenerateSerializer, Immutable, Alias("bzt.PhoneSessionView")]
public sealed record PhoneSessionView(
    [property: Id(0)] SessionKind Kind,
    [property: Id(1)] SessionState State,
    [property: Id(2)] SessionEnd? End,
    [property: Id(3)] PlatformId Platform,
    [property: Id(4)] string PlatformName,
    [property: Id(5)] string RecognitionGroup,
    [property: Id(6)] SessionEnterprise? Enterprise,
    [property: Id(7)] SessionProject? Project,
    [property: Id(8)] DateTimeOffset ExpiresAt,
    [property: Id(9)] CreditCode? OnlyFor)
{
    /// <summary>When set, no other certificate may serve it.</summary>
    [Id(20)]
    public CertificateId? OnlyCertificate { get; init; }

    [Id(10)]
    public IReadOnlyList<SealKind> Seals { get; init; } = [];

    [Id(11)]
    public SealKind? Seal { get; init; }

    [Id(30)]
    public bool SameDevice { get; init; }
}

/// <summary>The certificate that asks for work, as its own grain states it.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SessionSigner")]
public sealed record SessionSigner(
    [property: Id(0)] UserId User,
    [property: Id(1)] CertificateId Certificate,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] CreditCode CreditCode,
    [property: Id(4)] string RecognitionGroup,
    [property: Id(5)] string SigningSerial,
    [property: Id(6)] IReadOnlyList<string> EncryptionSerials);

[GenerateSerializer, Immutable, Alias("bzt.SessionWork")]
public sealed record SessionWork(
    [property: Id(0)] SessionKind Kind,
    [property: Id(1)] PlatformId Platform,
    [property: Id(2)] string PlatformName,
    [property: Id(3)] SessionProject? Project,
    [property: Id(4)] IReadOnlyList<SessionDocument> Documents,
    [property: Id(5)] SessionDecryption? Decryption,
    [property: Id(6)] SealingId? Sealing = null);

/// <summary>What became of a session at a certificate. Idempotent: the first outcome that ends the session stays.</summary>
/// <param name="End">Ok, WrongPin (does not end the session while tries are left), Locked, CertificateUnusable, ProtocolFailure.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionOutcome")]
public sealed record SessionOutcome(
    [property: Id(0)] CertificateId Certificate,
    [property: Id(1)] SessionEnd End,
    [property: Id(2)] SessionSignerFacts? Signer,
    [property: Id(3)] IReadOnlyList<SessionSignature> Signatures,
    [property: Id(4)] SessionPartials? Decryption);

[GenerateSerializer, Immutable, Alias("bzt.SessionSignerFacts")]
public sealed record SessionSignerFacts(
    [property: Id(0)] string EnterpriseName,
    [property: Id(1)] CreditCode CreditCode,
    [property: Id(2)] string SigningSerial,
    [property: Id(3)] byte[] SigningCertificate,
    [property: Id(4)] string EncryptionSerial,
    [property: Id(5)] byte[] EncryptionCertificate,
    [property: Id(6)] IReadOnlyList<byte[]> Chain);

[GenerateSerializer, Immutable, Alias("bzt.SessionSignature")]
public sealed record SessionSignature([property: Id(0)] string Form, [property: Id(1)] byte[] ToBeSigned, [property: Id(2)] byte[] Signature);

/// <summary>One sealed box each: only the PC opens them.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SessionPartials")]
public sealed record SessionPartials([property: Id(0)] byte[] PhoneParts, [property: Id(1)] byte[] SiloParts);
