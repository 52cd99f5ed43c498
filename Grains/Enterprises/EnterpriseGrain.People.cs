using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Enterprises;

// How people come and go: invitations, removal, the administrator's transfer. A person's name and number are read in the silo, compared as keyed hashes.
public sealed partial class EnterpriseGrain
{
    public async Task<Reply<Nothing>> RemoveMember(UserId caller, UserId member, bool insist) =>
        !insist && MemberRules.IsAdministrator(storage.State, caller) && (await FindUnopenedBidsAsync(member)).Count > 0
            ? new Refusal(RefusalCode.BidsUnopened)
            : await Decide(MemberRules.Remove(storage.State, Code, caller, member, time.GetUtcNow()));

    public Task<DateTimeOffset?> GetRemoval(UserId user) => Task.FromResult(durable.FormerMembers.LastOrDefault(former => former.User == user)?.RemovedAt);

    public async Task<Reply<IReadOnlyList<UnopenedBid>>> GetUnopenedBids(UserId caller, UserId member) =>
        MemberRules.OnlyAdministrator(storage.State, caller) is { } refusal ? refusal
        : EnterpriseRules.Member(storage.State, member) is null ? new Refusal(RefusalCode.NotFound)
        : new Done<IReadOnlyList<UnopenedBid>>(await FindUnopenedBidsAsync(member));

    public Task<Reply<Nothing>> ChangeName(ApplicationId application, string name) =>
        Decide(EnterpriseRules.ChangeName(storage.State, Code, application, name, time.GetUtcNow()));

    public async Task<Reply<InvitationView>> Invite(Invite command)
    {
        var now = time.GetUtcNow();
        var (next, refusal) = InvitationRules.Invite(storage.State, Code, command.Caller, command.Operation, Hashed(command.Name, command.PhoneNumber), now);
        if (refusal is not null)
        {
            return refusal;
        }

        await Write(next);
        return InvitationRules.View(next, Code, InvitationRules.Find(next, command.Operation)!, now);
    }

    public Task<Reply<Nothing>> WithdrawInvitation(UserId caller, Guid invitation) =>
        Decide(InvitationRules.Withdraw(storage.State, Code, caller, invitation, time.GetUtcNow()));

    public Task<Reply<IReadOnlyList<InvitationView>>> GetInvitations(UserId caller) => Task.FromResult<Reply<IReadOnlyList<InvitationView>>>(
        MemberRules.OnlyAdministrator(storage.State, caller) is { } refusal
            ? refusal
            : new Done<IReadOnlyList<InvitationView>>([.. storage.State.Invitations.Reverse()
                .Select(invitation => InvitationRules.View(storage.State, Code, invitation, time.GetUtcNow()))]));

    public async Task<Reply<InvitationView>> GetInvitation(UserId caller, Guid invitation) =>
        await FindInvitedAsync(caller, invitation) is { } found
            ? InvitationRules.View(storage.State, Code, found, time.GetUtcNow())
            : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<Nothing>> AcceptInvitation(UserId caller, Guid invitation)
    {
        if (await FindPersonAsync(caller) is not Done<Person>(var person))
        {
            return new Refusal(RefusalCode.RealNameRequired);
        }

        // Written also when refused: the administrator is told that the name is another.
        var (next, refusal) = InvitationRules.Accept(storage.State, Code, caller, invitation, Hashed(person.Name, person.PhoneNumber), time.GetUtcNow());
        await Write(next);
        return Answer(refusal);
    }

    public async Task<Reply<Nothing>> DeclineInvitation(UserId caller, Guid invitation) => await FindInvitedAsync(caller, invitation) is null
        ? new Refusal(RefusalCode.NotFound)
        : await Decide(InvitationRules.Decline(storage.State, Code, caller, invitation, time.GetUtcNow()));

    public Task<Reply<Nothing>> AwaitClaim(UserId user) => Decide(EnterpriseRules.AwaitClaim(storage.State, user));

    public async Task<Reply<Nothing>> VerifyAdministrator(UserId caller, string name, string phoneNumber)
    {
        if (storage.State.Claimed is not { } claimed)
        {
            return new Refusal(RefusalCode.EnterpriseUnclaimed);
        }

        if (AdministratorGuesses.MayGuess(storage.State, caller, time.GetUtcNow()) is { } tooMany)
        {
            return tooMany;
        }

        // Both are compared, whatever the first says: nothing tells which one was wrong.
        var person = await FindPersonAsync(claimed.Administrator) is Done<Person>(var found) ? found : null;
        if (person is not null & Same(NameHash(name), NameHash(person?.Name ?? "")) & Same(PhoneHash(phoneNumber), PhoneHash(person?.PhoneNumber ?? "")))
        {
            return default(Nothing);
        }

        var (next, refusal) = AdministratorGuesses.Wrong(storage.State, caller, time.GetUtcNow());
        await Write(next);
        return refusal;
    }

    public Task<Reply<long>> GetAuditCount(UserId caller) => Task.FromResult<Reply<long>>(
        MemberRules.OnlyAdministrator(storage.State, caller) is { } refusal ? refusal : storage.State.AuditCount);

    /// <summary>Null unless the caller's number is the invited one.</summary>
    private async Task<StoredInvitation?> FindInvitedAsync(UserId caller, Guid invitation) =>
        await GrainFactory.User(caller).GetPhoneNumberHash() is Done<string>(var number) && InvitationRules.Find(storage.State, invitation) is { } found && found.PhoneHash == number
            ? found
            : null;

    private async Task<IReadOnlyList<UnopenedBid>> FindUnopenedBidsAsync(UserId member)
    {
        var bids = new List<UnopenedBid>();
        foreach (var id in await GrainFactory.Holder(member).GetCertificates())
        {
            var certificate = GrainFactory.Certificate(id);
            if (await certificate.GetFacts() is Done<CertificateFacts>({ State: not CertificateState.Revoked and not CertificateState.Abandoned } facts) && facts.CreditCode == Code
                && await certificate.GetUnopenedBids(new CertificateCaller(member, facts.Device)) is Done<IReadOnlyList<UnopenedBid>>(var unopened))
            {
                bids.AddRange(unopened);
            }
        }

        return bids;
    }

    private Task<Reply<Person>> FindPersonAsync(UserId user) => GrainFactory.User(user).GetPerson();

    private InvitationRules.Invited Hashed(string name, string phoneNumber) =>
        new(NameHash(name), Masks.Name(name), PhoneHash(phoneNumber), Masks.PhoneNumber(phoneNumber));

    private string NameHash(string name) => protector.KeyedHash("person-name", name.Normalize());

    /// <summary>The key of the number's grain.</summary>
    private string PhoneHash(string phoneNumber) => protector.KeyedHash("phone-number", phoneNumber);

    private static bool Same(string hash, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(other));
}
