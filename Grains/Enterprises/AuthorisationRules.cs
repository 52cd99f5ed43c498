using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;

namespace Bzt.Grains.Enterprises;

/// <summary>What members may use the enterprise's certificates for: pure.</summary>
internal static class AuthorisationRules
{
    /// <summary>Ended ones that are kept; the audit has them for ever.</summary>
    public const int EndedKept = 2000;

    /// <summary>Null when the user may.</summary>
    /// <remarks>
    /// Nobody is asked about an enterprise that nobody has claimed yet: the one certificate of it that can be active is that of the
    /// application that holds the reservation, whose claim is on its way here.
    /// </remarks>
    public static Refusal? MayUse(StoredEnterprise state, UserId user, PlatformId platform, SessionKind kind, DateTimeOffset now)
    {
        if (state.Claimed is null || MemberRules.IsAdministrator(state, user))
        {
            return null;
        }

        var scope = ScopeOf(kind);
        return state.Authorisations.Any(granted =>
                granted.Member == user && granted.Platform == platform && granted.IsInForce(now) && granted.Scopes.Contains(scope)) ? null
            : EnterpriseRules.Member(state, user) is null ? new Refusal(RefusalCode.NotMember)
            : new Refusal(RefusalCode.NotAuthorised);
    }

    /// <summary>Its id decides: what was granted once, and perhaps revoked since, is not granted again.</summary>
    public static (StoredEnterprise State, Refusal? Refusal) Grant(StoredEnterprise state, CreditCode code, GrantAuthorisation command, DateTimeOffset now)
    {
        if (state.Authorisations.Any(known => known.Id == command.Id))
        {
            return (state, null);
        }

        if (command.Scopes.Count == 0 || command.NotAfter <= command.NotBefore || command.Joining is { } other && other.User != command.Member)
        {
            return (state, new Refusal(RefusalCode.InvalidRequest));
        }

        var (next, refusal) = command.Joining is { } joining ? MemberRules.Add(state, code, joining, now) : (state, null);
        if (refusal is not null)
        {
            return (state, refusal);
        }

        if (EnterpriseRules.Member(next, command.Member) is null)
        {
            return (state, new Refusal(RefusalCode.NotMember));
        }

        var granted = new Authorisation(
            command.Id, command.Member, command.Platform, command.Scopes.Distinct().ToImmutableArray(), command.Certificate,
            command.NotBefore, command.NotAfter, command.LetterBlobId, now);
        return ((next with { Authorisations = Keep(next.Authorisations, now).Add(granted) })
            .With(code, next.Claimed!.Administrator, EnterpriseAct.AuthorisationGranted, command.Member, command.Platform.Value, now), null);
    }

    /// <summary>Ends what is in force, or will be, and matches; the state unchanged when nothing does.</summary>
    public static (StoredEnterprise State, int Count) End(
        StoredEnterprise state, CreditCode code, Func<Authorisation, bool> which, AuthorisationEnd end, UserId actor, DateTimeOffset now)
    {
        var ending = state.Authorisations.Where(granted => granted.End is null && now < granted.NotAfter && which(granted)).ToList();
        if (ending.Count == 0)
        {
            return (state, 0);
        }

        var ended = state with
        {
            Authorisations = Keep(
                [.. state.Authorisations.Select(granted => ending.Contains(granted) ? granted with { End = end, EndedAt = now, EndedBy = actor } : granted)], now),
        };
        return (ending.Aggregate(ended, (told, granted) =>
            told.With(code, actor, EnterpriseAct.AuthorisationRevoked, granted.Member, granted.Platform.Value, now)), ending.Count);
    }

    private static AuthorisationScope ScopeOf(SessionKind kind) => kind switch
    {
        SessionKind.Bind or SessionKind.Login => AuthorisationScope.Login,
        SessionKind.Seal or SessionKind.Withdraw => AuthorisationScope.Seal,
        SessionKind.Sign => AuthorisationScope.Sign,
        SessionKind.Encrypt => AuthorisationScope.Encrypt,
        SessionKind.Decrypt => AuthorisationScope.Decrypt,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A session of no kind."),
    };

    private static ImmutableArray<Authorisation> Keep(ImmutableArray<Authorisation> all, DateTimeOffset now)
    {
        var tooMany = all.Count(granted => IsOver(granted, now)) - EndedKept;
        return tooMany <= 0 ? all : all.RemoveRange(all.Where(granted => IsOver(granted, now)).Take(tooMany));
    }

    private static bool IsOver(Authorisation granted, DateTimeOffset now) => granted.End is not null || granted.NotAfter <= now;
}
