using Bzt.Grains.Providers.Payments;
using Bzt.Grains.Providers.Sms;
using Bzt.Tests.Simulators;
using Microsoft.Extensions.Options;

namespace Bzt.Tests.Providers;

/// <summary>A configuration that cannot work or is not safe refuses to start.</summary>
public sealed class ProviderOptionsTests
{
    [Theory]
    [InlineData("Providers:Sms:Endpoint", "http://dysmsapi.aliyuncs.com/")]
    [InlineData("Providers:Sms:AccessKeySecret", "")]
    [InlineData("Providers:Sms:Templates:ResetPin", "")]
    [InlineData("Providers:Sms:Vendor", "Tencent")]
    [InlineData("Providers:Sms:Timeout", "00:10:00")]
    [InlineData("Providers:WeChat:AppSecret", "")]
    [InlineData("Providers:WeChat:Scope", "snsapi_everything")]
    [InlineData("Providers:WeChat:TokenEndpoint", "http://api.weixin.qq.com/sns/oauth2/access_token")]
    [InlineData("Providers:BankCard:Endpoint", "ftp://bank.example.com/")]
    [InlineData("Providers:BankCard:Secret", "short")]
    [InlineData("Providers:Alipay:Gateway", "http://openapi.alipay.com/gateway.do")]
    [InlineData("Providers:Alipay:PrivateKey", "not base64")]
    [InlineData("Providers:Alipay:AlipayPublicKey", "AAAA")]
    [InlineData("Providers:Alipay:SellerId", "")]
    [InlineData("Providers:WeChatPay:ApiV3Key", "short")]
    [InlineData("Providers:WeChatPay:PrivateKey", "AAAA")]
    [InlineData("Providers:WeChatPay:PlatformSerial", "")]
    [InlineData("Providers:LicenceReader:Secret", "short")]
    [InlineData("Providers:LicenceReader:Endpoint", "http://reader.example.com/")]
    [InlineData("Providers:LicenceReader:Timeout", "00:00:30")]
    [InlineData("Providers:Remittance:Secret", "short")]
    [InlineData("Providers:Remittance:Endpoint", "http://bank.example.com/")]
    public async Task A_bad_setting_stops_the_start(string key, string value)
    {
        await using var simulators = await RunningSimulators.StartAsync();
        Assert.Throws<OptionsValidationException>(() => simulators.Adapter<IStartupValidator>(null, (key, value)).Validate());
    }

    [Fact]
    public async Task What_the_simulators_hand_out_is_accepted()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        simulators.Adapter<IStartupValidator>().Validate();
        Assert.NotNull(simulators.Adapter<ISmsSender>());
        Assert.Equal("alipay", simulators.Payment("alipay").Name);
    }
}
