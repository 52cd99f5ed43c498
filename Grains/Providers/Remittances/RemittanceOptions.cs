using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Remittances;

/// <summary>Section <c>Providers:Remittance</c>. Without an application id 对公打款 is not offered.</summary>
public sealed class RemittanceOptions : IValidatableObject
{
    public const string Section = "Providers:Remittance";

    /// <summary>What <c>accounts</c> is appended to.</summary>
    public Uri? Endpoint { get; set; }

    public string AppId { get; set; } = "";

    /// <summary>HMAC key, shared with the bank.</summary>
    public string Secret { get; set; } = "";

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

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
