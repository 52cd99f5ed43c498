using System.Text.Json.Serialization;
using Bzt.Contracts.Phone;

namespace Bzt.Contracts.Platforms;

public enum SessionKind { Bind, Login, Seal, Sign, Encrypt, Decrypt, Withdraw }

public enum SessionState { Created, Scanned, Confirmed, Completed }

/// <summary>How a completed session ended (X07).</summary>
public enum SessionEnd { Ok, Refused, TimedOut, WrongPin, Locked, CertificateUnusable, ProtocolFailure, Cancelled }

/// <param name="OpeningTime">When bids may be opened; known to the phone, which warns before it.</param>
public sealed record ProjectInfo(string ProjectId, string Name, DateTimeOffset OpeningTime);

/// <summary>
/// Opens a session. Which members are needed depends on <paramref name="Kind"/>:
/// bind and login need <see cref="Challenge"/> (bind also <see cref="Enterprise"/>); seal and sign need <see cref="Documents"/>;
/// encrypt needs <see cref="Project"/> and one bid-manifest document; decrypt needs <see cref="Project"/> and <see cref="Decryption"/>;
/// withdraw needs <see cref="Withdrawal"/>.
/// Under a project token, project and enterprise are the token's.
/// </summary>
public sealed record CreateSessionRequest(SessionKind Kind)
{
    /// <summary>32 to 64 random bytes of the platform; signed, so that a signature cannot be reused.</summary>
    public byte[]? Challenge { get; init; }

    /// <summary>The enterprise the platform knows; name and credit code must equal the certificate's (M063).</summary>
    public EnterpriseInfo? Enterprise { get; init; }

    public ProjectInfo? Project { get; init; }

    public IReadOnlyList<DocumentRequest>? Documents { get; init; }

    public DecryptionRequest? Decryption { get; init; }

    /// <summary>With decrypt: the bid opening it is a part of. What becomes of the session is then in the signed record of each file, and it ends with the opening.</summary>
    public OpeningReference? Opening { get; init; }

    /// <summary>扫码撤章: the seal that its signer takes back.</summary>
    public WithdrawalRequest? Withdrawal { get; init; }

    /// <summary>Pushes the request to the phone of a running sealing session, for seals of its own platform and project only: no scan.</summary>
    public Guid? UseSealingSession { get; init; }

    /// <summary>Seconds until the session times out, 30 to 600; 300 when absent.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>
    /// For a user whose browser is on the phone itself: one of the platform's registered return addresses. The answer then has a
    /// <see cref="SessionCreated.DeviceLink"/>. Needs <see cref="ReturnNonce"/>.
    /// </summary>
    public string? ReturnUrl { get; init; }

    /// <summary>22 to 128 visible characters, random, kept in a cookie of the browser that began: whoever comes back without it is somebody else.</summary>
    public string? ReturnNonce { get; init; }

    /// <summary>
    /// Whose request this is at the platform, opaque to us (a keyed hash of its cookie or address), 100 characters at most: one visitor opens
    /// so many sessions a minute and no more, so that nobody who is not logged in uses up the platform's own limit.
    /// </summary>
    public string? Visitor { get; init; }
}

/// <param name="Value">From the return address, as the browser brought it.</param>
/// <param name="Nonce">From the browser's own cookie, never from the address.</param>
public sealed record ReturnRequest(string Value, string Nonce);

/// <param name="Name">Of the enterprise; of a person, when a personal certificate is meant.</param>
/// <param name="CreditCode">Empty for a person.</param>
public sealed record EnterpriseInfo(string Name, string CreditCode);

/// <param name="Form">cms-pdf, bid-manifest; hash-only needs a permission.</param>
/// <param name="ToBeSigned">The bytes in that form; refused when they do not decode strictly.</param>
public sealed record DocumentRequest(string Form, byte[] ToBeSigned)
{
    /// <summary>
    /// The seal this version of the document shows. A picture is part of what is signed, so the choice comes first: send every document once
    /// for each seal the signer may choose, in the same order; the phone shows the choice, and one version of each is signed. Null: no choice.
    /// </summary>
    public SealKind? Seal { get; init; }
}

