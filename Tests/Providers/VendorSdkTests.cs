using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Grains.Accounts;
using Bzt.Grains.Providers.Payments;
using Bzt.Grains.Providers.RealNames;
using Bzt.Grains.Providers.WeChat;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Peers;
using Bzt.Tests.Simulators;
using Microsoft.AspNetCore.WebUtilities;

namespace Bzt.Tests.Providers;

/// <summary>The vendors' own SDKs drive the simulators unchanged: what our adapters speak to is the vendors' wire format.</summary>
public sealed class VendorSdkTests
{
    [Fact]
    [Trait("Feature", "M011"), Trait("Surface", "api")]
    public async Task Aliyun_s_SDK_sends_a_message()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var settings = simulators.Settings;
        var sent = await Send(settings["Providers:Sms:AccessKeySecret"]!, settings["Providers:Sms:SignName"]!, """{"code":"4 2+*~()!'"}""");
        Assert.Equal((200, "OK"), (sent["statusCode"]!.GetValue<int>(), sent["code"]!.GetValue<string>()));
        var message = (await simulators.Control.LastMessageAsync("13800000000"))!;
        Assert.Equal(("4 2+*~()!'", "peer", sent["bizId"]!.GetValue<string>()), (message.Code, message.OutId, message.BizId));

        Assert.Equal("isv.SMS_SIGNATURE_ILLEGAL", (await Send(settings["Providers:Sms:AccessKeySecret"]!, "别的", """{"code":"1"}"""))["code"]!.GetValue<string>());
        var refused = await Send("wrong", settings["Providers:Sms:SignName"]!, """{"code":"1"}""");
        Assert.Equal((400, "SignatureDoesNotMatch"), (refused["statusCode"]!.GetValue<int>(), refused["code"]!.GetValue<string>()));

