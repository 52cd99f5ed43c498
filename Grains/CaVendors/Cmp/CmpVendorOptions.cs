using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.CaVendors.Cmp;

/// <summary>Section <c>CaVendors:{CaId}</c> with <c>Protocol=cmp</c>: RFC 4210 and 9480 over HTTP (RFC 6712), we as registration authority.</summary>
public sealed class CmpVendorOptions : IValidatableObject
{
    public string Protocol { get; set; } = "";

    [Required]
    public Uri? Endpoint { get; set; }

    /// <summary>The CA's distinguished name, as the recipient of messages.</summary>
    [Required]
    public string Recipient { get; set; } = "";

    /// <summary>The CA's roots: PEM, or the path of a file of it.</summary>
    [Required]
    public string TrustedRoots { get; set; } = "";

    /// <summary>PBM: the reference value our secret is known by.</summary>
    public string? Reference { get; set; }

    /// <summary>PBM: the shared secret.</summary>
    public string? Secret { get; set; }

    /// <summary>Signatures: a PEM file of our certificate and its private key.</summary>
    public string? CredentialFile { get; set; }

    /// <summary>Signatures: a PEM file of the certificate that must have signed what the CA answers.</summary>
    public string? ServerCertificateFile { get; set; }

    /// <summary>Sends the holder's PKCS#10 as it is (p10cr); otherwise a request of our own with raVerified (ir, kur).</summary>
    public bool SendsRequest { get; set; } = true;

    /// <summary>What one call may take, polling included.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:08")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(7);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // Messages are protected by themselves, as RFC 6712 has it; what they carry is public or encrypted.
        if (Endpoint is not null && (!Endpoint.IsAbsoluteUri || (Endpoint.Scheme != Uri.UriSchemeHttp && Endpoint.Scheme != Uri.UriSchemeHttps)))
        {
            yield return new("Endpoint: an absolute http or https address.", [nameof(Endpoint)]);
        }

        if ((Secret is null) == (CredentialFile is null) || (Secret is null) != (Reference is null) || (CredentialFile is null) != (ServerCertificateFile is null))
        {
            yield return new("Either Reference and Secret, or CredentialFile and ServerCertificateFile.", [nameof(Secret)]);
        }

        if (Secret is { Length: < 6 })
        {
            yield return new("Secret: six characters or more.", [nameof(Secret)]);
        }
    }
}
