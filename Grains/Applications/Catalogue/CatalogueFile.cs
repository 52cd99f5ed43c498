using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Bzt.Grains.Applications.Catalogue;

/// <summary>
/// The operator's file: certificate authorities with what they offer, provinces with their trading platforms, and for each
/// platform the authorities it accepts. Either the whole file is good or none of it is used.
/// </summary>
public static partial class CatalogueFile
{
    private const int MostYears = 5;
    private const int MostFeeFen = 10_000_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>False with every fault found, each naming its place; a file that is not JSON has one.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CatalogueView? catalogue, out IReadOnlyList<string> faults)
    {
        catalogue = null;
        FileContent content;
        try
        {
            content = JsonSerializer.Deserialize<FileContent>(text, Json) ?? throw new JsonException("The file is null.");
        }
        catch (JsonException exception)
        {
            faults = [exception.Message];
            return false;
        }

        faults = [.. Faults(content)];
        if (faults.Count > 0)
        {
            return false;
        }

        catalogue = View(content);
        return true;
    }

    private static IEnumerable<string> Faults(FileContent content)
    {
        var authorities = new HashSet<string>();
        foreach (var authority in content.CertificateAuthorities)
        {
            var place = $"certificateAuthorities/{authority.CaId}";
            if (!IdPattern.IsMatch(authority.CaId))
            {
                yield return $"{place}: an id is 2 to 40 of a-z, 0-9 and -.";
            }

            if (!authorities.Add(authority.CaId))
            {
                yield return $"{place}: listed twice.";
            }

            if (string.IsNullOrWhiteSpace(authority.Name))
            {
                yield return $"{place}: has no name.";
            }

            if (authority.Offers.Count == 0)
            {
                yield return $"{place}: offers nothing.";
            }

            foreach (var offer in authority.Offers.Where(offer =>
                offer.Years is < 1 or > MostYears || !IsFee(offer.FeeFen) || !IsFee(offer.PersonalFeeFen ?? 0) || !IsFee(offer.RenewalFeeFen ?? 0)))
            {
                yield return $"{place}: {offer.Years} years for {offer.FeeFen} fen; years are 1 to {MostYears}, a fee 0 to {MostFeeFen} fen.";
            }

            if (!IsFee(authority.RecoveryFeeFen))
            {
                yield return $"{place}: a recovery for {authority.RecoveryFeeFen} fen; a fee is 0 to {MostFeeFen} fen.";
            }

            foreach (var years in authority.Offers.GroupBy(offer => offer.Years).Where(group => group.Count() > 1))
            {
                yield return $"{place}: two offers for {years.Key} years.";
            }
        }

        if (content.Provinces.Count == 0)
        {
            yield return "provinces: there is none.";
        }

        foreach (var province in content.Provinces.GroupBy(province => province.Name).Where(group => group.Count() > 1 || string.IsNullOrWhiteSpace(group.Key)))
        {
            yield return $"provinces/{province.Key}: listed twice or without a name.";
        }

        var platforms = new HashSet<string>();
        foreach (var (province, platform) in content.Provinces.SelectMany(province => province.Platforms, (province, platform) => (province, platform)))
        {
            var place = $"provinces/{province.Name}/{platform.PlatformId}";
            if (!IdPattern.IsMatch(platform.PlatformId))
            {
                yield return $"{place}: an id is 2 to 40 of a-z, 0-9 and -.";
            }

            if (!platforms.Add(platform.PlatformId))
            {
                yield return $"{place}: listed twice.";
            }

            if (string.IsNullOrWhiteSpace(platform.Name))
            {
                yield return $"{place}: has no name.";
            }

            if (!IdPattern.IsMatch(platform.RecognitionGroup))
            {
                yield return $"{place}: a recognition group is 2 to 40 of a-z, 0-9 and -.";
            }

            if (platform.CertificateAuthorities.Count == 0)
            {
                yield return $"{place}: accepts no certificate authority.";
            }

            foreach (var unknown in platform.CertificateAuthorities.Where(id => !authorities.Contains(id)))
            {
                yield return $"{place}: {unknown} is not among the certificate authorities.";
            }

            if (platform.CertificateAuthorities.Distinct().Count() != platform.CertificateAuthorities.Count)
            {
                yield return $"{place}: a certificate authority is listed twice.";
            }
        }
    }

    private static bool IsFee(int fen) => fen is >= 0 and <= MostFeeFen;

    private static CatalogueView View(FileContent content)
    {
        var offers = content.CertificateAuthorities.ToDictionary(
            authority => authority.CaId,
            authority => new AuthorityOffers(
                new CaId(authority.CaId), authority.Name,
                [.. authority.Offers.OrderBy(offer => offer.Years).Select(offer => new Offer(
                    offer.Years, offer.FeeFen, offer.PersonalFeeFen ?? offer.FeeFen, offer.RenewalFeeFen ?? offer.FeeFen))])
            {
                RecoveryFeeFen = authority.RecoveryFeeFen,
                PaidBeforeReview = authority.PaidBeforeReview,
            });
        return new CatalogueView(
            [.. content.Provinces.Select(province => new ProvinceView(
                province.Name,
                [.. province.Platforms.Select(platform => new PlatformOffers(
                    new PlatformId(platform.PlatformId), platform.Name, platform.RecognitionGroup,
                    [.. platform.CertificateAuthorities.Select(id => offers[id])]))]))],
            [.. content.CertificateAuthorities.Select(authority => new AuthorityView(new CaId(authority.CaId), authority.Name))]);
    }

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])$", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern { get; }

    private sealed record FileContent(IReadOnlyList<FileAuthority> CertificateAuthorities, IReadOnlyList<FileProvince> Provinces);

    private sealed record FileAuthority(string CaId, string Name, IReadOnlyList<FileOffer> Offers, int RecoveryFeeFen = 0, bool PaidBeforeReview = false);

    // Without their own, a person's certificate and a renewal cost what an enterprise's costs.
    private sealed record FileOffer(int Years, int FeeFen, int? PersonalFeeFen = null, int? RenewalFeeFen = null);

    private sealed record FileProvince(string Name, IReadOnlyList<FilePlatform> Platforms);

    private sealed record FilePlatform(string PlatformId, string Name, string RecognitionGroup, IReadOnlyList<string> CertificateAuthorities);
}
