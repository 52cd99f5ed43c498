using Bzt.Contracts.Phone;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using MemberRole = Bzt.Grains.Accounts.MemberRole;

namespace Bzt.Grains.Applications;

/// <summary>
/// Who may apply for what follows a certificate of his own: its renewal, another in place of an expired one, its recovery. The certificate says which
/// group and CA, whose it is, and by its state whether it has come to that.
/// </summary>
internal sealed class SuccessorAdmission(IGrainFactory grains, CatalogueView catalogue, AdmissionFacts facts, DateTimeOffset now)
{
    /// <summary>续期 of a certificate that soon expires. Its subject stays: after a change of name another certificate is to be applied for.</summary>
    public async Task<Reply<Admission>> RenewalAsync(SubmitApplication command)
    {
        if (await OwnAsync(command) is not { } certificate)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (!SuccessionRules.IsRenewable(certificate, now))
        {
            return new Refusal(RefusalCode.CertificateNotRenewable);
        }

        var personal = AdmissionFacts.IsPersonal(certificate.CreditCode);
        if (ChosenOffer.FindInGroup(catalogue, certificate.RecognitionGroup, certificate.Ca, command.Years, Delivery.Renewal, personal) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        if (personal)
        {
            return await facts.PersonAsync(command.Holder.User, ApplicationKind.PersonalRenewal, offer);
        }

        if (await facts.NameAsync(certificate.CreditCode) != certificate.EnterpriseName)
        {
            return new Refusal(RefusalCode.CertificateNotRenewable);
        }

        return await facts.RoleAsync(certificate.CreditCode, command.Caller) switch
        {
            null => new Refusal(RefusalCode.NotMember),
            MemberRole.Administrator => new Admission(ApplicationKind.Renewal, certificate.EnterpriseName, certificate.CreditCode, offer, null, null, null),
            _ => await facts.AskingAsync(
                ApplicationKind.StaffRenewal, certificate.EnterpriseName, certificate.CreditCode, offer, command.Permissions ?? await PermissionsAsync(certificate, command.Caller)),
        };
    }

    /// <summary>过期重新申请: another certificate in place of one that has expired. A person's is applied for like the first.</summary>
    public async Task<Reply<Admission>> ReapplicationAsync(SubmitApplication command)
    {
        if (await OwnAsync(command) is not { } certificate)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (!SuccessionRules.IsReplaceable(certificate))
        {
            return new Refusal(RefusalCode.CertificateNotRenewable);
        }

        var personal = AdmissionFacts.IsPersonal(certificate.CreditCode);
        if (ChosenOffer.FindInGroup(catalogue, certificate.RecognitionGroup, certificate.Ca, command.Years, Delivery.Reissue, personal) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        if (personal)
        {
            return await facts.PersonAsync(command.Holder.User, ApplicationKind.Personal, offer);
        }

        return await facts.RoleAsync(certificate.CreditCode, command.Caller) switch
        {
            null => new Refusal(RefusalCode.NotMember),
            MemberRole.Administrator => command.FormBlobId is null
                ? new Refusal(RefusalCode.BlobUnknown)
                : new Admission(ApplicationKind.Reapplication, await facts.NameAsync(certificate.CreditCode), certificate.CreditCode, offer, null, null, null),
            _ => await facts.AskingAsync(
                ApplicationKind.StaffReapplication, await facts.NameAsync(certificate.CreditCode), certificate.CreditCode, offer,
                command.Permissions ?? await PermissionsAsync(certificate, command.Caller)),
        };
    }

    /// <summary>证书找回: the holder's own, for what is left of it. Who he is, his real name proved again on this device has said.</summary>
    public async Task<Reply<Admission>> RecoveryAsync(SubmitApplication command)
    {
        if (await OwnAsync(command) is not { } certificate)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (!SuccessionRules.IsRecoverable(certificate, now))
        {
            return new Refusal(RefusalCode.CertificateNotRenewable);
        }

        if (ChosenOffer.FindRecovery(catalogue, certificate.RecognitionGroup, certificate.Ca) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        var admission = AdmissionFacts.IsPersonal(certificate.CreditCode)
            ? await facts.PersonAsync(command.Holder.User, ApplicationKind.Recovery, offer)
            : new Admission(ApplicationKind.Recovery, certificate.EnterpriseName, certificate.CreditCode, offer, null, null, null);
        return admission is Done<Admission>(var admitted) ? admitted with { ValidUntil = certificate.Issued!.NotAfter } : admission;
    }

    private async Task<CertificateFacts?> OwnAsync(SubmitApplication command) =>
        await grains.Certificate(command.Certificate!.Value).GetFacts() is Done<CertificateFacts>(var found) && found.Holder == command.Caller ? found : null;

    /// <summary>What the holder was authorised for with that certificate, or last: whoever applies again is not asked again.</summary>
    private async Task<IReadOnlyList<AuthorisationScope>?> PermissionsAsync(CertificateFacts certificate, UserId holder) =>
        await grains.Enterprise(certificate.CreditCode).ListAuthorisations(holder) is Done<IReadOnlyList<Authorisation>>(var known)
            ? SuccessionRules.LastGranted(known, certificate.Certificate)
            : null;
}
