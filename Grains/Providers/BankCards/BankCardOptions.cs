using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.BankCards;

/// <summary>Section <c>Providers:BankCard</c>.</summary>
public sealed class BankCardOptions : IValidatableObject
{
    public const string Section = "Providers:BankCard";

    [Required]
    public Uri? Endpoint { get; set; }

    [Required]
    public string AppId { get; set; } = "";

    /// <summary>HMAC key, shared with the provider.</summary>
    [Required, MinLength(32)]
    public string Secret { get; set; } = "";

    /// <summary>False: nobody proves a real name by what others may know too.</summary>
    public bool Offered { get; set; } = true;

    /// <summary>Banks answer in seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && !ProviderEndpoint.IsSafe(Endpoint))
        {
            yield return new($"{Section}:Endpoint: {ProviderEndpoint.Rule}", [nameof(Endpoint)]);
        }
    }
}
