using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Enterprises;

/// <summary>The stored state of <see cref="EnterpriseGrain"/>.</summary>
public sealed record StoredEnterprise : IHasOutbox<StoredEnterprise>
{
    /// <summary>Null while nobody has claimed it.</summary>
    public ClaimedEnterprise? Claimed { get; init; }

    /// <summary>The application that downloads now; only while unclaimed.</summary>
    public ApplicationId? Reservation { get; init; }

    /// <summary>Applications on their way; told when another one won.</summary>
    public ImmutableArray<ApplicationId> Contenders { get; init; } = [];

    /// <summary>Removed members, so that a late repeat of what made them members brings nobody back.</summary>
    public ImmutableArray<FormerMember> FormerMembers { get; init; } = [];

    /// <summary>历史授权记录, oldest first, in force or not.</summary>
    public ImmutableArray<Authorisation> Authorisations { get; init; } = [];

    /// <summary>Oldest first: all that are open, and the last ones that ended.</summary>
    public ImmutableArray<StoredInvitation> Invitations { get; init; } = [];

    /// <summary>The newest handing over of the administrator, whatever became of it.</summary>
    public StoredTransfer? Transfer { get; init; }

    /// <summary>Applications whose approval replaced an administrator, or changed the name.</summary>
    public ImmutableArray<ApplicationId> Replacements { get; init; } = [];

    /// <summary>Who wants to hear of the claim; only while unclaimed.</summary>
    public ImmutableArray<UserId> Awaiting { get; init; } = [];

    /// <summary>Wrong guesses of the last day at who the administrator is, oldest first.</summary>
    public ImmutableArray<WrongGuess> WrongGuesses { get; init; } = [];

    /// <summary>对公打款, oldest first: all that are open, and the last ones that ended.</summary>
    public ImmutableArray<MembershipRemittance> Remittances { get; init; } = [];

    /// <summary>Whose remittance was right before the enterprise was claimed; only until then.</summary>
    public ImmutableArray<MembershipRemittance> Proven { get; init; } = [];

    /// <summary>Who asked the administrator to hand over in the last day, oldest first.</summary>
    public ImmutableArray<TransferWish> TransferWishes { get; init; } = [];

    /// <summary>How many records the audit has; the records lie with <see cref="IEnterpriseAuditGrain"/>.</summary>
    public long AuditCount { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredEnterprise WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <param name="Application">Whose certificate was downloaded first.</param>
public sealed record ClaimedEnterprise(
    string Name,
    ApplicationId Application,
    UserId Administrator,
    string AdministratorMaskedName,
    string AdministratorMaskedPhoneNumber,
    DateTimeOffset ClaimedAt,
    ImmutableArray<EnterpriseMember> Members);

/// <param name="Operation">What made it a member; empty for who claimed the enterprise.</param>
public sealed record EnterpriseMember(
    UserId User,
    Accounts.MemberRole Role,
    DateTimeOffset Since,
    MemberVia Via = MemberVia.Claim,
    string MaskedName = "",
    string MaskedPhoneNumber = "",
    Guid Operation = default);

public sealed record FormerMember(UserId User, Guid Operation, DateTimeOffset RemovedAt);

/// <param name="NameHash">Keyed: who accepts must have this real name.</param>
/// <param name="PhoneHash">Keyed: and this number.</param>
/// <param name="State">Never <see cref="InvitationState.Expired"/>: an open one past its date is that.</param>
public sealed record StoredInvitation(
    Guid Id,
    string NameHash,
    string MaskedName,
    string PhoneHash,
    string MaskedPhoneNumber,
    DateTimeOffset At,
    DateTimeOffset ExpiresAt,
    InvitationState State = InvitationState.Open,
    DateTimeOffset? EndedAt = null)
{
    public bool IsOpen(DateTimeOffset now) => State == InvitationState.Open && now < ExpiresAt;
}

/// <param name="State">Never <see cref="TransferState.Expired"/>: an awaiting one past its date is that.</param>
public sealed record StoredTransfer(
    Guid Id, UserId From, UserId To, CertificateId Certificate, TransferState State, DateTimeOffset StartedAt, DateTimeOffset ExpiresAt)
{
    public bool IsOpen(DateTimeOffset now) => State is TransferState.AwaitingConfirmation or TransferState.AwaitingAcceptance && now < ExpiresAt;
}

/// <param name="Id">Of the remittance's grain.</param>
/// <param name="Seen">How many of the remittances that came in were answered.</param>
/// <param name="Ended">Matched, or replaced by a newer one.</param>
public sealed record MembershipRemittance(
    Guid Id,
    UserId User,
    string EnterpriseName,
    string AccountTail,
    int AmountFen,
    DateTimeOffset At,
    DateTimeOffset ExpiresAt,
    string MaskedName,
    string MaskedPhoneNumber,
    int Seen = 0,
    bool Ended = false)
{
    public bool IsOpen(DateTimeOffset now) => !Ended && now < ExpiresAt;
}

public sealed record TransferWish(UserId User, DateTimeOffset At);

public sealed record WrongGuess(UserId User, DateTimeOffset At);