        async Task<JsonNode> Send(string secret, string signName, string parameters) => JsonNode.Parse(await Node(
            "aliyun-sms.mjs", null, simulators.Address.Authority, settings["Providers:Sms:AccessKeyId"]!, secret, "13800000000", signName, settings["Providers:Sms:Templates:Login"]!, parameters))!;
    }

    [Fact]
    [Trait("Feature", "M011"), Trait("Surface", "api")]
    public async Task Tencent_s_SDK_sends_a_message()
    {
        await using var simulators = await RunningSimulators.StartAsync(smsVendor: "Tencent");
        var settings = simulators.Settings;
        var sent = await Send(settings["Providers:Sms:AccessKeySecret"]!, settings["Providers:Sms:SignName"]!, "4 2+*~()!'号");
        Assert.Equal("Ok", sent["code"]!.GetValue<string>());
        var message = (await simulators.Control.LastMessageAsync("13800000000"))!;
        Assert.Equal(("4 2+*~()!'号", "peer", sent["serial"]!.GetValue<string>()), (message.Code, message.OutId, message.BizId));

        Assert.Equal("FailedOperation.SignatureIncorrectOrUnapproved", (await Send(settings["Providers:Sms:AccessKeySecret"]!, "别的", "1"))["code"]!.GetValue<string>());
        Assert.Equal("AuthFailure.SignatureFailure", (await Send("wrong", settings["Providers:Sms:SignName"]!, "1"))["code"]!.GetValue<string>());

        async Task<JsonNode> Send(string secret, string signName, string code) => JsonNode.Parse(await Node(
            "tencent-sms.mjs", null, $"{simulators.Address.Port}", settings["Providers:Sms:AccessKeyId"]!, secret, settings["Providers:Sms:SdkAppId"]!, "+8613800000000", signName,
            settings["Providers:Sms:Templates:Login"]!, code))!;
    }

    [Fact]
    [Trait("Feature", "M033"), Trait("Surface", "api")]
    public async Task Alipay_s_SDK_pays_queries_and_believes_the_notification()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var merchant = await Merchant.StartAsync();
        using var folder = new TemporaryFolder();
        var settings = folder.Write("settings.json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            gateway = simulators.Settings["Providers:Alipay:Gateway"],
            appId = simulators.Settings["Providers:Alipay:AppId"],
            privateKey = simulators.Settings["Providers:Alipay:PrivateKey"],
            alipayPublicKey = simulators.Settings["Providers:Alipay:AlipayPublicKey"],
        }));

        Assert.Equal("ACQ.TRADE_NOT_EXIST", JsonNode.Parse(await Node("alipay.mjs", null, settings, "o1"))!["subCode"]!.GetValue<string>());
        var page = JsonNode.Parse(await Node("alipay.mjs", null, settings, "o1", merchant.NotifyUrl.AbsoluteUri, "http://127.0.0.1:1/back"))!;
        await simulators.Control.PayAsync("o1", new Uri(page["url"]!.GetValue<string>()));
        var answer = JsonNode.Parse(await Node("alipay.mjs", null, settings, "o1"))!;
        Assert.Equal(("TRADE_SUCCESS", "300.10"), (answer["tradeStatus"]!.GetValue<string>(), answer["totalAmount"]!.GetValue<string>()));

        Assert.Equal("Y", JsonNode.Parse(await Node("alipay.mjs", null, settings, "o1", "refund", "R1"))!["fundChange"]!.GetValue<string>());
        Assert.Equal(new RefundResult.Ok(), await simulators.Payment("alipay").RefundAsync(answer["tradeNo"]!.GetValue<string>(), "R1", 30010, "退款"));

        // What the SDK opened our adapter reads; what our adapter believes the SDK believes.
        var notification = await merchant.NextAsync();
        Assert.True(simulators.Payment("alipay").TryReadNotification(notification, out var read));
        Assert.Equal(("o1", 30010L, PaymentState.Paid), (read.Status.OrderId, read.Status.AmountFen, read.Status.State));
        Assert.True(JsonNode.Parse(await Node("alipay.mjs", JsonSerializer.Serialize(notification), settings))!["authentic"]!.GetValue<bool>());
        var forged = new Dictionary<string, string>(notification) { ["total_amount"] = "0.01" };
        Assert.False(JsonNode.Parse(await Node("alipay.mjs", JsonSerializer.Serialize(forged), settings))!["authentic"]!.GetValue<bool>());
    }

    [Fact]
    [Trait("Feature", "M033"), Trait("Surface", "api")]
    public async Task Wechatpay_node_pays_queries_refunds_and_believes_the_notification()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var merchant = await Merchant.StartAsync();
        using var folder = new TemporaryFolder();
        var settings = folder.Write("settings.json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            endpoint = simulators.Settings["Providers:WeChatPay:Endpoint"],
            appid = simulators.Settings["Providers:WeChatPay:AppId"],
            mchid = simulators.Settings["Providers:WeChatPay:MerchantId"],
            certificate = simulators.Keys.WeChatPay.MerchantCertificate,
            privateKey = PemEncoding.WriteString("PRIVATE KEY", Convert.FromBase64String(simulators.Settings["Providers:WeChatPay:PrivateKey"]!)),
            key = simulators.Settings["Providers:WeChatPay:ApiV3Key"],
        }));

        Assert.Equal("ORDER_NOT_EXIST", (await Pay("query", "order-1"))["error"]!["code"]!.GetValue<string>());
        var created = await Pay("create", "order-1", merchant.NotifyUrl.AbsoluteUri);
        Assert.Equal(200, created["status"]!.GetValue<int>());
        Assert.Contains("¥300.10", await simulators.Http.GetStringAsync(created["data"]!["h5_url"]!.GetValue<string>()));
        await simulators.Control.PayWeChatAsync("order-1");
        var queried = (await Pay("query", "order-1"))["data"]!;
        Assert.Equal(("SUCCESS", 30010), (queried["trade_state"]!.GetValue<string>(), queried["amount"]!["total"]!.GetValue<int>()));

        // What the SDK opened our adapter reads; what our adapter believes the SDK believes.
        var notification = await merchant.NextAsync();
        Assert.True(simulators.Payment("wechat").TryReadNotification(notification, out var read));
        Assert.Equal(("order-1", 30010L, PaymentState.Paid), (read.Status.OrderId, read.Status.AmountFen, read.Status.State));
        var believed = JsonNode.Parse(await Node("wechat-pay.mjs", JsonSerializer.Serialize(new { headers = notification, body = notification["body"] }), settings, "notification"))!;
        Assert.Equal((true, "order-1"), (believed["authentic"]!.GetValue<bool>(), believed["transaction"]!["out_trade_no"]!.GetValue<string>()));
        var forged = notification["body"].Replace("encrypt-resource", "encrypt_resource");
        Assert.False(JsonNode.Parse(await Node("wechat-pay.mjs", JsonSerializer.Serialize(new { headers = notification, body = forged }), settings, "notification"))!["authentic"]!.GetValue<bool>());

        Assert.Equal("ORDERPAID", (await Pay("close", "order-1"))["error"]!["code"]!.GetValue<string>());
        Assert.Equal("PROCESSING", (await Pay("refund", "order-1", "R1"))["data"]!["status"]!.GetValue<string>());
        Assert.Equal(new RefundResult.Ok(), await simulators.Payment("wechat").RefundAsync(read.Status.TradeId, "R1", 30010, "退款"));

        async Task<JsonNode> Pay(params string[] arguments) => JsonNode.Parse(await Node("wechat-pay.mjs", null, [settings, .. arguments]))!;
    }

    [Fact]
    [Trait("Feature", "M013"), Trait("Surface", "api")]
    public async Task Wechat_oauth_logs_the_same_user_in_as_our_adapter()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        string[] account = [simulators.Address.AbsoluteUri, simulators.Settings["Providers:WeChat:AppId"]!, simulators.Settings["Providers:WeChat:AppSecret"]!];
        var page = JsonNode.Parse(await Node("wechat-oauth.mjs", null, [.. account, "http://127.0.0.1:1/back?a=1", "s&1"]))!["url"]!.GetValue<string>();
        var query = QueryHelpers.ParseQuery((await simulators.Control.ConfirmWeChatAsync(new Uri(page), "小李")).Query);
        Assert.Equal(("s&1", "1"), (query["state"].ToString(), query["a"].ToString()));
        var user = JsonNode.Parse(await Node("wechat-oauth.mjs", null, [.. account, query["code"]!]))!;
        Assert.Equal("小李", user["user"]!["nickname"]!.GetValue<string>());
        Assert.Equal(40163, JsonNode.Parse(await Node("wechat-oauth.mjs", null, [.. account, query["code"]!]))!["code"]!.GetValue<int>());

        var ours = simulators.Adapter<IWeChatLogin>();
        var back = QueryHelpers.ParseQuery((await simulators.Control.ConfirmWeChatAsync(ours.ConsentPage(new Uri("http://127.0.0.1:1/back"), "s")!, "小李")).Query);
        Assert.Equal(new WeChatResult.Ok(user["openid"]!.GetValue<string>(), user["unionid"]!.GetValue<string>()), await ours.ExchangeAsync(back["code"]!));
    }

    [Fact]
    [Trait("Feature", "M016"), Trait("Surface", "api")]
    public async Task Alipay_s_SDK_verifies_an_identity()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        using var folder = new TemporaryFolder();
        var settings = folder.Write("settings.json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            gateway = simulators.Settings["Providers:Alipay:Gateway"],
            appId = simulators.Settings["Providers:Alipay:AppId"],
            privateKey = simulators.Settings["Providers:Alipay:PrivateKey"],
            alipayPublicKey = simulators.Settings["Providers:Alipay:AlipayPublicKey"],
        }));
        var person = TestPerson.Get(13);
        Assert.Equal("CERTIFY_ID_EXPIRED", (await Certify("query", new string('0', 32)))["subCode"]!.GetValue<string>());
        var certifyId = (await Certify("init", "SDK20261125000001", person.Name, person.IdNumber, "http://127.0.0.1:1/back"))["certifyId"]!.GetValue<string>();
        Assert.Equal("INVALID_PARAMETER", (await Certify("init", "SDK20261125000001", person.Name, person.IdNumber, "http://127.0.0.1:1/back"))["subCode"]!.GetValue<string>());
        Assert.Equal("F", (await Certify("query", certifyId))["passed"]!.GetValue<string>());
        var page = (await Certify("page", certifyId))["url"]!.GetValue<string>();
        Assert.Equal(new Uri("http://127.0.0.1:1/back"), await simulators.Control.CertifyAsync(new Uri(page)));
        Assert.Equal("T", (await Certify("query", certifyId))["passed"]!.GetValue<string>());

        // What the SDK began our adapter reads.
        var ours = simulators.Adapter<IEnumerable<IHostedIdentityCheck>>().Single(check => check.Way == RealNameWay.Alipay);
        Assert.Equal(new HostedCheckResult.Passed(certifyId), await ours.QueryAsync(new HostedCheck(certifyId, null)));

        async Task<JsonNode> Certify(params string[] arguments) => JsonNode.Parse(await Node("alipay-certify.mjs", null, [settings, .. arguments]))!;
    }

    // The SDKs write local time where Alipay means Beijing's.
    static async Task<string> Node(string script, string? input, params string[] arguments)
    {
        var folder = PeerProcess.Sources("node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "alipay-sdk")))
        {
            throw new DirectoryNotFoundException("The vendors' SDKs are missing: run npm ci in Tests/Peers/node, as ./test.sh does.");
        }

        return (await PeerProcess.Run("env", ["TZ=Asia/Shanghai", "node", script, .. arguments], folder, input)).OrFail().Output;
    }
}
