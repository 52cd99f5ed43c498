using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Certificates;

namespace Bzt.Grains.Applications;

/// <summary>What a submission turned out to be.</summary>
/// <param name="Kind">The administrator's way or the staff's, as the caller is.</param>
/// <param name="EnterpriseName">Empty for a personal certificate; so is the code.</param>
/// <param name="PersonName">For a personal certificate.</param>
/// <param name="Administrator">To be told, where he has to agree.</param>
internal sealed record Admission(
    ApplicationKind Kind, string EnterpriseName, CreditCode CreditCode, ChosenOffer Offer, IReadOnlyList<AuthorisationScope>? Permissions,
    string? PersonName, UserId? Administrator);

/// <summary>Who may apply for what: asked of enterprises, certificates and accounts before a submission is decided.</summary>
internal sealed class ApplicationAdmission(IGrainFactory grains, CatalogueView catalogue)
{

    private static readonly CreditCode NoEnterprise = new("");

    public Task<Reply<Admission>> AdmitAsync(SubmitApplication command) => command.Kind switch
    {
        ApplicationKind.Claim => ClaimAsync(command),
        ApplicationKind.Personal => PersonalAsync(command),
        ApplicationKind.EnterpriseCertificate or ApplicationKind.StaffCertificate => CertificateAsync(command),
        _ => Task.FromResult<Reply<Admission>>(new Refusal(RefusalCode.InvalidRequest)),
    };

    private async Task<Reply<Admission>> ClaimAsync(SubmitApplication command)
    {
        if (Offer(command, personal: false) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        return (await grains.Enterprise(command.CreditCode!.Value).GetView()).Claimed
            ? new Refusal(RefusalCode.EnterpriseClaimed)
            : new Admission(ApplicationKind.Claim, command.EnterpriseName!, command.CreditCode.Value, offer, null, null, null);
    }

    private async Task<Reply<Admission>> PersonalAsync(SubmitApplication command)
    {
        if (Offer(command, personal: true) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        return await grains.User(command.Holder.User).GetPerson() is Done<Person>(var person)
            ? new Admission(ApplicationKind.Personal, "", NoEnterprise, offer, null, person.Name, null)
            : new Refusal(RefusalCode.RealNameRequired);
    }

    /// <summary>新增企业证书: of the administrator's the letter is his own; staff need his agreement, and a scope.</summary>
    private async Task<Reply<Admission>> CertificateAsync(SubmitApplication command)
    {
        if (await RoleAsync(command.CreditCode!.Value, command.Caller) is not { } role)
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        if (Offer(command, personal: false) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        var name = await NameAsync(command.CreditCode.Value);
        return role == Accounts.MemberRole.Administrator
            ? new Admission(ApplicationKind.EnterpriseCertificate, name, command.CreditCode.Value, offer, null, null, null)
            : new Refusal(RefusalCode.Forbidden);
    }

    private ChosenOffer? Offer(SubmitApplication command, bool personal) => command is { Platform: { } platform, Ca: { } ca }
        ? ChosenOffer.Find(catalogue, platform, ca, command.Years, ApplicationSteps.Of[command.Kind].Delivery, personal)
        : null;

    private async Task<Accounts.MemberRole?> RoleAsync(CreditCode code, UserId user) =>
        await grains.Enterprise(code).GetRole(user) is Done<Accounts.MemberRole>(var role) ? role : null;

    private async Task<string> NameAsync(CreditCode code) => (await grains.Enterprise(code).GetView()).Name
        ?? throw new InvalidOperationException("An enterprise with members has no name.");
}
