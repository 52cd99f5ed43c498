using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Enterprises;

/// <summary>Who belongs to an enterprise: pure. Members exist from its claim on, and then exactly one of them is the administrator.</summary>
internal static class MemberRules
{
    public static bool IsAdministrator(StoredEnterprise state, UserId user) => state.Claimed?.Administrator == user;

    /// <summary>Null when the caller is the administrator.</summary>
    public static Refusal? OnlyAdministrator(StoredEnterprise state, UserId caller) =>
        IsAdministrator(state, caller) ? null : new Refusal(RefusalCode.Forbidden);

    public static (StoredEnterprise State, Refusal? Refusal) Add(StoredEnterprise state, CreditCode code, AddMember command, DateTimeOffset now)
    {
        if (state.Claimed is not { } claimed)
        {
            return (state, new Refusal(RefusalCode.EnterpriseUnclaimed));
        }

        if (EnterpriseRules.Member(state, command.User) is not null || state.FormerMembers.Any(former => former.Operation == command.Operation))
        {
            return (state, null);
        }

        var member = new EnterpriseMember(command.User, MemberRole.Staff, now, command.Via, command.MaskedName, command.MaskedPhoneNumber, command.Operation);
        return ((state with
        {
            Claimed = claimed with { Members = claimed.Members.Add(member) },
            Outbox = state.Outbox.AddMembership(command.User, new Membership(code, claimed.Name, MemberRole.Staff)),
        }).With(code, null, EnterpriseAct.MemberAdded, command.User, command.Via.ToString(), now), null);
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
