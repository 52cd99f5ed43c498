using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.WeChat;

/// <summary>Section <c>Providers:WeChat</c>. Without an application id WeChat login is not offered.</summary>
public sealed class WeChatOptions : IValidatableObject
{
    public const string Section = "Providers:WeChat";

    /// <summary><c>wx…</c>: of a 网站应用, or of a 公众号 for the browser inside WeChat.</summary>
    public string AppId { get; set; } = "";

    public string AppSecret { get; set; } = "";

    /// <summary><c>https://open.weixin.qq.com/connect/qrconnect</c> for a 网站应用, <c>…/connect/oauth2/authorize</c> for a 公众号.</summary>
    public Uri ConsentPage { get; set; } = new("https://open.weixin.qq.com/connect/qrconnect");

    /// <summary><c>snsapi_login</c> for a 网站应用; for a 公众号 <c>snsapi_userinfo</c> (tells the union id) or <c>snsapi_base</c>.</summary>
    [RegularExpression("snsapi_(login|userinfo|base)")]
    public string Scope { get; set; } = "snsapi_login";

    public Uri TokenEndpoint { get; set; } = new("https://api.weixin.qq.com/sns/oauth2/access_token");

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(AppId) != string.IsNullOrEmpty(AppSecret))
        {
            yield return new($"{Section}: AppId and AppSecret come together.", [nameof(AppId), nameof(AppSecret)]);
        }

        foreach (var (name, address) in new[] { (nameof(ConsentPage), ConsentPage), (nameof(TokenEndpoint), TokenEndpoint) })
        {
            if (!ProviderEndpoint.IsSafe(address))
            {
                yield return new($"{Section}:{name}: {ProviderEndpoint.Rule}", [name]);
            }
        }
    }
}
