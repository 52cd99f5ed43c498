using System.Collections.Immutable;
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
