using System.Collections.Immutable;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Bzt.Grains.Remittances;

namespace Bzt.Grains.Enterprises;

/// <summary>
/// 对公打款 as a way to belong to an enterprise, pure. It shows that the enterprise's account stands behind the user, and nothing more: not the legal
/// representative's authorisation, so it makes nobody an administrator. Whoever remits for an enterprise that nobody has claimed belongs to it once it is
/// claimed under the very name the bank gave; the first certificate still decides who its administrator is.
/// </summary>
internal static class MembershipRemittanceRules
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);
    public const int PerDay = 5;
    private const int EndedKept = 100;

    /// <param name="state">Before.</param>
    /// <param name="command">What is asked for.</param>
    /// <param name="maskedName">The caller's.</param>
    /// <param name="maskedPhoneNumber">The caller's.</param>
    /// <param name="draw">A number below its argument, at random.</param>
    /// <param name="now">When.</param>
    public static (StoredEnterprise State, Refusal? Refusal) Begin(
        StoredEnterprise state, BeginRemittance command, string maskedName, string maskedPhoneNumber, Func<int, int> draw, DateTimeOffset now)
    {
        if (Find(state, command.Id) is { } known)
        {
            return known.User == command.Caller && known.EnterpriseName == command.EnterpriseName && known.AccountTail == command.AccountTail
                ? (state, null)
                : (state, new Refusal(RefusalCode.IdempotencyConflict));
        }

        if (state.Claimed is { } claimed && claimed.Name != command.EnterpriseName)
        {
            return (state, new Refusal(RefusalCode.EnterpriseMismatch));
        }

        if (EnterpriseRules.Member(state, command.Caller) is not null || state.Proven.Any(proven => proven.User == command.Caller && proven.EnterpriseName == command.EnterpriseName))
        {
            return (state, new Refusal(RefusalCode.AlreadyMember));
        }

        var own = state.Remittances.Where(remittance => remittance.User == command.Caller && remittance.At > now.AddDays(-1)).ToList();
        var free = Enumerable.Range(1, 99)
            .Except(state.Remittances.Where(remittance => remittance.AccountTail == command.AccountTail && remittance.IsOpen(now)).Select(remittance => remittance.AmountFen))
            .ToList();
        if (own.Count >= PerDay || free.Count == 0)
        {
            return (state, new Refusal(RefusalCode.RateLimited, own.Count >= PerDay ? own[0].At.AddDays(1) : now.AddDays(1)));
        }

        // One at a time: what the caller began before proves nothing any more.
        var replaced = state.Remittances.Where(remittance => remittance.User == command.Caller && remittance.IsOpen(now)).ToList();
        var next = replaced.Aggregate(state, (closing, remittance) => closing with
        {
            Remittances = closing.Remittances.Replace(remittance, remittance with { Ended = true }),
            Outbox = closing.Outbox.Add(EnterpriseOutbox.CloseRemittance, remittance.Id.ToString("D"), remittance.Id),
        });
        var begun = new MembershipRemittance(
            command.Id, command.Caller, command.EnterpriseName, command.AccountTail, free[draw(free.Count)], now,
            DateTimeOffset.FromUnixTimeSeconds((now + Lifetime).ToUnixTimeSeconds()), maskedName, maskedPhoneNumber);
        return (next with { Remittances = Keep(next.Remittances.Add(begun), now) }, null);
    }

    /// <summary>What came in, told in full each time: each serial is answered once, and the first right one makes a member.</summary>
    public static StoredEnterprise Changed(StoredEnterprise state, CreditCode code, RemittanceView view, DateTimeOffset now)
    {
        if (Find(state, view.Id) is not { } remittance || view.Received.Count <= remittance.Seen)
        {
            return state;
        }

        var matched = view.Received.Skip(remittance.Seen).Any(received => received.Verdict == RemittanceVerdict.Matched);
        var next = state with
        {
            Remittances = state.Remittances.Replace(remittance, remittance with { Seen = view.Received.Count, Ended = remittance.Ended || matched }),
        };
        foreach (var received in view.Received.Skip(remittance.Seen))
        {
            next = next.Telling(remittance.User, EnterpriseMessages.Remitted(remittance, received, state.Claimed is not null, now));
        }

        return !matched ? next
            : next.Claimed is null ? Prove(next, code, remittance, now)
            : Join(next, code, remittance, now);
    }

    /// <summary>At the claim: who remitted under the claimed name belongs to it, anybody else does not.</summary>
    public static StoredEnterprise Claimed(StoredEnterprise state, CreditCode code, DateTimeOffset now)
    {
        var next = state with { Proven = [] };
        foreach (var proven in state.Proven)
        {
            next = proven.User == next.Claimed!.Administrator ? next
                : proven.EnterpriseName == next.Claimed.Name ? Join(next, code, proven, now)
                : next with { Outbox = next.Outbox.AddMembershipEnded(proven.User, code) };
        }

        return next;
    }

    private static StoredEnterprise Prove(StoredEnterprise state, CreditCode code, MembershipRemittance remittance, DateTimeOffset now) => (state with
    {
        Proven = state.Proven.RemoveAll(known => known.User == remittance.User).Add(remittance),
        Outbox = state.Outbox.AddMembership(remittance.User, new Membership(code, remittance.EnterpriseName, MemberRole.Staff)),
    }).With(code, null, EnterpriseAct.MemberAdded, remittance.User, MemberVia.Remittance.ToString(), now);

    private static StoredEnterprise Join(StoredEnterprise state, CreditCode code, MembershipRemittance remittance, DateTimeOffset now)
    {
        var joining = new AddMember(remittance.Id, remittance.User, MemberVia.Remittance, remittance.MaskedName, remittance.MaskedPhoneNumber);
        var (next, _) = MemberRules.Add(state, code, joining, now);
        return ReferenceEquals(next, state)
            ? state
            : next.Telling(next.Claimed!.Administrator, EnterpriseMessages.JoinedByRemittance(code, next.Claimed.Name, remittance, now));
    }

    private static MembershipRemittance? Find(StoredEnterprise state, Guid id) => state.Remittances.FirstOrDefault(remittance => remittance.Id == id);

    public static RemittanceTerms Terms(StoredEnterprise state, Guid id)
    {
        var begun = Find(state, id)!;
        return new RemittanceTerms(begun.AmountFen, begun.ExpiresAt);
    }

    private static ImmutableArray<MembershipRemittance> Keep(ImmutableArray<MembershipRemittance> all, DateTimeOffset now)
    {
        var tooMany = all.Count(remittance => !remittance.IsOpen(now)) - EndedKept;
        return tooMany <= 0 ? all : all.RemoveRange(all.Where(remittance => !remittance.IsOpen(now)).Take(tooMany));
    }
}
