using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Sms;

public enum SmsVendor
{
    /// <summary>阿里云短信服务.</summary>
    Aliyun,
    /// <summary>腾讯云短信.</summary>
    Tencent,
}

/// <summary>Section <c>Providers:Sms</c>: whose messages, and the account there.</summary>
public sealed class SmsOptions : IValidatableObject
{
    public const string Section = "Providers:Sms";

    public SmsVendor Vendor { get; set; }

    /// <summary><c>https://dysmsapi.aliyuncs.com/</c>, <c>https://sms.tencentcloudapi.com/</c>.</summary>
    [Required]
    public Uri? Endpoint { get; set; }

    /// <summary>Tencent's SecretId.</summary>
    [Required]
    public string AccessKeyId { get; set; } = "";

    /// <summary>Tencent's SecretKey.</summary>
    [Required]
    public string AccessKeySecret { get; set; } = "";

    /// <summary>The approved 短信签名.</summary>
    [Required]
    public string SignName { get; set; } = "";

    /// <summary>The approved template of each purpose; its only variable is the code: <c>code</c> with Aliyun, the first with Tencent.</summary>
    public Dictionary<SmsPurpose, string> Templates { get; } = [];

    /// <summary>Tencent's alone: the application the signature belongs to.</summary>
    public string SdkAppId { get; set; } = "";

    /// <summary>Tencent's alone.</summary>
    public string Region { get; set; } = "ap-guangzhou";

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

        if (Vendor == SmsVendor.Tencent && string.IsNullOrEmpty(SdkAppId))
        {
            yield return new($"{Section}:SdkAppId is missing.", [nameof(SdkAppId)]);
        }
    }
}
