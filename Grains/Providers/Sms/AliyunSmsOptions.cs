using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Sms;

/// <summary>Section <c>Providers:Sms</c>.</summary>
public sealed class AliyunSmsOptions : IValidatableObject
{
    public const string Section = "Providers:Sms";

    /// <summary>The regional endpoint, <c>https://dysmsapi.aliyuncs.com/</c>.</summary>
    [Required]
    public Uri? Endpoint { get; set; }

    [Required]
    public string AccessKeyId { get; set; } = "";

    [Required]
    public string AccessKeySecret { get; set; } = "";

    /// <summary>The approved 短信签名.</summary>
    [Required]
    public string SignName { get; set; } = "";

    /// <summary>The approved template of each purpose; its only variable is <c>code</c>.</summary>
    public Dictionary<SmsPurpose, string> Templates { get; } = [];

    /// <summary>How long to wait for the answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var purpose in Enum.GetValues<SmsPurpose>().Where(purpose => string.IsNullOrEmpty(Templates.GetValueOrDefault(purpose))))
        {
            yield return new($"{Section}:Templates:{purpose} is missing.", [nameof(Templates)]);
        }

        if (Endpoint is not null && !ProviderEndpoint.IsSafe(Endpoint))
        {
            yield return new($"{Section}:Endpoint: {ProviderEndpoint.Rule}", [nameof(Endpoint)]);
        }
    }
}
