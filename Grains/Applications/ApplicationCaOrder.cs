using Bzt.Contracts.Phone;
using Bzt.Grains.CaVendors;

namespace Bzt.Grains.Applications;

/// <summary>What the CA is asked for, and what its reviewer sees of it.</summary>
internal static class ApplicationCaOrder
{
    public static CaSubmissionOrder Of(ApplicationId id, ApplicationRecord application, string? personName, DateTimeOffset now)
    {
        var (claim, offer, holder) = (application.Claim, application.Offer, application.Applicant);
        var subject = ApplicationRules.Subject(application, personName);
        return new CaSubmissionOrder(
            new CaApplication(
                ApplicationRules.Number(id, application.Submission), KindAtCa(application), application.Certificate.ToString(),
                new CaSubject(subject.CommonName, subject.Organization, null, offer.Province, null, subject.CreditCode),
                application.ValidUntil is { } end ? Remaining(end, now) : TimeSpan.FromDays(365 * offer.Years)),
            id,
            new CaApplicationFile(
                offer.PlatformName, offer.Years, holder.User, holder.MaskedName, holder.MaskedPhoneNumber, claim.LicenceBlobId, claim.FormBlobId)
            {
                Kind = application.Kind,
                Permissions = application.Permissions ?? [],
                Letter = application.Letter is { Sealed: { } seal } letter
                    ? new CaLetter(seal.BlobId, letter.Authorisation, seal.Signature, seal.SigningCertificate, seal.At)
                    : null,
            });
    }

    /// <summary>Whole days, one at least: what is left may run out while the CA reviews.</summary>
    private static TimeSpan Remaining(DateTimeOffset end, DateTimeOffset now) => TimeSpan.FromDays(Math.Max(1, (int)(end - now).TotalDays));

    private static CaApplicationKind KindAtCa(ApplicationRecord application) => application.Steps.Delivery switch
    {
        Delivery.Renewal => CaApplicationKind.Renew,
        Delivery.Recovery => CaApplicationKind.Recover,
        Delivery.Reissue => CaApplicationKind.Reissue,
        _ => CaApplicationKind.New,
    };
}
