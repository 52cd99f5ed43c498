using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Faces;

/// <summary>Section <c>Providers:Face</c>. Without an endpoint this way of proving a real name is not offered.</summary>
public sealed class FaceOptions : IValidatableObject
{
    public const string Section = "Providers:Face";

    /// <summary>Of the interface: <c>{Endpoint}/checks</c> and <c>{Endpoint}/checks/query</c>.</summary>
    public Uri? Endpoint { get; set; }

    public string AppId { get; set; } = "";

    /// <summary>HMAC key, shared with the provider.</summary>
    public string Secret { get; set; } = "";

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

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
