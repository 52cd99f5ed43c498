using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Payments;

/// <summary>Section <c>Providers:Alipay</c>: what the open platform's console shows.</summary>
public sealed class AlipayOptions : IValidatableObject
{
    public const string Section = "Providers:Alipay";

    /// <summary><c>https://openapi.alipay.com/gateway.do</c>.</summary>
    [Required]
    public Uri? Gateway { get; set; }

    [Required]
    public string AppId { get; set; } = "";

    /// <summary>The merchant's account (2088…): who a notification says was paid.</summary>
    [Required]
    public string SellerId { get; set; } = "";

    /// <summary>应用私钥: RSA, PKCS#8, base64 without header lines.</summary>
    [Required]
    public string PrivateKey { get; set; } = "";

    /// <summary>支付宝公钥: SubjectPublicKeyInfo, base64 without header lines.</summary>
    [Required]
    public string AlipayPublicKey { get; set; } = "";

    /// <summary>Whether the account is for 身份验证 too, not for payments alone.</summary>
    public bool RealName { get; set; } = true;

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Gateway is not null && !ProviderEndpoint.IsSafe(Gateway))
        {
            yield return new($"{Section}:Gateway: {ProviderEndpoint.Rule}", [nameof(Gateway)]);
        }

        if (!RsaKey.IsPrivate(PrivateKey))
        {
            yield return new($"{Section}:PrivateKey is not an RSA key of 2048 bits or more in PKCS#8, base64.", [nameof(PrivateKey)]);
        }

        if (!RsaKey.IsPublic(AlipayPublicKey))
        {
            yield return new($"{Section}:AlipayPublicKey is not an RSA key of 2048 bits or more, base64.", [nameof(AlipayPublicKey)]);
        }
    }
}
