using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Licences;

/// <summary>Section <c>Providers:LicenceReader</c>. Without an endpoint nobody's licence is read.</summary>
public sealed class LicenceReaderOptions : IValidatableObject
{
    public const string Section = "Providers:LicenceReader";

    public Uri? Endpoint { get; set; }

    public string AppId { get; set; } = "";

    /// <summary>HMAC key, shared with the provider.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Shorter than a grain's call waits.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:25")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is null)
        {
            if (!string.IsNullOrEmpty(AppId) || !string.IsNullOrEmpty(Secret))
            {
                yield return new($"{Section}:Endpoint is missing.", [nameof(Endpoint)]);
            }

            yield break;
        }

        if (!ProviderEndpoint.IsSafe(Endpoint))
        {
            yield return new($"{Section}:Endpoint: {ProviderEndpoint.Rule}", [nameof(Endpoint)]);
        }

        if (string.IsNullOrEmpty(AppId))
        {
            yield return new($"{Section}:AppId is missing.", [nameof(AppId)]);
        }

        if (string.IsNullOrEmpty(Secret) || Secret.Length < 32)
        {
            yield return new($"{Section}:Secret has less than 32 characters.", [nameof(Secret)]);
        }
    }
}
