using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

/// <summary>Where in the catalogue a certificate's CA and platforms are.</summary>
internal static class Offers
{
    /// <summary>How long before its end a certificate may be renewed.</summary>
    public static readonly TimeSpan RenewalWindow = TimeSpan.FromDays(90);

    /// <summary>The platforms that recognise a certificate of this group.</summary>
    public static IEnumerable<CataloguePlatform> PlatformsOf(this Catalogue? catalogue, string group) =>
        (catalogue?.Provinces ?? []).SelectMany(province => province.Platforms).Where(platform => platform.RecognitionGroup == group);

    /// <summary>The CA as a certificate's group has it; null when it is not on offer any more.</summary>
    public static CatalogueCa? AuthorityOf(this Catalogue? catalogue, string group, string caId) =>
        catalogue.PlatformsOf(group).SelectMany(platform => platform.CertificateAuthorities).FirstOrDefault(authority => authority.CaId == caId);

    public static CataloguePlatform? Platform(this Catalogue? catalogue, string platformId) =>
        (catalogue?.Provinces ?? []).SelectMany(province => province.Platforms).FirstOrDefault(platform => platform.PlatformId == platformId);

    public static CatalogueCa? Authority(this Catalogue? catalogue, string platformId, string caId) =>
        catalogue.Platform(platformId)?.CertificateAuthorities.FirstOrDefault(authority => authority.CaId == caId);

    /// <summary>What the cheapest term costs; null when there is none.</summary>
    public static int? From(this CatalogueCa? authority, Func<CatalogueOffer, int> fee) => authority is { Offers: { Count: > 0 } offers } ? offers.Min(fee) : null;

    public static int EnterpriseFee(CatalogueOffer offer) => offer.FeeFen;

    public static int PersonalFee(CatalogueOffer offer) => offer.PersonalFeeFen;

    public static int RenewalFee(CatalogueOffer offer) => offer.RenewalFeeFen;
}
