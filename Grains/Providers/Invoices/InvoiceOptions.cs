using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Invoices;

/// <summary>Section <c>Providers:Invoice</c>. Without an application id no invoices are issued.</summary>
public sealed class InvoiceOptions : IValidatableObject
{
    public const string Section = "Providers:Invoice";

    public Uri? Endpoint { get; set; }

    public string AppId { get; set; } = "";

    /// <summary>HMAC key, shared with the provider.</summary>
    public string Secret { get; set; } = "";

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AppId.Length == 0)
        {
            yield break;
        }

        if (Endpoint is null || !ProviderEndpoint.IsSafe(Endpoint))
        {
            yield return new($"{Section}:Endpoint: {ProviderEndpoint.Rule}", [nameof(Endpoint)]);
        }

        if (Secret.Length < 32)
        {
            yield return new($"{Section}:Secret is 32 characters or longer.", [nameof(Secret)]);
        }
    }
}
