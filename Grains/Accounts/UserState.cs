using System.Collections.Immutable;
using Bzt.Grains.Accounts.Legal;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Accounts;

public sealed record UserState : IHasOutbox<UserState>
{
    /// <summary>Null before the first login.</summary>
    public DateTimeOffset? RegisteredAt { get; init; }

    /// <summary>The person's own key, wrapped; all that is sealed below, and copies of it elsewhere, end with it.</summary>
    public byte[]? PersonKey { get; init; }

    public byte[]? PhoneNumber { get; init; }

    public string MaskedPhoneNumber { get; init; } = "";

    public ImmutableArray<Device> Devices { get; init; } = [];

    public ProvenPerson? RealName { get; init; }

    /// <summary>The newest real-name operations, so that a repeat gets the recorded outcome.</summary>
    public ImmutableArray<RealNameOperation> Operations { get; init; } = [];

    /// <summary>When checks were made that count, in the last day, oldest first.</summary>
    public ImmutableArray<DateTimeOffset> RealNameTries { get; init; } = [];

    public ImmutableArray<MembershipState> Memberships { get; init; } = [];

    public LoginPassword? Password { get; init; }

    public WeChatTie? WeChat { get; init; }

    /// <summary>The newest one.</summary>
    public NumberChange? NumberChange { get; init; }

    /// <summary>From then on nothing of the person is here, but what was agreed to when.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Every consent ever given, oldest first.</summary>
    public ImmutableArray<Consent>? Consents { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public UserState WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <param name="Id">Never changes for a key.</param>
/// <param name="PublicKey">65 octets 04‖x‖y.</param>
/// <param name="Jkt">Its RFC 7638 thumbprint.</param>
/// <param name="Name">As the device calls itself.</param>
/// <param name="TokenHash">Null when logged out.</param>
/// <param name="Active">May act for the account. At most one device; a logged-out one stays it until another takes its place.</param>
/// <param name="LoggedInAt">The last time.</param>
/// <param name="SeenAt">When it last asked something, to the hour; null: at its login.</param>
/// <param name="Push">Its push subscription, sealed.</param>
/// <param name="ProvenAt">When the real name was last proven on this device. What is asked of a recent proof asks this.</param>
public sealed record Device(
    Guid Id, byte[] PublicKey, string Jkt, string Name, byte[]? TokenHash, bool Active, DateTimeOffset LoggedInAt, DateTimeOffset? ProvenAt = null,
    DateTimeOffset? SeenAt = null, byte[]? Push = null);

/// <param name="SealedHash">Argon2id, and that sealed: whoever has the store alone cannot even guess.</param>
/// <param name="Operation">Its repeat changes nothing.</param>
public sealed record LoginPassword(byte[] SealedHash, DateTimeOffset At, Guid Operation);

/// <param name="Name">Sealed.</param>
/// <param name="IdNumber">Sealed.</param>
/// <param name="IdNumberHash">Keyed.</param>
/// <param name="Receipt">The provider's, for disputes.</param>
/// <param name="FaceConsent">What the person consented to before the face was looked at.</param>
public sealed record ProvenPerson(
    byte[] Name, byte[] IdNumber, string IdNumberHash, string MaskedName, string MaskedIdNumber, RealNameWay Way, DateTimeOffset At, string Receipt, string? FaceConsent = null);

/// <param name="Id">The phone's.</param>
/// <param name="InputHash">Keyed hash of what was asked: the same id for other data is a conflict.</param>
/// <param name="Outcome">Null while the provider is being asked, or after a crash meanwhile, or while the person has yet to go through its page.</param>
/// <param name="Way">Null, of an older release: the bank card.</param>
/// <param name="Device">The one that proves.</param>
/// <param name="At">When it was counted.</param>
/// <param name="Page">Of a check on the provider's page, once there is one.</param>
public sealed record RealNameOperation(
    Guid Id, string InputHash, RealNameOutcome? Outcome, RealNameWay? Way = null, Guid? Device = null, DateTimeOffset? At = null, PageProof? Page = null);

/// <summary>A proof that waits for the person on the provider's page.</summary>
/// <param name="Reference">The provider's id of the check. It comes from the provider and goes to the provider: no answer about another one can be slipped in.</param>
/// <param name="Address">Of the page, when the provider gave it.</param>
/// <param name="StateHash">SHA-256 of the state in the return address.</param>
/// <param name="Name">Sealed; null once the operation has ended.</param>
/// <param name="IdNumber">Sealed; null once the operation has ended.</param>
/// <param name="IdNumberHash">Keyed.</param>
/// <param name="ExpiresAt">When waiting ends.</param>
/// <param name="FaceConsent">The version of the text consented to.</param>
/// <param name="Returned">The person came back.</param>
public sealed record PageProof(
    string Reference, string? Address, byte[] StateHash, byte[]? Name, byte[]? IdNumber, string IdNumberHash, DateTimeOffset ExpiresAt, string? FaceConsent, bool Returned);

/// <param name="Refusal">Null: proven.</param>
public sealed record RealNameOutcome(RefusalCode? Refusal);

public sealed record MembershipState(string CreditCode, string EnterpriseName, MemberRole Role);

/// <param name="Account">Key of the WeChat user's grain, a keyed hash.</param>
public sealed record WeChatTie(string Account, DateTimeOffset At);
