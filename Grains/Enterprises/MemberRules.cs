using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Enterprises;

/// <summary>Who belongs to an enterprise: pure. Members exist from its claim on, and then exactly one of them is the administrator.</summary>
internal static class MemberRules
{
    private const int FormerKept = 500;

    public static bool IsAdministrator(StoredEnterprise state, UserId user) => state.Claimed?.Administrator == user;

    /// <summary>Null when the caller is the administrator.</summary>
    public static Refusal? OnlyAdministrator(StoredEnterprise state, UserId caller) =>
        IsAdministrator(state, caller) ? null : new Refusal(RefusalCode.Forbidden);

    /// <summary>As somebody else's outbox asks for it, perhaps again and late: what made a member once brings nobody back.</summary>
    public static (StoredEnterprise State, Refusal? Refusal) Add(StoredEnterprise state, CreditCode code, AddMember command, DateTimeOffset now)
    {
        if (state.Claimed is null)
        {
            return (state, new Refusal(RefusalCode.EnterpriseUnclaimed));
        }

        return (state.FormerMembers.Any(former => former.Operation == command.Operation) ? state : Join(state, code, command, now), null);
    }

    /// <summary>Of a claimed enterprise; unchanged when it is a member already.</summary>
    public static StoredEnterprise Join(StoredEnterprise state, CreditCode code, AddMember command, DateTimeOffset now)
    {
        if (EnterpriseRules.Member(state, command.User) is not null)
        {
            return state;
        }

        var claimed = state.Claimed!;
        var member = new EnterpriseMember(command.User, MemberRole.Staff, now, command.Via, command.MaskedName, command.MaskedPhoneNumber, command.Operation);
        return (state with
        {
            Claimed = claimed with { Members = claimed.Members.Add(member) },
            Outbox = state.Outbox.AddMembership(command.User, new Membership(code, claimed.Name, MemberRole.Staff)),
        }).With(code, null, EnterpriseAct.MemberAdded, command.User, command.Via.ToString(), now);
    }

    /// <summary>删除人员: what the person may do ends in the same state as the membership.</summary>
    public static (StoredEnterprise State, Refusal? Refusal) Remove(StoredEnterprise state, CreditCode code, UserId caller, UserId user, DateTimeOffset now)
    {
        if (OnlyAdministrator(state, caller) is { } forbidden)
        {
            return (state, forbidden);
        }

        if (user == caller)
        {
            return (state, new Refusal(RefusalCode.AdministratorStays));
        }

        if (EnterpriseRules.Member(state, user) is not { } member)
        {
            return (state, state.FormerMembers.Any(former => former.User == user) ? null : new Refusal(RefusalCode.NotFound));
        }

        var next = state.Transfer?.To == user ? TransferRules.Stop(state, code, caller, now) : state;
        (next, _) = AuthorisationRules.End(next, code, granted => granted.Member == user, AuthorisationEnd.MemberRemoved, caller, now);
        return ((next with
        {
            Claimed = next.Claimed! with { Members = next.Claimed.Members.Remove(member) },
            FormerMembers = [.. next.FormerMembers.TakeLast(FormerKept - 1), new FormerMember(user, member.Operation, now)],
            Outbox = next.Outbox.AddMembershipEnded(user, code).Add(EnterpriseOutbox.MemberRemoved, user.ToString(), code),
        })
            .With(code, caller, EnterpriseAct.MemberRemoved, user, null, now)
            .Telling(user, EnterpriseMessages.Removed(code, next.Claimed!.Name, member.Operation, now)), null);
    }

    /// <summary>One more record of the audit.</summary>
    public static StoredEnterprise With(
        this StoredEnterprise state, CreditCode code, UserId? actor, EnterpriseAct act, UserId? subject, string? detail, DateTimeOffset now) => state with
        {
            AuditCount = state.AuditCount + 1,
            Outbox = state.Outbox.Add(
                EnterpriseOutbox.Audit, code.Value, new EnterpriseAuditRecord(state.AuditCount + 1, now, actor, act, subject, detail)),
        };

    public static StoredEnterprise Telling(this StoredEnterprise state, UserId user, InboxEntry message) =>
        state with { Outbox = state.Outbox.AddMessage(user, message) };
}
