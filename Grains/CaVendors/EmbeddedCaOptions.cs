using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.CaVendors;

/// <summary>Section <c>EmbeddedCa</c>.</summary>
public sealed class EmbeddedCaOptions
{
    public const string Section = "EmbeddedCa";

    /// <summary>Organization in the authorities' names.</summary>
    [Required, MaxLength(64)]
    public string Organization { get; set; } = "标证通内置CA";

    /// <summary>
    /// Where relying parties find the revocation list (<c>{CA}/crl</c>), the responder (<c>{CA}/ocsp</c>) and the issuing certificate
    /// (<c>{CA}/issuing.cer</c>): stands in every certificate, so it must stay reachable as long as they are valid.
    /// </summary>
    [Required]
    public Uri? PublicUrl { get; set; }

    /// <summary>How long a revocation list may be used.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan RevocationListLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long an answer of the OCSP responder may be kept.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan OcspLifetime { get; set; } = TimeSpan.FromHours(1);
}
