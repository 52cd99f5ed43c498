using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;

namespace Bzt.Grains.Applications;

/// <summary>What a submission turned out to be.</summary>
/// <param name="Kind">The administrator's way or the staff's, as the caller is.</param>
/// <param name="EnterpriseName">Empty for a personal certificate; so is the code.</param>
/// <param name="PersonName">For a personal certificate.</param>
/// <param name="Administrator">To be told, where he has to agree.</param>
internal sealed record Admission(
    ApplicationKind Kind, string EnterpriseName, CreditCode CreditCode, ChosenOffer Offer, IReadOnlyList<AuthorisationScope>? Permissions,
    string? PersonName, UserId? Administrator)
{
    /// <summary>The end a recovered certificate keeps.</summary>
    public DateTimeOffset? ValidUntil { get; init; }
}

/// <summary>Who may apply for what: asked of enterprises, certificates and accounts before a submission is decided.</summary>
internal sealed class ApplicationAdmission(IGrainFactory grains, CatalogueView catalogue, DateTimeOffset now)
{

    /// <summary>How long before its end a certificate may be renewed.</summary>
    public static readonly TimeSpan RenewalWindow = TimeSpan.FromDays(90);

    private static readonly CreditCode NoEnterprise = new("");

    public Task<Reply<Admission>> AdmitAsync(SubmitApplication command) => command.Kind switch
    {
        ApplicationKind.Claim => ClaimAsync(command),
        ApplicationKind.Personal => PersonalAsync(command),
        ApplicationKind.EnterpriseCertificate or ApplicationKind.StaffCertificate => CertificateAsync(command),
        ApplicationKind.Join => JoinAsync(command),
        ApplicationKind.Authorisation => AuthorisationAsync(command),
        ApplicationKind.Renewal or ApplicationKind.StaffRenewal or ApplicationKind.PersonalRenewal => RenewalAsync(command),
        ApplicationKind.Reapplication or ApplicationKind.StaffReapplication => ReapplicationAsync(command),
        ApplicationKind.Recovery => RecoveryAsync(command),
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
        ? await PersonAsync(command, ApplicationKind.Personal, offer)
        : new Refusal(RefusalCode.OfferUnknown);

    /// <summary>新增企业证书: of the administrator's the letter is his own; staff need his agreement, and a scope.</summary>
    private async Task<Reply<Admission>> CertificateAsync(SubmitApplication command)
    {
        var code = command.CreditCode!.Value;
        if (await RoleAsync(code, command.Caller) is not { } role)
        {
            return new Refusal(RefusalCode.NotMember);
        }

        return Offer(command, personal: false) is not { } offer ? new Refusal(RefusalCode.OfferUnknown)
            : role == Accounts.MemberRole.Administrator ? new Admission(ApplicationKind.EnterpriseCertificate, await NameAsync(code), code, offer, null, null, null)
            : await AskingAsync(ApplicationKind.StaffCertificate, await NameAsync(code), code, offer, command.Permissions);
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

        if (await RoleAsync(code, command.Caller) is not null)
        {
            return new Refusal(RefusalCode.AlreadyMember);
        }

        if (Offer(command, personal: false) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        // Last: a wrong answer counts as a guess, and no other fault of the form is to cost one.
        var asking = await AskingAsync(ApplicationKind.Join, view.Name, code, offer, command.Permissions);
        return asking is Done<Admission>
            && await enterprise.VerifyAdministrator(command.Caller, command.Administrator!.Name, command.Administrator.PhoneNumber) is Refused<Nothing>(var wrong)
                ? wrong
                : asking;
    }

    /// <summary>新增授权: by the administrator, for a member.</summary>
    private async Task<Reply<Admission>> AuthorisationAsync(SubmitApplication command)
    {
        var code = command.CreditCode!.Value;
        if (await RoleAsync(code, command.Caller) != Accounts.MemberRole.Administrator)
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        return await RoleAsync(code, command.Holder.User) != Accounts.MemberRole.Staff ? new Refusal(RefusalCode.NotMember)
            : Offer(command, personal: false) is not { } offer ? new Refusal(RefusalCode.OfferUnknown)
            : command.Permissions is not { Count: > 0 } permissions ? new Refusal(RefusalCode.PermissionsRequired)
            : new Admission(ApplicationKind.Authorisation, await NameAsync(code), code, offer, permissions, null, null);
    }

    /// <summary>续期 of a certificate that soon expires. Its subject stays: after a change of name another certificate is to be applied for.</summary>
    private async Task<Reply<Admission>> RenewalAsync(SubmitApplication command)
    {
        if (await OwnAsync(command) is not { } facts)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (facts is not { State: CertificateState.Active, Issued: { } issued } || now < issued.NotAfter - RenewalWindow)
        {
            return new Refusal(RefusalCode.CertificateNotRenewable);
        }

        var personal = facts.CreditCode == NoEnterprise;
        if (ChosenOffer.FindInGroup(catalogue, facts.RecognitionGroup, facts.Ca, command.Years, Delivery.Renewal, personal) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        if (personal)
        {
            return await PersonAsync(command, ApplicationKind.PersonalRenewal, offer);
        }

        if (await NameAsync(facts.CreditCode) != facts.EnterpriseName)
        {
            return new Refusal(RefusalCode.CertificateNotRenewable);
        }

        return await RoleAsync(facts.CreditCode, command.Caller) switch
        {
            null => new Refusal(RefusalCode.NotMember),
            Accounts.MemberRole.Administrator => new Admission(ApplicationKind.Renewal, facts.EnterpriseName, facts.CreditCode, offer, null, null, null),
            _ => await AskingAsync(
                ApplicationKind.StaffRenewal, facts.EnterpriseName, facts.CreditCode, offer, command.Permissions ?? await PermissionsAsync(facts, command.Caller)),
        };
    }

    /// <summary>过期重新申请: another certificate in place of one that has expired. A person's is applied for like the first.</summary>
    private async Task<Reply<Admission>> ReapplicationAsync(SubmitApplication command)
    {
        if (await OwnAsync(command) is not { } facts)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (facts.State != CertificateState.Expired)
        {
            return new Refusal(RefusalCode.CertificateNotRenewable);
        }

        var personal = facts.CreditCode == NoEnterprise;
        if (ChosenOffer.FindInGroup(catalogue, facts.RecognitionGroup, facts.Ca, command.Years, Delivery.Reissue, personal) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        if (personal)
        {
            return await PersonAsync(command, ApplicationKind.Personal, offer);
        }

        return await RoleAsync(facts.CreditCode, command.Caller) switch
        {
            null => new Refusal(RefusalCode.NotMember),
            Accounts.MemberRole.Administrator => command.FormBlobId is null
                ? new Refusal(RefusalCode.BlobUnknown)
                : new Admission(ApplicationKind.Reapplication, await NameAsync(facts.CreditCode), facts.CreditCode, offer, null, null, null),
            _ => await AskingAsync(
                ApplicationKind.StaffReapplication, await NameAsync(facts.CreditCode), facts.CreditCode, offer,
                command.Permissions ?? await PermissionsAsync(facts, command.Caller)),
        };
    }

    /// <summary>证书找回: the holder's own, for what is left of it. Who he is, his real name proved again on this device has said.</summary>
    private async Task<Reply<Admission>> RecoveryAsync(SubmitApplication command)
    {
        if (await OwnAsync(command) is not { } facts)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (facts is not { State: CertificateState.Active or CertificateState.Locked or CertificateState.Frozen, Issued: { } issued } || issued.NotAfter <= now)
        {
            return new Refusal(RefusalCode.CertificateNotRenewable);
        }

        var personal = facts.CreditCode == NoEnterprise;
        if (ChosenOffer.FindRecovery(catalogue, facts.RecognitionGroup, facts.Ca) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        var admission = personal
            ? await PersonAsync(command, ApplicationKind.Recovery, offer)
            : new Admission(ApplicationKind.Recovery, facts.EnterpriseName, facts.CreditCode, offer, null, null, null);
        return admission is Done<Admission>(var admitted) ? admitted with { ValidUntil = issued.NotAfter } : admission;
    }

    /// <summary>变更企业信息: held back while bids encrypted to the caller's certificates wait for their opening, unless he insists after being shown which (X23).</summary>
    private async Task<Reply<Admission>> ChangeAsync(SubmitApplication command)
    {
        var code = command.CreditCode!.Value;
        if (await RoleAsync(code, command.Caller) != Accounts.MemberRole.Administrator)
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
            : await RoleAsync(code, command.Caller) == Accounts.MemberRole.Administrator ? new Refusal(RefusalCode.AlreadyMember)
            : Offer(command, personal: false) is not { } offer ? new Refusal(RefusalCode.OfferUnknown)
            : new Admission(ApplicationKind.AdministratorReplacement, view.Name, code, offer, null, null, null);
    }

    /// <summary>What the administrator has to agree to.</summary>
    private async Task<Reply<Admission>> AskingAsync(
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

    private async Task<Reply<Admission>> PersonAsync(SubmitApplication command, ApplicationKind kind, ChosenOffer offer) =>
        await grains.User(command.Holder.User).GetPerson() is Done<Person>(var person)
            ? new Admission(kind, "", NoEnterprise, offer, null, person.Name, null)
            : new Refusal(RefusalCode.RealNameRequired);

    private async Task<CertificateFacts?> OwnAsync(SubmitApplication command) =>
        await grains.Certificate(command.Certificate!.Value).GetFacts() is Done<CertificateFacts>(var facts) && facts.Holder == command.Caller ? facts : null;

    /// <summary>What the holder was authorised for with that certificate, or last: whoever applies again is not asked again.</summary>
    private async Task<IReadOnlyList<AuthorisationScope>?> PermissionsAsync(CertificateFacts facts, UserId holder) =>
        await grains.Enterprise(facts.CreditCode).ListAuthorisations(holder) is Done<IReadOnlyList<Authorisation>>(var known)
            ? (known.FirstOrDefault(granted => granted.Certificate == facts.Certificate) ?? (known is [var newest, ..] ? newest : null))?.Scopes
            : null;

    private ChosenOffer? Offer(SubmitApplication command, bool personal) => command is { Platform: { } platform, Ca: { } ca }
        ? ChosenOffer.Find(catalogue, platform, ca, command.Years, ApplicationSteps.Of[command.Kind].Delivery, personal)
        : null;

    private async Task<Accounts.MemberRole?> RoleAsync(CreditCode code, UserId user) =>
        await grains.Enterprise(code).GetRole(user) is Done<Accounts.MemberRole>(var role) ? role : null;

    private async Task<string> NameAsync(CreditCode code) => (await grains.Enterprise(code).GetView()).Name
        ?? throw new InvalidOperationException("An enterprise with members has no name.");
}
