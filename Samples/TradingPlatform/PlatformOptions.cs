using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform;

/// <summary>Section <c>Platform</c>.</summary>
public sealed class PlatformOptions : IValidatableObject
{
    public const string Section = "Platform";

    [Required]
    public string DataFolder { get; set; } = "";

    [Required, Url]
    public string PublicBaseUrl { get; set; } = "";

    public string Name { get; set; } = "宜昌公共资源电子交易平台";

    /// <summary>Makes the accounts of a demonstration with this password. Only on a developer's machine.</summary>
    [MinLength(10)]
    public string? DemoPassword { get; set; }

    /// <summary>Folder with the CAs whose locks log bidders in: certificates and revocation lists. Absent: none do.</summary>
    public string? LockRoots { get; set; }

    /// <summary>
    /// Networks of the reverse proxies in front, as <c>10.0.0.0/8</c>: only they may say for whom they ask. Without one, every visitor behind a proxy
    /// counts as one, and nobody can make himself many by a header.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    [ValidateObjectMembers]
    public BztOptions Bzt { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var network in TrustedProxies.Where(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new($"Platform:TrustedProxies: {network} is not a network: 10.0.0.0/8", [nameof(TrustedProxies)]);
        }

        foreach (var address in new[] { PublicBaseUrl, Bzt.BaseUrl, Bzt.PublicBaseUrl }.OfType<string>().Where(address => !IsSafe(address)))
        {
            yield return new($"Platform: {address} is not https: passwords, cookies and the client's secret travel over it. On loopback http will do.", [nameof(PublicBaseUrl)]);
        }
    }

    private static bool IsSafe(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback));

    public sealed class BztOptions
    {
        /// <summary>Where the backend reaches the gateway.</summary>
        [Required]
        public string BaseUrl { get; set; } = "";

        /// <summary>The gateway's public address, told to bid tools; the same as <see cref="BaseUrl"/> when absent.</summary>
        public string? PublicBaseUrl { get; set; }

        /// <summary>The service's script on every page.</summary>
        public string Widget => $"{(PublicBaseUrl ?? BaseUrl).TrimEnd('/')}/widget/v1/bzt.js";

        [Required]
        public string ClientId { get; set; } = "";

        [Required]
        public string ClientSecret { get; set; } = "";
    }
}
