using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bzt.Simulators.Control;

/// <summary>The product's side of the accounts in <see cref="SimulatorKeys"/>, as configuration.</summary>
static class ProviderSettings
{
    public static IReadOnlyDictionary<string, string?> For(Uri address, SimulatorKeys keys, SimulatorOptions options, string? caRoot = null)
    {
        var tencent = options.SmsVendor == "Tencent";
        var templates = options.SmsTemplates.Keys.Order(StringComparer.Ordinal).ToArray();
        var settings = new Dictionary<string, string?>
        {
            ["Providers:Sms:Endpoint"] = address.ToString(),
            ["Providers:Sms:Vendor"] = options.SmsVendor,
            ["Providers:Sms:AccessKeyId"] = tencent ? keys.TencentSms.SecretId : keys.SmsAccessKeyId,
            ["Providers:Sms:AccessKeySecret"] = tencent ? keys.TencentSms.SecretKey : keys.SmsAccessKeySecret,
            ["Providers:Sms:SdkAppId"] = tencent ? keys.TencentSms.SdkAppId : "",
            ["Providers:Sms:SignName"] = options.SmsSignName,
            ["Providers:WeChat:AppId"] = keys.WeChat.AppId,
            ["Providers:WeChat:AppSecret"] = keys.WeChat.AppSecret,
            ["Providers:WeChat:ConsentPage"] = new Uri(address, "connect/qrconnect").ToString(),
            ["Providers:WeChat:TokenEndpoint"] = new Uri(address, "sns/oauth2/access_token").ToString(),
            ["Providers:BankCard:Endpoint"] = new Uri(address, "bankcard/v1/verify").ToString(),
            ["Providers:BankCard:AppId"] = keys.BankCardAppId,
            ["Providers:BankCard:Secret"] = keys.BankCardSecret,
            ["Providers:Remittance:Endpoint"] = new Uri(address, "remittance/v1").ToString(),
            ["Providers:Remittance:AppId"] = keys.Remittance.AppId,
            ["Providers:Remittance:Secret"] = keys.Remittance.Secret,
            ["Providers:Face:Endpoint"] = new Uri(address, "face/v1").ToString(),
            ["Providers:Face:AppId"] = keys.Face.AppId,
            ["Providers:Face:Secret"] = keys.Face.Secret,
            ["Providers:Invoice:Endpoint"] = new Uri(address, "invoice/v1/invoices").ToString(),
            ["Providers:Invoice:AppId"] = keys.Invoice.AppId,
            ["Providers:Invoice:Secret"] = keys.Invoice.Secret,
            ["Providers:LicenceReader:Endpoint"] = new Uri(address, "licence/v1/readings").ToString(),
            ["Providers:LicenceReader:AppId"] = keys.Licence.AppId,
            ["Providers:LicenceReader:Secret"] = keys.Licence.Secret,
            ["Providers:Alipay:Gateway"] = new Uri(address, "gateway.do").ToString(),
            ["Providers:Alipay:AppId"] = keys.AlipayAppId,
            ["Providers:Alipay:SellerId"] = keys.AlipaySellerId,
            ["Providers:Alipay:PrivateKey"] = keys.MerchantPrivateKey,
            ["Providers:Alipay:AlipayPublicKey"] = keys.AlipayPublicKey(),
            ["WebPush:Contact"] = "mailto:operator@bzt.example",
            ["WebPush:Services:0"] = address.Host,
            ["Providers:WeChatPay:Endpoint"] = address.ToString(),
            ["Providers:WeChatPay:AppId"] = keys.WeChatPay.AppId,
            ["Providers:WeChatPay:MerchantId"] = keys.WeChatPay.MerchantId,
            ["Providers:WeChatPay:MerchantSerial"] = keys.WeChatPay.MerchantSerial(),
            ["Providers:WeChatPay:PrivateKey"] = keys.WeChatPay.MerchantPrivateKey,
            ["Providers:WeChatPay:ApiV3Key"] = keys.WeChatPay.ApiV3Key,
            ["Providers:WeChatPay:PlatformSerial"] = keys.WeChatPay.PlatformSerial(),
            ["Providers:WeChatPay:PlatformPublicKey"] = keys.WeChatPay.PlatformPublicKey(),
        };
        string[] purposes = ["Login", "ChangePhone", "ChangePassword", "ResetPassword", "ChangePin", "ResetPin", "VerifyIdentity", "NumberChanged", "PinResetAsked"];
        foreach (var (purpose, template) in purposes.Zip(templates))
        {
            settings[$"Providers:Sms:Templates:{purpose}"] = tencent ? template["SMS_".Length..] : template;
        }

        if (options.CaVendorFor is { } ca)
        {
            settings[$"CaVendors:{ca}:Protocol"] = "rest";
            settings[$"CaVendors:{ca}:Endpoint"] = new Uri(address, "ca-vendor/v1").ToString();
            settings[$"CaVendors:{ca}:AppId"] = keys.CaVendor.AppId;
            settings[$"CaVendors:{ca}:Secret"] = keys.CaVendor.Secret;
            settings[$"CaVendors:{ca}:TrustedRoots"] = caRoot;
        }

        return settings;
    }

    public static string ToJson(IReadOnlyDictionary<string, string?> settings)
    {
        var root = new JsonObject();
        foreach (var (key, value) in settings)
        {
            var parts = key.Split(':');
            var node = root;
            foreach (var part in parts[..^1])
            {
                if (node[part] is not JsonObject child)
                {
                    node[part] = child = [];
                }

                node = child;
            }

            node[parts[^1]] = value;
        }

        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
