using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Bzt.Gateway.Hosting;

/// <summary>Section <c>Gateway</c>.</summary>
public sealed class GatewayOptions : IValidatableObject
{
    public const string Section = "Gateway";

    /// <summary>
    /// The address everybody knows this system by; token issuer, DPoP, QR links and callbacks are made from it. Without one, an embedded
    /// gateway takes the first address it listens on.
    /// </summary>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>Phone apps before this version are told <c>client_outdated</c>.</summary>
    public string OldestAppVersion { get; set; } = "0.1";

    /// <summary>Redis, where several gateways share replay windows and rate counters. Needed with a cluster.</summary>
    public string? Redis { get; set; }

    /// <summary>Also carry hub messages over Redis. Grains reach phones without it.</summary>
    public bool HubBackplane { get; set; }

    /// <summary>The published phone app (its <c>wwwroot</c>); without one <c>/app</c> is not served.</summary>
    public string? PhoneAppFolder { get; set; }

    /// <summary>
    /// Figures are for whoever comes in at this port. Have the process listen there too (<c>ASPNETCORE_HTTP_PORTS</c> is <c>8080;9090</c>);
    /// without a value they are at every address of the gateway, and the proxy keeps them in.
    /// </summary>
    [Range(1, 65535)]
    public int? OperatorsPort { get; set; }

    /// <summary>
    /// How long a gateway that is told to stop goes on serving: longer than the proxies in front take to notice that it is not ready any more.
    /// Without a value 10 in a cluster, and none where no other gateway could take over.
    /// </summary>
    [Range(0, 300)]
    public int? DrainSeconds { get; set; }

    /// <summary>咨询电话, shown in the phone app and dialled from there.</summary>
    [RegularExpression(@"\+?[0-9][0-9 -]{4,24}", ErrorMessage = "Gateway:ConsultationPhone is a telephone number: 400-000-0000")]
    public string? ConsultationPhone { get; set; }

    /// <summary>When somebody answers there, as it is shown: 工作日 8:30–17:30.</summary>
    [StringLength(60)]
    public string? ConsultationHours { get; set; }

    /// <summary>
    /// Networks of the reverse proxies in front, as <c>10.0.0.0/8</c>: only they may say for whom they ask. Without one, the limits by
    /// address take every caller behind a proxy for the proxy.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>Requests for codes and logins a minute from one address, over all gateways.</summary>
    [Range(1, 100_000)]
    public int LoginsPerMinute { get; set; } = 30;

    /// <summary>Codes a day to one address, over all gateways. Without a value, ten times <see cref="LoginsPerMinute"/>.</summary>
    [Range(1, 10_000_000)]
    public int? CodesPerDay { get; set; }

    internal int MostCodesPerDay => CodesPerDay ?? 10 * LoginsPerMinute;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicBaseUrl is not null && (!PublicBaseUrl.IsAbsoluteUri || PublicBaseUrl.AbsolutePath != "/" || PublicBaseUrl.Query.Length + PublicBaseUrl.Fragment.Length + PublicBaseUrl.UserInfo.Length > 0))
        {
            yield return new("Gateway:PublicBaseUrl is scheme and host: https://host", [nameof(PublicBaseUrl)]);
        }
        else if (PublicBaseUrl is not null && PublicBaseUrl.Scheme != "https" && !(PublicBaseUrl.Scheme == "http" && PublicBaseUrl.IsLoopback))
        {
            yield return new("Gateway:PublicBaseUrl is https, except on loopback: tokens and codes travel over it.", [nameof(PublicBaseUrl)]);
        }

        if (!Version.TryParse(OldestAppVersion, out _))
        {
            yield return new("Gateway:OldestAppVersion is a version: 1.2", [nameof(OldestAppVersion)]);
        }

        foreach (var network in TrustedProxies.Where(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new($"Gateway:TrustedProxies: {network} is not a network: 10.0.0.0/8", [nameof(TrustedProxies)]);
        }

        if (HubBackplane && string.IsNullOrWhiteSpace(Redis))
        {
            yield return new("Gateway:HubBackplane needs Gateway:Redis.", [nameof(HubBackplane)]);
        }

        if (PhoneAppFolder is not null && !File.Exists(Path.Combine(PhoneAppFolder, "index.html")))
        {
            yield return new("Gateway:PhoneAppFolder is the published app's wwwroot, with index.html in it.", [nameof(PhoneAppFolder)]);
        }
    }
}
