using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

/// <summary>Where a certificate shall serve, who issues it and for how long, as far as chosen: a later choice belongs to the earlier ones.</summary>
public sealed class OfferSelection
{
    public string Province { get; set; } = "";

    public string PlatformId { get; set; } = "";

    public string CaId { get; set; } = "";

    public int Years { get; set; }

    public CatalogueProvince? ProvinceIn(Catalogue? catalogue) => catalogue?.Provinces.FirstOrDefault(province => province.Name == Province);

    public CataloguePlatform? PlatformIn(Catalogue? catalogue) => ProvinceIn(catalogue)?.Platforms.FirstOrDefault(platform => platform.PlatformId == PlatformId);

    public CatalogueCa? AuthorityIn(Catalogue? catalogue) => PlatformIn(catalogue)?.CertificateAuthorities.FirstOrDefault(authority => authority.CaId == CaId);

    public CatalogueOffer? OfferIn(Catalogue? catalogue) => AuthorityIn(catalogue)?.Offers.FirstOrDefault(offer => offer.Years == Years);

    /// <summary>The only province needs no choice.</summary>
    public void BeginIn(Catalogue? catalogue)
    {
        if (Province.Length == 0)
        {
            Province = catalogue?.Provinces.FirstOrDefault(province => province.Platforms.Any(platform => platform.PlatformId == PlatformId))?.Name
                ?? (catalogue is { Provinces: [var only] } ? only.Name : "");
        }
    }
}
