using System.ComponentModel.DataAnnotations;
using Bzt.Grains.Providers;

namespace Bzt.Grains.CaVendors.Rest;

/// <summary>Section <c>CaVendors:{CaId}</c> with <c>Protocol=rest</c>: the neutral CA interface of <c>docs/providers.md</c>.</summary>
public sealed class RestVendorOptions : IValidatableObject
{
    public string Protocol { get; set; } = "";

    [Required]
    public Uri? Endpoint { get; set; }

    [Required]
    public string AppId { get; set; } = "";

    /// <summary>HMAC key, shared with the vendor.</summary>
    [Required, MinLength(32)]
    public string Secret { get; set; } = "";

    /// <summary>Within the adapter's own limit.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:08")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(7);

    /// <summary>The vendor's roots: PEM, or the path of a file of it. What it issues must lead to one of them.</summary>
    [Required]
    public string TrustedRoots { get; set; } = "";

    /// <summary>How the vendor orders a raw SM2 ciphertext, which does not say so itself.</summary>
    [EnumDataType(typeof(CiphertextOrder))]
    public CiphertextOrder CiphertextOrder { get; set; } = CiphertextOrder.C1C3C2;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && !ProviderEndpoint.IsSafe(Endpoint))
        {
            yield return new($"Endpoint: {ProviderEndpoint.Rule}", [nameof(Endpoint)]);
        }
    }
}
