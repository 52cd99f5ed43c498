namespace Bzt.Grains.Applications.Catalogue;

/// <summary>What an applicant chose, with everything the catalogue said of it then: a later edit changes no application.</summary>
public sealed record ChosenOffer(
    string Province, PlatformId Platform, string PlatformName, string RecognitionGroup, CaId Ca, string CaName, int Years, int FeeFen)
{
    /// <summary>When the fee is due, if there is one.</summary>
    public FeeDue Due { get; init; }

    /// <summary>Null when the catalogue has no such offer.</summary>
    public static ChosenOffer? Find(CatalogueView catalogue, PlatformId platform, CaId ca, int years) =>
        (from province in catalogue.Provinces
         from place in province.Platforms
         where place.Platform == platform
         from authority in place.CertificateAuthorities
         where authority.Ca == ca
         from offer in authority.Offers
         where offer.Years == years
         select new ChosenOffer(
             province.Name, place.Platform, place.Name, place.RecognitionGroup, authority.Ca, authority.Name, offer.Years, offer.FeeFen))
        .SingleOrDefault();
}
