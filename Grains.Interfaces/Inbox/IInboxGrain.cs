using Orleans.Concurrency;

namespace Bzt.Grains.Inbox;

/// <summary>A user's messages, and the gateways that can wake his phones. Key: the user id. Calls nobody but those gateways.</summary>
[Alias("bzt.IInboxGrain")]
public interface IInboxGrain : IGrainWithGuidKey
{
    /// <summary>Idempotent by <see cref="InboxEntry.MessageId"/>: outboxes deliver at least once. Wakes the phones.</summary>
    [Alias("Post")]
    Task Post(InboxEntry entry);

    /// <summary>Newest first.</summary>
    /// <param name="take">At most this many.</param>
    /// <param name="before">Older than this message; null from the newest.</param>
    [Alias("GetPage")]
    Task<InboxMessages> GetPage(int take, string? before);

    /// <summary>The same for a phone, which from then on knows what was there.</summary>
    [Alias("Fetch")]
    Task<InboxMessages> Fetch(DeviceId device, int take, string? before);

    /// <summary>A phone has asked for what waits for it elsewhere.</summary>
    [Alias("Fetched"), OneWay]
    Task Fetched(DeviceId device, DateTimeOffset at);

    /// <summary>When each phone last did either; since the grain's activation.</summary>
    [Alias("GetFetches"), AlwaysInterleave]
    Task<IReadOnlyList<DeviceFetch>> GetFetches();

    /// <summary>Idempotent; refused with <see cref="RefusalCode.NotFound"/> when there is no such message.</summary>
    [Alias("MarkRead")]
    Task<Reply<Nothing>> MarkRead(string messageId);

    /// <summary>The account was closed: its messages go.</summary>
    [Alias("Clear")]
    Task Clear();

    /// <summary>Held in memory for <see cref="SubscriptionLease"/> after the last call: gateways renew, a dead one is forgotten.</summary>
    [Alias("Subscribe")]
    Task Subscribe(IPhoneObserver observer);

    /// <summary>Tells connected phones to fetch. May be lost; the truth is in what they then fetch.</summary>
    [Alias("WakeUp")]
    Task WakeUp(WakeUpKind kind);

    static readonly TimeSpan SubscriptionLease = TimeSpan.FromSeconds(60);
}

/// <summary>A gateway with sockets of a user's phones.</summary>
[Alias("bzt.IPhoneObserver")]
public interface IPhoneObserver : IGrainObserver
{
    /// <summary>When the call left, in ticks of UTC, in the request's context.</summary>
    const string SentAt = "bzt.sent-at";

    [Alias("WakeUp"), OneWay]
    Task WakeUp(UserId user, WakeUpKind kind);
}

/// <summary>Sent by value.</summary>
public enum WakeUpKind
{
    Inbox = 0,
    Session = 1,
    Application = 2,
    Certificate = 3,
}

/// <param name="MessageId">The sender's own, unique and stable over repeats: <c>application/{id}/approved</c>.</param>
/// <param name="Kind">What the phone does with it.</param>
/// <param name="Title">Chinese, as shown.</param>
/// <param name="Body">Chinese, as shown; nothing personal in clear.</param>
/// <param name="Subject">Id of what it is about.</param>
/// <param name="At">When it happened, by the sender's clock.</param>
/// <param name="Until">When what it is about ends by itself; null when it does not.</param>
[GenerateSerializer, Immutable, Alias("bzt.InboxEntry")]
public sealed record InboxEntry(
    [property: Id(0)] string MessageId,
    [property: Id(1)] MessageKind Kind,
    [property: Id(2)] string Title,
    [property: Id(3)] string Body,
    [property: Id(4)] string? Subject,
    [property: Id(5)] DateTimeOffset At,
    [property: Id(6)] DateTimeOffset? Until = null);

[GenerateSerializer, Immutable, Alias("bzt.DeviceFetch")]
public sealed record DeviceFetch([property: Id(0)] DeviceId Device, [property: Id(1)] DateTimeOffset At);

/// <summary>Stored and sent by value; values are never reused.</summary>
public enum MessageKind
{
    ClaimApproved = 0,
    ClaimRejected = 1,
    CertificateActive = 2,
    CertificateFrozen = 3,
    CertificateLocked = 4,
    NewDevice = 5,

    PasswordChanged = 10,
    NumberChanged = 11,
    WeChatTied = 12,
    WeChatUntied = 13,

    JoinRequested = 50,
    CertificateRequested = 51,
    RenewalRequested = 52,
    ApplicationApproved = 53,
    RenewalApproved = 54,
    ApplicationRejected = 55,
    ApplicationExpired = 56,
    EnterpriseNameChanged = 57,

    /// <summary>A request that was pushed to this phone: its subject is the session.</summary>
    SignatureAsked = 340,

    /// <summary>Its subject is the bid opening.</summary>
    OpeningChanged = 374,

    CertificateRevoked = 70,
    CertificateExpiring = 71,

    SealingSessionEnded = 95,
    SealingSessionBegun = 96,

    DeviceLocked = 20,
    PinChanged = 21,
    PinResetAsked = 22,
    PinResetStopped = 23,
    PinResetReady = 24,
    InvitationReceived = 30,
    InvitationAnswered = 31,
    MemberRemoved = 32,
    TransferRequested = 33,
    TransferAnswered = 34,
    AdministratorChanged = 35,
    EnterpriseClaimed = 36,
    MemberJoined = 37,
    RemittanceEnded = 38,
    TransferWished = 39,
}

[GenerateSerializer, Immutable, Alias("bzt.InboxMessages")]
public sealed record InboxMessages(
    [property: Id(0)] IReadOnlyList<InboxMessage> Messages,
    [property: Id(1)] int Unread);

[GenerateSerializer, Immutable, Alias("bzt.InboxMessage")]
public sealed record InboxMessage([property: Id(0)] InboxEntry Entry, [property: Id(1)] bool Read);