/// <summary>
/// A seal on a document that its signer declares withdrawn: with the certificate that made it, or a later one of the same enterprise. What was sealed cannot be
/// unsealed; the withdrawal is a signed statement beside it, which <c>/rp/v1/verify</c> knows and hands out.
/// </summary>
/// <param name="Seal">What lies in the signature dictionary's <c>/Contents</c>.</param>
/// <param name="Reason">In words; shown, signed and handed out.</param>
public sealed record WithdrawalRequest(byte[] Seal, string Reason)
{
    /// <summary>The document's name, for seals that do not say it themselves.</summary>
    public string? DocumentName { get; init; }
}

/// <summary>Wrapped keys to open with one confirmation (PROTOCOL: decrypting).</summary>
/// <param name="ToolKey">pkX: the PC's one-time SM2 public key, 65 octets. The QR's fragment carries SM3 over it and the list.</param>
/// <param name="Recipient">Who can read: this PC's tool, or the platform's server.</param>
public sealed record DecryptionRequest(byte[] ToolKey, DecryptionRecipient Recipient, string EncryptionSerial, IReadOnlyList<WrappedKey> Keys);

public enum DecryptionRecipient { ThisPc, PlatformServer }

/// <param name="Name">Shown: file and section.</param>
/// <param name="Ciphertext">SM2 ciphertext in a form accepted by docs/protocol.md.</param>
public sealed record WrappedKey(string Name, byte[] Ciphertext)
{
    /// <summary>The encryption certificate it is wrapped for, when that is not the request's: one of the past (<see cref="SignerInfo.PastEncryptionSerials"/>).</summary>
    public string? EncryptionSerial { get; init; }
}

/// <param name="SessionToken">Public: part of the QR link.</param>
/// <param name="SessionSecret">For the backend only: makes the dynamic QR's code.</param>
/// <param name="LinkBase">The QR link without its parameters.</param>
/// <param name="ServerTime">Of this answer: later than <see cref="CreatedAt"/> when the request was repeated with its Idempotency-Key.</param>
public sealed record SessionCreated(Guid SessionId, string SessionToken, byte[] SessionSecret, string LinkBase, DateTimeOffset ExpiresAt, DateTimeOffset ServerTime)
{
    /// <summary>What the dynamic QR counts from.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Opens the app on the phone the browser runs on; only with a return address. Good for the whole session.</summary>
    public string? DeviceLink { get; init; }
}

/// <param name="End">Set when completed.</param>
/// <param name="Result">Set when the end is ok.</param>
public sealed record SessionStatus(Guid SessionId, SessionKind Kind, SessionState State, SessionEnd? End, SessionResult? Result, DateTimeOffset ExpiresAt)
{
    /// <summary>With <see cref="SessionEnd.Refused"/>: the holder says that he did not ask for it. Somebody may be using the bidder's account.</summary>
    public bool Disowned { get; init; }

    /// <summary>The sealing session its user asked for at this request; whether it runs is asked of itself (<see cref="SealingSessionStatus"/>).</summary>
    public Guid? SealingSession { get; init; }

    /// <summary>
    /// True for a session that was opened by its device link and has ended: the result is withheld until the browser that began has come
    /// back (<see cref="Routes.Platforms.SessionReturn"/>), so a link sent on to somebody else logs nobody in here.
    /// </summary>
    public bool? AwaitsReturn { get; init; }
}

/// <param name="Signatures">One per document, in order, SM2 r‖s (64 octets) with the exact bytes signed.</param>
/// <param name="Decryption">Only for decrypt: what the holder of pkX needs to finish.</param>
public sealed record SessionResult(
    Guid CertificateId,
    EnterpriseInfo Enterprise,
    string SigningSerial,
    byte[] SigningCertificate,
    byte[] EncryptionCertificate,
    IReadOnlyList<byte[]> Chain,
    IReadOnlyList<DocumentSignature> Signatures,
    DecryptionResult? Decryption);

