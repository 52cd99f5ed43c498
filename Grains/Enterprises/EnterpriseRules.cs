using Bzt.Grains.Applications;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Enterprises;

/// <summary>What an enterprise decides, without clock, randomness or I/O. At most one application holds it at a time, and one for ever.</summary>
public static class EnterpriseRules
{
    public static StoredEnterprise Contend(StoredEnterprise state, CreditCode code, ApplicationId application)
    {
        if (state.Claimed is { } claimed)
        {
            return claimed.Application == application ? state : Tell(state, code, application);
        }

        return state.Contenders.Contains(application) ? state : state with { Contenders = state.Contenders.Add(application) };
    }

    public static (StoredEnterprise State, Refusal? Refusal) Reserve(StoredEnterprise state, ApplicationId application)
    {
        if (state.Claimed is { } claimed)
        {
            return (state, claimed.Application == application ? null : new Refusal(RefusalCode.EnterpriseClaimed));
        }

        return state.Reservation is not { } holder ? (state with { Reservation = application }, null)
            : (state, holder == application ? null : new Refusal(RefusalCode.EnterpriseClaimed));
    }

    /// <summary>Who has what this application wants; null when nobody else has it, or nobody gets it any more.</summary>
    public static ApplicationId? Rival(StoredEnterprise state, ApplicationId application) =>
        state.Claimed is null && state.Reservation != application ? state.Reservation : null;

    public static StoredEnterprise Release(StoredEnterprise state, ApplicationId application) =>
        state.Reservation == application || state.Contenders.Contains(application)
            ? state with
            {
                Reservation = state.Reservation == application ? null : state.Reservation,
                Contenders = state.Contenders.Remove(application),
            }
            : state;

    public static StoredEnterprise Confirm(StoredEnterprise state, CreditCode code, ConfirmClaim claim, DateTimeOffset now)
    {
        if (state.Claimed is not null)
        {
            return state;
        }

        // A certificate is active, so its application had the reservation; whoever holds another one now never gets further.
        var claimed = new ClaimedEnterprise(
            claim.EnterpriseName, claim.Application, claim.Administrator, claim.AdministratorMaskedName, claim.AdministratorMaskedPhoneNumber, now,
            [new EnterpriseMember(
                claim.Administrator, Accounts.MemberRole.Administrator, now, MemberVia.Claim, claim.AdministratorMaskedName, claim.AdministratorMaskedPhoneNumber)]);
        var confirmed = state with
        {
            Claimed = claimed,
            Reservation = null,
            Contenders = [],
            Awaiting = [],
            Outbox = state.Outbox.Project(EnterpriseProjector.Row(code, claimed)),
        };
        confirmed = state.Contenders.Where(contender => contender != claim.Application).Aggregate(confirmed, (told, loser) => Tell(told, code, loser));
        confirmed = state.Awaiting.Where(user => user != claim.Administrator)
            .Aggregate(confirmed, (told, user) => told.Telling(user, EnterpriseMessages.Claimed(code, claim.EnterpriseName, now)));
        confirmed = confirmed.With(code, claim.Administrator, EnterpriseAct.Claimed, claim.Administrator, claim.Application.ToString(), now);
        return MembershipRemittanceRules.Claimed(confirmed, code, now);
    }

    public static (StoredEnterprise State, Refusal? Refusal) ChangeName(StoredEnterprise state, CreditCode code, ApplicationId application, string name, DateTimeOffset now)
    {
        if (state.Claimed is not { } claimed)
        {
            return (state, new Refusal(RefusalCode.EnterpriseUnclaimed));
        }

        if (state.Replacements.Contains(application))
        {
            return (state, null);
        }

        var changed = claimed with { Name = name };
        var told = claimed.Members.Aggregate(state.Outbox, (outbox, member) => outbox.AddMembership(member.User, new Accounts.Membership(code, name, member.Role)));
        var renamed = (state with
        {
            Claimed = changed,
            Replacements = [.. state.Replacements.TakeLast(ReplacementsKept - 1), application],
            Outbox = told.Project(EnterpriseProjector.Row(code, changed)),
        }).With(code, null, EnterpriseAct.NameChanged, null, application.ToString(), now);

        // Their certificates still say the old name: platforms that know the new one do not take them.
        return (claimed.Members.Where(member => member.User != claimed.Administrator).Aggregate(
            renamed, (next, member) => next.Telling(member.User, EnterpriseMessages.NameChanged(code, claimed.Name, name, application, now))), null);
    }

    /// <summary>Who wants to hear of the claim, as many as can be told in one state.</summary>
    public static (StoredEnterprise State, Refusal? Refusal) AwaitClaim(StoredEnterprise state, UserId user)
    {
        if (state.Claimed is not null)
        {
            return (state, new Refusal(RefusalCode.EnterpriseClaimed));
        }

        return (state.Awaiting.Contains(user) ? state : state with { Awaiting = [.. state.Awaiting.TakeLast(AwaitingKept - 1), user] }, null);
    }

    private const int AwaitingKept = 200;

    /// <summary>A repeat comes from an outbox, long before so many others.</summary>
    internal const int ReplacementsKept = 200;

    private static StoredEnterprise Tell(StoredEnterprise state, CreditCode code, ApplicationId loser) =>
        state with { Outbox = state.Outbox.Add(ApplicationOutbox.ClaimLost, loser.ToString(), code) };

    public static EnterpriseMember? Member(StoredEnterprise state, UserId user) =>
        state.Claimed?.Members.FirstOrDefault(member => member.User == user);
}
