using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using MemberRole = Bzt.Grains.Accounts.MemberRole;

namespace Bzt.Grains.Applications;

/// <summary>Who may apply for what: asked of enterprises, certificates and accounts before a submission is decided.</summary>
internal sealed class ApplicationAdmission(IGrainFactory grains, CatalogueView catalogue, DateTimeOffset now)
{
    private readonly AdmissionFacts facts = new(grains);

    public async Task<Reply<Admission>> AdmitAsync(SubmitApplication command)
    {
        // What the CA's queue turns down later, after the fee perhaps, is said now. Several at once may still all be let in here.
        var judged = await JudgeAsync(command);
        return judged is Done<Admission>(var admission) && await IsFullAsync(grains.CaAdapter(admission.Offer.Ca), admission, command.Holder.User)
            ? new Refusal(RefusalCode.ApplicationsTooMany)
            : judged;
    }

    private static Task<bool> IsFullAsync(ICaAdapterGrain ca, Admission admission, UserId holder) => admission.Kind == ApplicationKind.Authorisation
        ? ca.IsFullOfAuthorisations(holder, admission.CreditCode)
        : ca.IsFull(holder);

    private Task<Reply<Admission>> JudgeAsync(SubmitApplication command) => command.Kind switch
    {
        ApplicationKind.Claim => ClaimAsync(command),
        ApplicationKind.Personal => PersonalAsync(command),
        ApplicationKind.EnterpriseCertificate or ApplicationKind.StaffCertificate => CertificateAsync(command),
        ApplicationKind.Join => JoinAsync(command),
        ApplicationKind.Authorisation => AuthorisationAsync(command),
        ApplicationKind.Renewal or ApplicationKind.StaffRenewal or ApplicationKind.PersonalRenewal => Successor().RenewalAsync(command),
        ApplicationKind.Reapplication or ApplicationKind.StaffReapplication => Successor().ReapplicationAsync(command),
        ApplicationKind.Recovery => Successor().RecoveryAsync(command),
        ApplicationKind.EnterpriseChange => ChangeAsync(command),
        ApplicationKind.AdministratorReplacement => ReplacementAsync(command),
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

    private async Task<Reply<Admission>> PersonalAsync(SubmitApplication command) => Offer(command, personal: true) is { } offer
        ? await facts.PersonAsync(command.Holder.User, ApplicationKind.Personal, offer)
        : new Refusal(RefusalCode.OfferUnknown);

    /// <summary>新增企业证书: of the administrator's the letter is his own; staff need his agreement, and a scope.</summary>
    private async Task<Reply<Admission>> CertificateAsync(SubmitApplication command)
    {
        var code = command.CreditCode!.Value;
        if (await facts.RoleAsync(code, command.Caller) is not { } role)
        {
            return new Refusal(RefusalCode.NotMember);
        }

        return Offer(command, personal: false) is not { } offer ? new Refusal(RefusalCode.OfferUnknown)
            : role == MemberRole.Administrator ? new Admission(ApplicationKind.EnterpriseCertificate, await facts.NameAsync(code), code, offer, null, null, null)
            : await facts.AskingAsync(ApplicationKind.StaffCertificate, await facts.NameAsync(code), code, offer, command.Permissions);
    }

    /// <summary>加入企业: whoever knows the enterprise and its administrator may ask.</summary>
    private async Task<Reply<Admission>> JoinAsync(SubmitApplication command)
    {
        var code = command.CreditCode!.Value;
        var enterprise = grains.Enterprise(code);
        var view = await enterprise.GetView();
        if (!view.Claimed)
        {
            return new Refusal(RefusalCode.EnterpriseUnclaimed);
        }

        if (view.Name is null || view.Name != command.EnterpriseName)
        {
            return new Refusal(RefusalCode.EnterpriseMismatch);
        }

        if (await facts.RoleAsync(code, command.Caller) is not null)
        {
            return new Refusal(RefusalCode.AlreadyMember);
        }

        if (Offer(command, personal: false) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        // Last: a wrong answer counts as a guess, and no other fault of the form is to cost one.
        var asking = await facts.AskingAsync(ApplicationKind.Join, view.Name, code, offer, command.Permissions);
        return asking is Done<Admission>
            && await enterprise.VerifyAdministrator(command.Caller, command.Administrator!.Name, command.Administrator.PhoneNumber) is Refused<Nothing>(var wrong)
                ? wrong
                : asking;
    }

    /// <summary>新增授权: by the administrator, for a member.</summary>
    private async Task<Reply<Admission>> AuthorisationAsync(SubmitApplication command)
    {
        var code = command.CreditCode!.Value;
        if (await facts.RoleAsync(code, command.Caller) != MemberRole.Administrator)
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        return await facts.RoleAsync(code, command.Holder.User) != MemberRole.Staff ? new Refusal(RefusalCode.NotMember)
            : Offer(command, personal: false) is not { } offer ? new Refusal(RefusalCode.OfferUnknown)
            : command.Permissions is not { Count: > 0 } permissions ? new Refusal(RefusalCode.PermissionsRequired)
            : new Admission(ApplicationKind.Authorisation, await facts.NameAsync(code), code, offer, permissions, null, null);
    }

    /// <summary>变更企业信息: held back while bids encrypted to the caller's certificates wait for their opening, unless he insists after being shown which (X23).</summary>
    private async Task<Reply<Admission>> ChangeAsync(SubmitApplication command)
    {
        var code = command.CreditCode!.Value;
        if (await facts.RoleAsync(code, command.Caller) != MemberRole.Administrator)
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        if (Offer(command, personal: false) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        return !command.Insist && await HasUnopenedBidsAsync(code, command.Caller)
            ? new Refusal(RefusalCode.BidsUnopened)
            : new Admission(ApplicationKind.EnterpriseChange, command.EnterpriseName!, code, offer, null, null, null);
    }

    private async Task<bool> HasUnopenedBidsAsync(CreditCode code, UserId holder)
    {
        foreach (var id in await grains.Holder(holder).GetCertificates())
        {
            if (await grains.Certificate(id).GetFacts() is Done<CertificateFacts>(var facts) && facts.CreditCode == code
                && await grains.Certificate(id).GetUnopenedBids(new CertificateCaller(holder, facts.Device)) is Done<IReadOnlyList<UnopenedBid>>({ Count: > 0 }))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The legal representative's new form, in place of an administrator who cannot be reached.</summary>
    private async Task<Reply<Admission>> ReplacementAsync(SubmitApplication command)
    {
        var code = command.CreditCode!.Value;
        var view = await grains.Enterprise(code).GetView();
        return !view.Claimed ? new Refusal(RefusalCode.EnterpriseUnclaimed)
            : view.Name is null || view.Name != command.EnterpriseName ? new Refusal(RefusalCode.EnterpriseMismatch)
            : await facts.RoleAsync(code, command.Caller) == MemberRole.Administrator ? new Refusal(RefusalCode.AlreadyMember)
            : Offer(command, personal: false) is not { } offer ? new Refusal(RefusalCode.OfferUnknown)
            : new Admission(ApplicationKind.AdministratorReplacement, view.Name, code, offer, null, null, null);
    }

    private SuccessorAdmission Successor() => new(grains, catalogue, facts, now);

    private ChosenOffer? Offer(SubmitApplication command, bool personal) => command is { Platform: { } platform, Ca: { } ca }
        ? ChosenOffer.Find(catalogue, platform, ca, command.Years, ApplicationSteps.Of[command.Kind].Delivery, personal)
        : null;
}
