namespace Bzt.Grains;

/// <summary>What a grain answers: a value, or an expected refusal. Bugs and failures of infrastructure throw.</summary>
[GenerateSerializer, Immutable, Alias("bzt.Reply`1")]
public abstract record Reply<T>
{
    private protected Reply() { }

    public static implicit operator Reply<T>(T value) => new Done<T>(value);

    public static implicit operator Reply<T>(Refusal refusal) => new Refused<T>(refusal);
}

[GenerateSerializer, Immutable, Alias("bzt.Done`1")]
public sealed record Done<T>([property: Id(0)] T Value) : Reply<T>;

[GenerateSerializer, Immutable, Alias("bzt.Refused`1")]
public sealed record Refused<T>([property: Id(0)] Refusal Refusal) : Reply<T>;

/// <summary>For commands that have nothing to say but that they were done.</summary>
[GenerateSerializer, Immutable, Alias("bzt.Nothing")]
public readonly record struct Nothing;

/// <summary>An expected refusal. The gateway makes a problem document of it; <see cref="RefusalTexts"/> has each code's text in one exhaustive switch.</summary>
/// <param name="Code">Serialised by value; values are never reused.</param>
/// <param name="RetryAfter">When it may be tried again.</param>
/// <param name="TriesLeft">PIN or code tries left.</param>
[GenerateSerializer, Immutable, Alias("bzt.Refusal")]
public sealed record Refusal(
    [property: Id(0)] RefusalCode Code,
    [property: Id(1)] DateTimeOffset? RetryAfter = null,
    [property: Id(2)] int? TriesLeft = null)
{
    /// <summary>
    /// The code's text, as the release that refuses knows it: a gateway of the release before passes on what it does not know itself. Null from a release
    /// that did not send it.
    /// </summary>
    [Id(3)]
    public string? Text { get; init; } = Code.TextOf();
}

/// <summary>Each has its stable text in <c>ErrorCodes</c>.</summary>
public enum RefusalCode
{
    InvalidRequest = 0,
    NotFound = 1,
    IdempotencyConflict = 2,
    RateLimited = 3,
    Unauthenticated = 4,
    Forbidden = 5,
    DeviceLimited = 6,
    RealNameRequired = 7,

    SmsCodeWrong = 20,
    SmsCodeExpired = 21,
    SmsTooMany = 22,
    RealNameMismatch = 23,
    RealNameAlready = 24,
    ProviderUnavailable = 25,
    RealNameTaken = 26,
    RealNameUnderage = 27,
    BankCardUnusable = 28,

    PasswordWrong = 100,
    PasswordUnacceptable = 101,
    ConsentRequired = 102,
    PhoneNumberTaken = 103,
    RealNameProofNeeded = 104,
    WeChatNotOffered = 105,
    WeChatRefused = 106,
    WeChatTaken = 107,
    WeChatTicketExpired = 108,
    ClosureBlocked = 109,
    AccountClosed = 110,
    NumberChangeUnknown = 111,

    RealNameNotPassed = 140,
    RealNameCancelled = 141,
    RealNameExpired = 142,
    RealNameWayClosed = 143,
    RealNameReturnInvalid = 144,

    CreditCodeInvalid = 40,
    EnterpriseClaimed = 41,
    EnterpriseMismatch = 42,
    OfferUnknown = 43,
    ApplicationStateWrong = 44,
    PaymentRequired = 45,
    ApplicationsTooMany = 48,
    ClaimOpen = 49,
    BlobUnknown = 46,
    BlobTypeNotAllowed = 47,

    LetterNotSealed = 230,
    CertificateNotRenewable = 231,
    PermissionsRequired = 232,

    QrInvalid = 60,
    QrStale = 61,
    SessionExpired = 62,
    SessionEnded = 63,
    SessionTaken = 64,
    CertificateNotEligible = 65,
    NotBound = 66,
    DocumentRefused = 67,
    KindNotAllowed = 68,
    SessionConfirming = 69,
    SessionOtherCertificate = 70,
    InvisibleCharacters = 71,

    SealingSessionNotOffered = 320,
    SealingSessionEnded = 321,
    SealWithdrawn = 360,
    SealingSessionNotConfirmed = 322,
    SealingSessionOtherProject = 323,
    SealingSessionBoundReached = 324,
    SealingSessionTooMany = 325,

    OpeningNotBegun = 370,
    OpeningEnded = 371,
    OpeningOtherProject = 372,
    OpeningReportRefused = 373,
    OpeningBegun = 374,
    OpeningNotEarlier = 375,

    CallbackUrlRefused = 300,
    ReturnUrlUnknown = 301,
    ReturnMismatch = 302,
    ReturnUsed = 303,

    NotAuthorised = 180,
    NotMember = 181,
    EnterpriseUnclaimed = 182,
    AdministratorStays = 183,
    InvitationOpen = 184,
    InvitationOver = 185,
    InvitationNameMismatch = 186,
    TransferOpen = 187,
    TransferOver = 188,
    AdministratorMismatch = 189,
    AlreadyMember = 190,

    PushNotOffered = 380,
    PushServiceUnknown = 381,
    PushKeyOutdated = 382,

    PhotoUnreadable = 210,
    PhotoTooLarge = 211,
    SealsIncomplete = 212,
    SealsConfirmed = 213,
    SealCropsTooMany = 214,

    BankCardBound = 270,
    BankCardsTooMany = 271,
    BankCardMismatch = 272,

    OrderInvoiced = 160,
    OrderNotPaid = 161,

    LicenceUnreadable = 162,
    LicenceReadingClosed = 163,

    CertificateUnusable = 80,
    BidsUnopened = 82,
    CertificateStateAltered = 395,
    ChannelRejected = 81,

    PinLockedForGood = 120,
    PinResetNeedsProof = 121,
    PinResetRunning = 122,
    PinResetPaused = 123,
    PinResetTooMany = 124,
    PinResetNone = 125,
    PinResetTooLate = 126,
}
