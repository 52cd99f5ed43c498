using System.ComponentModel.DataAnnotations;
using Bzt.Grains.Providers;

namespace Bzt.Grains.CaVendors.Est;

/// <summary>Section <c>CaVendors:{CaId}</c> with <c>Protocol=est</c>: RFC 7030, we as registration authority.</summary>
public sealed class EstVendorOptions : IValidatableObject
{
    public string Protocol { get; set; } = "";

    /// <summary>Up to and with <c>/.well-known/est</c>, and the label if there is one.</summary>
    [Required]
    public Uri? Endpoint { get; set; }

    /// <summary>The CA's roots: PEM, or the path of a file of it.</summary>
    [Required]
    public string TrustedRoots { get; set; } = "";

    /// <summary>HTTP basic authentication.</summary>
    public string? UserName { get; set; }

    public string? Password { get; set; }

    /// <summary>TLS client authentication: a PEM file of our certificate and its private key.</summary>
    public string? CredentialFile { get; set; }

    /// <summary>A PEM file of the only authority a server's TLS certificate may come from; without one, the system's.</summary>
    public string? TlsRootFile { get; set; }

    /// <summary>Of one call.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:08")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(7);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && !ProviderEndpoint.IsSafe(Endpoint))
        {
            yield return new($"Endpoint: {ProviderEndpoint.Rule}", [nameof(Endpoint)]);
        }

        if (CredentialFile is null && (UserName is null || Password is null))
        {
            yield return new("Either CredentialFile, or UserName and Password.", [nameof(UserName)]);
        }
    }
}
