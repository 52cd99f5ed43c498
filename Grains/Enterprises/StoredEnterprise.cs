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

public sealed record EnterpriseMember(UserId User, Accounts.MemberRole Role, DateTimeOffset Since);
