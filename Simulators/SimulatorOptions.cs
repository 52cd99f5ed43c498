using System.ComponentModel.DataAnnotations;

namespace Bzt.Simulators;

/// <summary>Section <c>Simulators</c>.</summary>
public sealed class SimulatorOptions
{
    public const string Section = "Simulators";

    /// <summary>Opens the pages.</summary>
    [Required, MinLength(8)]
    public string Password { get; set; } = "";

    /// <summary>Bearer token of <c>/control</c>.</summary>
    [Required, MinLength(16)]
    public string ControlToken { get; set; } = "";

    /// <summary>Where keys and state live, so that a restart keeps them. Without one everything is in memory.</summary>
    public string? DataFolder { get; set; }

    /// <summary>Where the product and browsers reach the simulators, when that is not the address they listen on: behind a proxy.</summary>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>Whose SMS account the product is told to use: Aliyun's or Tencent's. Both are served.</summary>
    [RegularExpression("Aliyun|Tencent")]
    public string SmsVendor { get; set; } = "Aliyun";

    /// <summary>For which CA of the catalogue the CA vendor stands; null when the product's CAs all run inside it.</summary>
    public string? CaVendorFor { get; set; }

    /// <summary>Signatures and templates the SMS account has approved.</summary>
    public string SmsSignName { get; set; } = "标证通";

    public Dictionary<string, string> SmsTemplates { get; } = new()
    {
        ["SMS_100000001"] = "您的登录验证码为${code}，5分钟内有效，请勿告诉他人。",
        ["SMS_100000002"] = "您正在更换手机号，验证码为${code}，5分钟内有效，请勿告诉他人。",
        ["SMS_100000003"] = "您正在修改登录密码，验证码为${code}，5分钟内有效，请勿告诉他人。",
        ["SMS_100000004"] = "您正在重置登录密码，验证码为${code}，5分钟内有效，请勿告诉他人。",
        ["SMS_100000005"] = "您正在修改证书PIN码，验证码为${code}，5分钟内有效，请勿告诉他人。",
        ["SMS_100000006"] = "您正在重置证书PIN码，验证码为${code}，5分钟内有效，请勿告诉他人。",
        ["SMS_100000007"] = "您正在进行身份验证，验证码为${code}，5分钟内有效，请勿告诉他人。",
        ["SMS_100000008"] = "您的账号已更换为尾号${code}的手机号，本号码不再能登录。若非本人操作，请尽快联系客服。",
        ["SMS_100000009"] = "有人申请重置您的证书PIN码，${code}后可设置新PIN码。若非本人操作，请立即在APP中阻止。",
    };
}
