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
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>False with every fault found, each with its line and field; a file that is not JSON has one.</summary>
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
            // A wrong value has a path, a text that is no JSON a position; System.Text.Json counts lines from zero.
            var what = exception.Message.Split(" Path: ", 2)[0].Split(" LineNumber: ", 2)[0];
            faults = [$"line {exception.LineNumber + 1}, {exception.Path?.TrimStart('$', '.')}: {what}"];
            return false;
        }

        var lines = new JsonLines(text);
        faults = [.. Faults(content).Select(fault => (Line: lines.Of(fault.Field), fault.Field, fault.Message)).OrderBy(fault => fault.Line)
            .Select(fault => $"line {fault.Line}, {fault.Field}: {fault.Message}")];
        if (faults.Count > 0)
        {
            return false;
        }

        catalogue = View(content);
        return true;
    }

    private static IEnumerable<(string Field, string Message)> Faults(FileContent content)
    {
        var authorities = new HashSet<string>();
        foreach (var (authority, i) in content.CertificateAuthorities.Select((authority, i) => (authority, i)))
        {
            var at = $"certificateAuthorities[{i}]";
            if (!IdPattern.IsMatch(authority.CaId))
            {
                yield return ($"{at}.caId", "an id is 2 to 40 of a-z, 0-9 and -.");
            }

            if (!authorities.Add(authority.CaId))
            {
                yield return ($"{at}.caId", $"{authority.CaId} is listed twice.");
            }

            if (string.IsNullOrWhiteSpace(authority.Name))
            {
                yield return ($"{at}.name", "the authority is without a name.");
            }

            foreach (var fault in Faults(authority, at))
            {
                yield return fault;
            }
        }

        if (content.Provinces.Count == 0)
        {
            yield return ("provinces", "there is none.");
        }

        var (provinces, platforms) = (new HashSet<string>(), new HashSet<string>());
        foreach (var (province, i) in content.Provinces.Select((province, i) => (province, i)))
        {
            var at = $"provinces[{i}]";
            if (string.IsNullOrWhiteSpace(province.Name) || !provinces.Add(province.Name))
            {
                yield return ($"{at}.name", "the province is listed twice or without a name.");
            }

            if (province.Platforms.Count == 0)
            {
                yield return ($"{at}.platforms", "the province has no platform.");
            }

            foreach (var (platform, j) in province.Platforms.Select((platform, j) => (platform, j)))
            {
                foreach (var fault in Faults(platform, $"{at}.platforms[{j}]", platforms, authorities))
                {
                    yield return fault;
                }
            }
        }
    }

    private static IEnumerable<(string Field, string Message)> Faults(FileAuthority authority, string at)
    {
        if (authority.Offers.Count == 0)
        {
            yield return ($"{at}.offers", "the authority offers nothing.");
        }

        if (!IsFee(authority.RecoveryFeeFen))
        {
            yield return ($"{at}.recoveryFeeFen", $"a recovery for {authority.RecoveryFeeFen} fen; a fee is 0 to {MostFeeFen} fen.");
        }

        var terms = new HashSet<int>();
        foreach (var (offer, j) in authority.Offers.Select((offer, j) => (offer, j)))
        {
            if (offer.Years is < 1 or > MostYears)
            {
                yield return ($"{at}.offers[{j}].years", $"{offer.Years} years; years are 1 to {MostYears}.");
            }

            foreach (var (member, fee) in new[] { ("feeFen", offer.FeeFen), ("personalFeeFen", offer.PersonalFeeFen ?? 0), ("renewalFeeFen", offer.RenewalFeeFen ?? 0) }.Where(fee => !IsFee(fee.Item2)))
            {
                yield return ($"{at}.offers[{j}].{member}", $"{fee} fen; a fee is 0 to {MostFeeFen} fen.");
            }

            if (!terms.Add(offer.Years))
            {
                yield return ($"{at}.offers[{j}].years", $"two offers for {offer.Years} years.");
            }
        }
    }

    private static IEnumerable<(string Field, string Message)> Faults(FilePlatform platform, string at, HashSet<string> platforms, HashSet<string> authorities)
    {
        if (!IdPattern.IsMatch(platform.PlatformId))
        {
            yield return ($"{at}.platformId", "an id is 2 to 40 of a-z, 0-9 and -.");
        }

        if (!platforms.Add(platform.PlatformId))
        {
            yield return ($"{at}.platformId", $"{platform.PlatformId} is listed twice.");
        }

        if (string.IsNullOrWhiteSpace(platform.Name))
        {
            yield return ($"{at}.name", "the platform is without a name.");
        }

        if (!IdPattern.IsMatch(platform.RecognitionGroup))
        {
            yield return ($"{at}.recognitionGroup", "a recognition group is 2 to 40 of a-z, 0-9 and -.");
        }

        if (platform.CertificateAuthorities.Count == 0)
        {
            yield return ($"{at}.certificateAuthorities", "the platform accepts no certificate authority.");
        }

        var accepted = new HashSet<string>();
        foreach (var (id, j) in platform.CertificateAuthorities.Select((id, j) => (id, j)))
        {
            if (!authorities.Contains(id))
            {
                yield return ($"{at}.certificateAuthorities[{j}]", $"{id} is not among the certificate authorities.");
            }

            if (!accepted.Add(id))
            {
                yield return ($"{at}.certificateAuthorities[{j}]", $"{id} is listed twice.");
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
