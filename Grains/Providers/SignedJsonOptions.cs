using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers;

/// <summary>How a provider of a neutral interface (<see cref="SignedJson"/>) is reached: all three, or none of them and it is not offered.</summary>
public abstract class SignedJsonOptions(string section) : IValidatableObject
{
    public Uri? Endpoint { get; set; }

    public string AppId { get; set; } = "";

    /// <summary>HMAC key, shared with the provider.</summary>
    public string Secret { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is null && string.IsNullOrEmpty(AppId) && string.IsNullOrEmpty(Secret))
        {
            yield break;
        }

        if (Endpoint is null || !ProviderEndpoint.IsSafe(Endpoint))
        {
            yield return new($"{section}:Endpoint: {ProviderEndpoint.Rule}", [nameof(Endpoint)]);
        }

        if (string.IsNullOrEmpty(AppId))
        {
            yield return new($"{section}:AppId is missing.", [nameof(AppId)]);
        }

        if (string.IsNullOrEmpty(Secret) || Secret.Length < 32)
        {
            yield return new($"{section}:Secret has less than 32 characters.", [nameof(Secret)]);
        }
    }
}
