using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Enterprises;
using MemberRole = Bzt.Grains.Accounts.MemberRole;

namespace Bzt.Grains.Applications;

/// <summary>What every way of applying asks of accounts and enterprises before it is admitted.</summary>
internal sealed class AdmissionFacts(IGrainFactory grains)
{
    private static readonly CreditCode NoEnterprise = new("");

    public static bool IsPersonal(CreditCode code) => code == NoEnterprise;

    public async Task<MemberRole?> RoleAsync(CreditCode code, UserId user) =>
        await grains.Enterprise(code).GetRole(user) is Done<MemberRole>(var role) ? role : null;

    public async Task<string> NameAsync(CreditCode code) => (await grains.Enterprise(code).GetView()).Name
        ?? throw new InvalidOperationException("An enterprise with members has no name.");

    /// <summary>What the administrator has to agree to.</summary>
    public async Task<Reply<Admission>> AskingAsync(
        ApplicationKind kind, string name, CreditCode code, ChosenOffer offer, IReadOnlyList<AuthorisationScope>? permissions)
    {
        if (permissions is not { Count: > 0 })
        {
            return new Refusal(RefusalCode.PermissionsRequired);
        }

        return await grains.Enterprise(code).GetAdministrator() is Done<UserId>(var administrator)
            ? new Admission(kind, name, code, offer, permissions, null, administrator)
            : new Refusal(RefusalCode.EnterpriseUnclaimed);
    }

    /// <summary>A certificate in the holder's own name.</summary>
    public async Task<Reply<Admission>> PersonAsync(UserId holder, ApplicationKind kind, ChosenOffer offer) =>
        await grains.User(holder).GetPerson() is Done<Person>(var person)
            ? new Admission(kind, "", NoEnterprise, offer, null, person.Name, null)
            : new Refusal(RefusalCode.RealNameRequired);
}
