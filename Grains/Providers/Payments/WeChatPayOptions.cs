using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Payments;

/// <summary>Section <c>Providers:WeChatPay</c>: what the merchant platform shows. Without a merchant id WeChat Pay is not offered.</summary>
public sealed class WeChatPayOptions : IValidatableObject
{
    public const string Section = "Providers:WeChatPay";

    public Uri Endpoint { get; set; } = new("https://api.mch.weixin.qq.com/");

    public string AppId { get; set; } = "";

    /// <summary>商户号.</summary>
    public string MerchantId { get; set; } = "";

    /// <summary>商户API证书 serial number, hexadecimal.</summary>
    public string MerchantSerial { get; set; } = "";

    /// <summary>Of the 商户API证书: RSA, PKCS#8, base64 without header lines.</summary>
    public string PrivateKey { get; set; } = "";

    /// <summary>APIv3密钥: 32 characters, decrypts notifications.</summary>
    public string ApiV3Key { get; set; } = "";

    /// <summary>微信支付公钥ID (<c>PUB_KEY_ID_…</c>) or the platform certificate's serial number: names the key below.</summary>
    public string PlatformSerial { get; set; } = "";

    /// <summary>微信支付公钥: SubjectPublicKeyInfo, base64 without header lines.</summary>
    public string PlatformPublicKey { get; set; } = "";

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MerchantId.Length == 0)
        {
            yield break;
        }

        if (!ProviderEndpoint.IsSafe(Endpoint))
        {
            yield return new($"{Section}:Endpoint: {ProviderEndpoint.Rule}", [nameof(Endpoint)]);
        }

        foreach (var (name, value) in new[] { (nameof(AppId), AppId), (nameof(MerchantSerial), MerchantSerial), (nameof(PlatformSerial), PlatformSerial) })
        {
            if (value.Length == 0)
            {
                yield return new($"{Section}:{name} is missing.", [name]);
            }
        }

        if (System.Text.Encoding.UTF8.GetByteCount(ApiV3Key) != 32)
        {
            yield return new($"{Section}:ApiV3Key is 32 characters.", [nameof(ApiV3Key)]);
        }

        if (!RsaKey.IsPrivate(PrivateKey))
        {
            yield return new($"{Section}:PrivateKey is not an RSA key of 2048 bits or more in PKCS#8, base64.", [nameof(PrivateKey)]);
        }

        if (!RsaKey.IsPublic(PlatformPublicKey))
        {
            yield return new($"{Section}:PlatformPublicKey is not an RSA key of 2048 bits or more, base64.", [nameof(PlatformPublicKey)]);
        }
    }
}
