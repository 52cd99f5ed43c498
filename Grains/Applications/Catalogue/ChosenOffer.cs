namespace Bzt.Grains.Applications.Catalogue;

/// <summary>What an applicant chose, with everything the catalogue said of it then: a later edit changes no application.</summary>
public sealed record ChosenOffer(
    string Province, PlatformId Platform, string PlatformName, string RecognitionGroup, CaId Ca, string CaName, int Years, int FeeFen)
{
    /// <summary>When the fee is due, if there is one.</summary>
    public FeeDue Due { get; init; }

    /// <summary>Null when the catalogue has no such offer.</summary>
    public static ChosenOffer? Find(CatalogueView catalogue, PlatformId platform, CaId ca, int years, Delivery delivery = Delivery.Download, bool personal = false) =>
        First(catalogue, (place, authority) => place.Platform == platform && authority.Ca == ca, years, delivery, personal);

    /// <summary>For a certificate there is already, which names its group and not the platform it was obtained for.</summary>
    public static ChosenOffer? FindInGroup(CatalogueView catalogue, string recognitionGroup, CaId ca, int years, Delivery delivery, bool personal) =>
        First(catalogue, (place, authority) => place.RecognitionGroup == recognitionGroup && authority.Ca == ca, years, delivery, personal);

    /// <summary>证书找回: no years are chosen, what is left stays.</summary>
    public static ChosenOffer? FindRecovery(CatalogueView catalogue, string recognitionGroup, CaId ca) =>
        (from province in catalogue.Provinces
         from place in province.Platforms
         where place.RecognitionGroup == recognitionGroup
         from authority in place.CertificateAuthorities
         where authority.Ca == ca
         select new ChosenOffer(
             province.Name, place.Platform, place.Name, place.RecognitionGroup, authority.Ca, authority.Name, 0, authority.RecoveryFeeFen)
         {
             Due = authority.PaidBeforeReview ? FeeDue.BeforeReview : FeeDue.AfterReview,
         })
        .FirstOrDefault();

    private static ChosenOffer? First(
        CatalogueView catalogue, Func<PlatformOffers, AuthorityOffers, bool> isChosen, int years, Delivery delivery, bool personal) =>
        (from province in catalogue.Provinces
         from place in province.Platforms
         from authority in place.CertificateAuthorities
         where isChosen(place, authority)
         from offer in authority.Offers
         where offer.Years == years
         select new ChosenOffer(
             province.Name, place.Platform, place.Name, place.RecognitionGroup, authority.Ca, authority.Name, offer.Years, Fee(offer, delivery, personal))
         {
             Due = authority.PaidBeforeReview ? FeeDue.BeforeReview : FeeDue.AfterReview,
         })
        .FirstOrDefault();

    private static int Fee(Offer offer, Delivery delivery, bool personal) => delivery switch
    {
        Delivery.Renewal => personal ? offer.PersonalFeeFen : offer.RenewalFeeFen,
        _ => personal ? offer.PersonalFeeFen : offer.FeeFen,
    };
}
