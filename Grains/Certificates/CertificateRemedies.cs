using Bzt.Contracts.Phone;
using Bzt.Grains.Applications;

namespace Bzt.Grains.Certificates;

/// <summary>What lifts a certificate's state: pure.</summary>
internal static class CertificateRemedies
{
    public static RemedyKind? Of(CertificateView view) => view switch
    {
        { Recoverable: true } => RemedyKind.Recovery,
        { Facts.State: CertificateState.Locked } => RemedyKind.Wait,
        { ExpiresSoon: true } => RemedyKind.Renewal,
        { Facts.State: CertificateState.Expired or CertificateState.Revoked } => RemedyKind.Reapplication,
        _ => null,
    };

    /// <summary>By the catalogue as of now; null when the CA is not on offer in the certificate's group any more.</summary>
    public static int? RecoveryFee(CatalogueView catalogue, CertificateFacts facts) =>
        (from province in catalogue.Provinces
         from place in province.Platforms
         where place.RecognitionGroup == facts.RecognitionGroup
         from authority in place.CertificateAuthorities
         where authority.Ca == facts.Ca
         select (int?)authority.RecoveryFeeFen).FirstOrDefault();
}
