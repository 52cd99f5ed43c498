using Bzt.Contracts.Platforms;
using Bzt.Grains.Accounts;
using Bzt.Grains.Sealing;

namespace Bzt.Grains.Enterprises;

// People and what they may do.
public sealed partial class EnterpriseGrain
{
    public Task<Reply<MemberRole>> GetRole(UserId user) => Task.FromResult<Reply<MemberRole>>(
        EnterpriseRules.Member(storage.State, user) is { } member ? member.Role : new Refusal(RefusalCode.NotFound));

    public Task<bool> IsAdministrator(UserId user) => Task.FromResult(MemberRules.IsAdministrator(durable, user));

    public Task<Reply<Nothing>> MayUse(UserId user, PlatformId platform, SessionKind kind) =>
        Task.FromResult(Answer(AuthorisationRules.MayUse(durable, user, platform, kind, time.GetUtcNow())));

    public Task<IReadOnlyList<SessionKind>> GetUses(UserId user, PlatformId platform)
    {
        var now = time.GetUtcNow();
        return Task.FromResult<IReadOnlyList<SessionKind>>([.. Enum.GetValues<SessionKind>().Where(kind => AuthorisationRules.MayUse(durable, user, platform, kind, now) is null)]);
    }

    public Task<Reply<IReadOnlyList<MemberView>>> GetMembers(UserId caller) => Task.FromResult<Reply<IReadOnlyList<MemberView>>>(
        EnterpriseRules.Member(storage.State, caller) is null
            ? new Refusal(RefusalCode.Forbidden)
            : new Done<IReadOnlyList<MemberView>>([.. storage.State.Claimed!.Members
                .OrderBy(member => member.Role)
                .Select(member => new MemberView(member.User, member.Role, member.Since, member.Via, member.MaskedName, member.MaskedPhoneNumber))]));

    public Task<Reply<Nothing>> AddMember(AddMember command) => Decide(MemberRules.Add(storage.State, Code, command, time.GetUtcNow()));

    public Task<Reply<Nothing>> Grant(GrantAuthorisation command) => Decide(AuthorisationRules.Grant(storage.State, Code, command, time.GetUtcNow()));

    public async Task<Reply<Nothing>> Revoke(UserId caller, Guid authorisation)
    {
        if (MemberRules.OnlyAdministrator(storage.State, caller) is { } refusal)
        {
            return refusal;
        }

        if (!storage.State.Authorisations.Any(granted => granted.Id == authorisation))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await End(caller, granted => granted.Id == authorisation);
        return default(Nothing);
    }

    public async Task<Reply<int>> RevokeByPlatform(UserId caller, PlatformId platform) =>
        MemberRules.OnlyAdministrator(storage.State, caller) is { } refusal ? refusal : await End(caller, granted => granted.Platform == platform);

    public async Task<Reply<int>> RevokeByMember(UserId caller, UserId member) =>
        MemberRules.OnlyAdministrator(storage.State, caller) is { } refusal ? refusal : await End(caller, granted => granted.Member == member);

    public Task<Reply<IReadOnlyList<Authorisation>>> ListAuthorisations(UserId caller) => Task.FromResult<Reply<IReadOnlyList<Authorisation>>>(
        EnterpriseRules.Member(storage.State, caller) is not { } member
            ? new Refusal(RefusalCode.Forbidden)
            : new Done<IReadOnlyList<Authorisation>>([.. storage.State.Authorisations
                .Where(granted => member.Role == MemberRole.Administrator || granted.Member == caller)
                .Reverse()]));

    public async Task<Reply<SealingView>> StopSealing(UserId caller, SealingId sealing)
    {
        if (MemberRules.OnlyAdministrator(storage.State, caller) is { } refusal)
        {
            return refusal;
        }

        var session = GrainFactory.SealingSession(sealing);
        var found = await session.GetOfEnterprise(Code);
        if (found is not Done<SealingView>({ End: null } running))
        {
            return found;
        }

        // On record before it is done: it is never done without a record.
        await Write(storage.State.With(Code, caller, EnterpriseAct.SealingSessionStopped, running.Holder, sealing.ToString(), time.GetUtcNow()));
        return await session.StopByAdministrator(caller, Code);
    }

    private async Task<int> End(UserId caller, Func<Authorisation, bool> which)
    {
        var (next, count) = AuthorisationRules.End(storage.State, Code, which, AuthorisationEnd.Revoked, caller, time.GetUtcNow());
        await Write(next);
        return count;
    }

    private async Task<Reply<Nothing>> Decide((StoredEnterprise State, Refusal? Refusal) decision)
    {
        if (decision.Refusal is null)
        {
            await Write(decision.State);
        }

        return Answer(decision.Refusal);
    }

    private static Reply<Nothing> Answer(Refusal? refusal) => refusal is null ? default(Nothing) : refusal;
}