public sealed record DocumentSignature(string Form, byte[] ToBeSigned, byte[] Signature);

/// <param name="PhoneParts">T for every key, in one box sealed to pkX by the phone.</param>
/// <param name="SiloParts">S for every key, in one box sealed to pkX by the silo.</param>
public sealed record DecryptionResult(byte[] PhoneParts, byte[] SiloParts);

/// <summary>A token for the bid tool: one bidder, one project, bound to the tool's one-time key.</summary>
/// <param name="ToolKeyThumbprint">RFC 7638 thumbprint of the tool's P-256 key.</param>
public sealed record ProjectTokenRequest(ProjectInfo Project, string CreditCode, string ToolKeyThumbprint, int LifetimeSeconds);

public sealed record ProjectToken(string Token, DateTimeOffset ExpiresAt);

/// <summary>
/// What a bid tool or platform needs before it opens a session for a bound enterprise. The certificate it leads with is the newest bound one whose holder may
/// both seal and encrypt there, else one who may do either.
/// </summary>
public sealed record SignerInfo(
    EnterpriseInfo Enterprise,
    string SigningSerial,
    byte[] SigningCertificate,
    string EncryptionSerial,
    byte[] EncryptionCertificate,
    IReadOnlyList<byte[]> Chain)
{
    /// <summary>The enterprise's own seals; the pictures are at <see cref="Routes.Platforms.SignerSeal"/>. None: draw one from its name.</summary>
    public IReadOnlyList<SignerSeal> Seals { get; init; } = [];

    /// <summary>Serial numbers of the encryption certificates before <see cref="EncryptionSerial"/>, newest first: the phone still opens what was encrypted for them.</summary>
    public IReadOnlyList<string> PastEncryptionSerials { get; init; } = [];

    /// <summary>
    /// Every certificate of the enterprise that is bound to the platform, in force, and of some use there, newest binding first, the one above among them. An enterprise
    /// has several when its members bind theirs: what is sealed or encrypted for one of them is confirmed, and opened, with that one.
    /// </summary>
    /// <remarks>Written first: the shell lines that platforms have from our pages take the last of a name.</remarks>
    [JsonPropertyOrder(-1)]
    public IReadOnlyList<SignerCertificate> Certificates { get; init; } = [];

    /// <summary>Those whose holder may do that; of a service that names none, the one above.</summary>
    /// <param name="operation">seal, sign, encrypt or decrypt.</param>
    public IReadOnlyList<SignerCertificate> For(SessionKind operation) => Certificates.Count == 0
        ? [new SignerCertificate(SigningSerial, SigningCertificate, EncryptionSerial, EncryptionCertificate, Chain, [operation]) { PastEncryptionSerials = PastEncryptionSerials }]
        : [.. Certificates.Where(certificate => certificate.Operations.Contains(operation))];
}

/// <param name="Operations">What its holder may do with it at the platform now: of seal, sign, encrypt and decrypt.</param>
public sealed record SignerCertificate(
    string SigningSerial,
    byte[] SigningCertificate,
    string EncryptionSerial,
    byte[] EncryptionCertificate,
    IReadOnlyList<byte[]> Chain,
    IReadOnlyList<SessionKind> Operations)
{
    /// <summary>As <see cref="SignerInfo.PastEncryptionSerials"/>.</summary>
    public IReadOnlyList<string> PastEncryptionSerials { get; init; } = [];

    /// <summary>Of every key it opens with, the present one first: what <c>BidFileReader.KeysFor</c> takes.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> EncryptionSerials => [EncryptionSerial, .. PastEncryptionSerials];
}

/// <param name="WidthMm">On paper, with the picture's transparent rim.</param>
/// <param name="HeightMm">On paper.</param>
/// <param name="Version">Rises when the enterprise's seals are replaced.</param>
public sealed record SignerSeal(SealKind Kind, double WidthMm, double HeightMm, int Version);
