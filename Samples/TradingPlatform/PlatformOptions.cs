using System.ComponentModel.DataAnnotations;

namespace Bzt.Samples.TradingPlatform;

/// <summary>Section <c>Platform</c>.</summary>
public sealed class PlatformOptions
{
    public const string Section = "Platform";

    [Required]
    public string DataFolder { get; set; } = "";

    [Required, Url]
    public string PublicBaseUrl { get; set; } = "";

    public string Name { get; set; } = "宜昌公共资源电子交易平台";

    public BztOptions Bzt { get; set; } = new();

    public sealed class BztOptions
    {
        /// <summary>Where the backend reaches the gateway.</summary>
        [Required]
        public string BaseUrl { get; set; } = "";

        /// <summary>The gateway's public address, told to bid tools; the same as <see cref="BaseUrl"/> when absent.</summary>
        public string? PublicBaseUrl { get; set; }

        [Required]
        public string ClientId { get; set; } = "";

        [Required]
        public string ClientSecret { get; set; } = "";
    }
}
