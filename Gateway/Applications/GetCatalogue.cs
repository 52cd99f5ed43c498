using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Grains;
using Bzt.Grains.Applications;

namespace Bzt.Gateway.Applications;

/// <summary>认领 step 2 (M029): what is on offer.</summary>
internal static class GetCatalogue
{
    public static void Map(RouteGroupBuilder phones) =>
        phones.MapGet(Routes.Phone.Catalogue, HandleAsync).WithSummary("Provinces, platforms, CAs, terms and fees").Needs(PhoneAccess.Device).Produces<Catalogue>();

    private static async Task<IResult> HandleAsync(IGrainFactory grains)
    {
        var catalogue = await grains.Catalogue().Get();
        return Results.Json(new Catalogue([.. catalogue.Provinces.Select(ToContract)]), BztJson.Default.Catalogue);
    }

    private static CatalogueProvince ToContract(ProvinceView province) => new(
        province.Name,
        [.. province.Platforms.Select(platform => new CataloguePlatform(
            platform.Platform.Value, platform.Name, platform.RecognitionGroup,
            [.. platform.CertificateAuthorities.Select(ca => new CatalogueCa(
                ca.Ca.Value, ca.Name,
                [.. ca.Offers.Select(offer => new CatalogueOffer(offer.Years, offer.FeeFen) { PersonalFeeFen = offer.PersonalFeeFen, RenewalFeeFen = offer.RenewalFeeFen })])
            {
                RecoveryFeeFen = ca.RecoveryFeeFen,
                PaidBeforeReview = ca.PaidBeforeReview,
            })]))]);
}
