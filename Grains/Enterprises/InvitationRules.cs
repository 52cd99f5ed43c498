using System.Collections.Immutable;
using Bzt.Contracts.Phone;

namespace Bzt.Grains.Enterprises;

/// <summary>新增人员: who is invited and what becomes of it, pure. Of accepting, declining and withdrawing the first stands.</summary>
internal static class InvitationRules
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    public const int OpenAtOnce = 100;
    public const int PerDay = 100;
    public const int EndedKept = 200;

    /// <summary>Name and number as they are kept: keyed hashes to compare with, masks to show.</summary>
    public sealed record Invited(string NameHash, string MaskedName, string PhoneHash, string MaskedPhoneNumber);

    public static (StoredEnterprise State, Refusal? Refusal) Invite(StoredEnterprise state, CreditCode code, UserId caller, Guid id, Invited who, DateTimeOffset now)
    {
        if (MemberRules.OnlyAdministrator(state, caller) is { } forbidden)
        {
            return (state, forbidden);
        }

        if (Find(state, id) is { } known)
        {
            return known.NameHash == who.NameHash && known.PhoneHash == who.PhoneHash ? (state, null) : (state, new Refusal(RefusalCode.IdempotencyConflict));
        }

        if (state.Invitations.Any(invitation => invitation.PhoneHash == who.PhoneHash && invitation.IsOpen(now)))
        {
            return (state, new Refusal(RefusalCode.InvitationOpen));
        }

        var today = state.Invitations.Where(invitation => invitation.At > now.AddDays(-1)).ToList();
        if (today.Count >= PerDay || state.Invitations.Count(invitation => invitation.IsOpen(now)) >= OpenAtOnce)
        {
            return (state, new Refusal(RefusalCode.RateLimited, today.Count > 0 ? today[0].At.AddDays(1) : now.AddDays(1)));
        }

        var invitation = new StoredInvitation(id, who.NameHash, who.MaskedName, who.PhoneHash, who.MaskedPhoneNumber, now, now + Lifetime);
        var waiting = new WaitingInvitation(code, state.Claimed!.Name, id, now, invitation.ExpiresAt);
        return ((state with
        {
            Invitations = Keep(state.Invitations.Add(invitation), now),
            Outbox = state.Outbox.Add(EnterpriseOutbox.Invitation, who.PhoneHash, waiting),
        }).With(code, caller, EnterpriseAct.Invited, null, id.ToString("D"), now), null);
    }

    public static (StoredEnterprise State, Refusal? Refusal) Withdraw(StoredEnterprise state, CreditCode code, UserId caller, Guid id, DateTimeOffset now)
    {
        if (MemberRules.OnlyAdministrator(state, caller) is { } forbidden)
        {
            return (state, forbidden);
        }

        return Find(state, id) switch
        {
            null => (state, new Refusal(RefusalCode.NotFound)),
            { State: InvitationState.Withdrawn } => (state, null),
            { } open when open.IsOpen(now) => (
                End(state, open, InvitationState.Withdrawn, now).With(code, caller, EnterpriseAct.InvitationWithdrawn, null, id.ToString("D"), now), null),
            _ => (state, new Refusal(RefusalCode.InvitationOver)),
        };
    }

    /// <summary>What the grain knows of the caller, whose number is the invited one.</summary>
    public static (StoredEnterprise State, Refusal? Refusal) Accept(
        StoredEnterprise state, CreditCode code, UserId caller, Guid id, Invited who, DateTimeOffset now)
    {
        if (Find(state, id) is not { } invitation || invitation.PhoneHash != who.PhoneHash)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        if (!invitation.IsOpen(now))
        {
            return invitation.State == InvitationState.Accepted ? (state, null) : (state, new Refusal(RefusalCode.InvitationOver));
        }

        if (invitation.NameHash != who.NameHash)
        {
            // It stays open: the administrator, told of it once, withdraws it and writes the name anew.
            return (state.Telling(state.Claimed!.Administrator, EnterpriseMessages.InvitationNameMismatch(state.Claimed.Name, invitation, now)),
                new Refusal(RefusalCode.InvitationNameMismatch));
        }

        var ended = End(state, invitation, InvitationState.Accepted, now).With(code, caller, EnterpriseAct.InvitationAccepted, caller, id.ToString("D"), now);
        return (MemberRules.Join(ended, code, new AddMember(id, caller, MemberVia.Invitation, who.MaskedName, who.MaskedPhoneNumber), now)
            .Telling(state.Claimed!.Administrator, EnterpriseMessages.InvitationAnswered(state.Claimed.Name, invitation, accepted: true, now)), null);
    }

    /// <summary>The caller's number is the invited one.</summary>
    public static (StoredEnterprise State, Refusal? Refusal) Decline(
        StoredEnterprise state, CreditCode code, UserId caller, Guid id, DateTimeOffset now) => Find(state, id) switch
        {
            null => (state, new Refusal(RefusalCode.NotFound)),
            { State: InvitationState.Declined } => (state, null),
            { } invitation when invitation.IsOpen(now) => (
                End(state, invitation, InvitationState.Declined, now)
                    .With(code, caller, EnterpriseAct.InvitationDeclined, caller, id.ToString("D"), now)
                    .Telling(state.Claimed!.Administrator, EnterpriseMessages.InvitationAnswered(state.Claimed.Name, invitation, accepted: false, now)), null),
            _ => (state, new Refusal(RefusalCode.InvitationOver)),
        };

    public static StoredInvitation? Find(StoredEnterprise state, Guid id) => state.Invitations.FirstOrDefault(invitation => invitation.Id == id);

    public static InvitationView View(StoredEnterprise state, CreditCode code, StoredInvitation invitation, DateTimeOffset now) => new(
        invitation.Id, code, state.Claimed!.Name, invitation.MaskedName, invitation.MaskedPhoneNumber,
        invitation.State == InvitationState.Open && !invitation.IsOpen(now) ? InvitationState.Expired : invitation.State, invitation.At, invitation.ExpiresAt);

    private static StoredEnterprise End(StoredEnterprise state, StoredInvitation invitation, InvitationState end, DateTimeOffset now) =>
        state with { Invitations = state.Invitations.Replace(invitation, invitation with { State = end, EndedAt = now }) };

    private static ImmutableArray<StoredInvitation> Keep(ImmutableArray<StoredInvitation> all, DateTimeOffset now)
    {
        var tooMany = all.Count(invitation => !invitation.IsOpen(now)) - EndedKept;
        return tooMany <= 0 ? all : all.RemoveRange(all.Where(invitation => !invitation.IsOpen(now)).Take(tooMany));
    }
}
