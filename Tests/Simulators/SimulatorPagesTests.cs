using System.Net;
using Bzt.Grains.Accounts;
using Bzt.Grains.Providers.BankCards;
using Bzt.Grains.Providers.Payments;
using Bzt.Grains.Providers.RealNames;
using Bzt.Grains.Providers.Sms;
using Bzt.Simulators.Alipay;
using Bzt.Simulators.BankCards;

namespace Bzt.Tests.Simulators;

/// <summary>The pages as a person uses them: log in, look, steer, pay.</summary>
public sealed class SimulatorPagesTests
{
    [Fact]
    public async Task Pages_need_the_password_and_a_wrong_one_stays_outside()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        using var browser = new HttpClient { BaseAddress = simulators.Address };
        foreach (var page in new[] { "/", "/sms", "/wechat", "/bank-cards", "/faces", "/remittances", "/alipay", "/wechat-pay", "/invoices", "/licences" })
        {
            using var response = await browser.GetAsync(page);
            Assert.Equal("/login", response.RequestMessage!.RequestUri!.AbsolutePath);
        }

        Assert.Contains("<link rel=\"icon\" href=\"/icon.svg\"", await browser.GetStringAsync("/login"));
        Assert.StartsWith("<svg", await browser.GetStringAsync("/icon.svg"));
        using var wrong = await browser.PostAsync("/login", Form(("password", "guess"), ("returnUrl", "/sms")));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Contains("口令不正确", WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync()));
        using var steer = await browser.PostAsync("/steer/sms", Form(("kind", "Garbage"), ("seconds", "0"), ("count", "1")));
        Assert.Equal("/login", steer.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Theory]
    [InlineData("/sms?phone=1", "/sms?phone=1")]
    [InlineData("https://evil.example.com/", "/")]
    [InlineData("//evil.example.com/", "/")]
    [InlineData("/\\evil.example.com", "/")]
    [InlineData("", "/")]
    public async Task After_login_one_stays_here(string returnUrl, string expected)
    {
        await using var simulators = await RunningSimulators.StartAsync();
        using var browser = new HttpClient { BaseAddress = simulators.Address };
        using var response = await browser.PostAsync("/login", Form(("password", RunningSimulators.Password), ("returnUrl", returnUrl)));
        Assert.Equal(new Uri(simulators.Address, expected), response.RequestMessage!.RequestUri);
    }

    [Fact]
    public async Task Messages_are_read_newest_first_and_markup_in_them_is_text()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        using var browser = await LogIn(simulators);
        var sender = simulators.Adapter<ISmsSender>();
        await sender.SendCodeAsync("13800000001", "111111", SmsPurpose.Login, "r1");
        await sender.SendCodeAsync("13800000002", "<b>2</b>", SmsPurpose.Login, "r2");
        var page = await browser.GetStringAsync("/sms");
        Assert.DoesNotContain("<b>2</b>", page);
        var text = WebUtility.HtmlDecode(page);
        Assert.InRange(text.IndexOf("13800000002", StringComparison.Ordinal), 0, text.IndexOf("13800000001", StringComparison.Ordinal));
        Assert.DoesNotContain("13800000002", await browser.GetStringAsync("/sms?phone=13800000001"));
    }

    [Fact]
    public async Task A_provider_is_steered_and_set_right_again_on_its_page()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        using var browser = await LogIn(simulators);
        var verifier = simulators.Adapter<IBankCardVerifier>();
        var person = TestPerson.Get(3);
        Assert.Contains(person.CardNumber, await browser.GetStringAsync("/bank-cards"));

        using var steered = await browser.PostAsync("/steer/bankcard", Form(("kind", "Fail:CARD_UNUSABLE"), ("seconds", "5"), ("count", "2")));
        Assert.Contains("失败：CARD_UNUSABLE", WebUtility.HtmlDecode(await steered.Content.ReadAsStringAsync()));
        Assert.Equal(new BankCardResult.Refused(BankCardRefusal.CardUnusable, "CARD_UNUSABLE"), await Verify("1"));
        using var cleared = await browser.PostAsync("/steer/bankcard/clear", Form());
        Assert.Contains("正常应答", WebUtility.HtmlDecode(await cleared.Content.ReadAsStringAsync()));
        Assert.IsType<BankCardResult.Ok>(await Verify("2"));
        var bad = await browser.PostAsync("/steer/bankcard", Form(("kind", "Fail:X"), ("seconds", "-1"), ("count", "1")));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);

        Task<BankCardResult> Verify(string id) => verifier.VerifyAsync(person.Name, person.IdNumber, person.CardNumber, person.Phone, id);
    }

    [Fact]
    [Trait("Feature", "M033"), Trait("Surface", "api")]
    public async Task The_cashier_takes_the_money_and_sends_the_buyer_back()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var merchant = await Providers.Merchant.StartAsync();
        using var buyer = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var back = new Uri(merchant.NotifyUrl, "back?order=o1");
        var created = await simulators.Payment("alipay").CreateAsync("o1", 8800, "证书", merchant.NotifyUrl, back);
        using var opened = await buyer.GetAsync(Assert.IsType<PaymentCreation.Ok>(created).PayUrl);
        var cashier = new Uri(simulators.Address, opened.Headers.Location!);
        Assert.Contains("确认支付", WebUtility.HtmlDecode(await buyer.GetStringAsync(cashier)));

        using var paid = await buyer.PostAsync(new Uri(cashier.AbsoluteUri + "/pay"), null);
        Assert.Equal(back, paid.Headers.Location);
        Assert.Equal("TRADE_SUCCESS", (await merchant.NextAsync())["trade_status"]);
        var after = WebUtility.HtmlDecode(await buyer.GetStringAsync(cashier));
        Assert.Contains("支付成功", after);
        Assert.DoesNotContain("确认支付", after);

        // The button pressed again, in another tab.
        using var twice = await buyer.PostAsync(new Uri(cashier.AbsoluteUri + "/close"), null);
        Assert.Equal(TradeStatus.TradeSuccess, (await simulators.Control.TradeAsync("o1"))!.Status);
    }

    [Theory]
    [InlineData("/pass", "已通过", "Passed")]
    [InlineData("/stranger", "人脸不一致", "Refused")]
    [InlineData("/cancel", "本人取消", "Refused")]
    public async Task A_face_is_shown_on_the_provider_s_page_and_the_operator_sees_what_came_of_it(string button, string shown, string result)
    {
        await using var simulators = await RunningSimulators.StartAsync();
        using var person = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var face = simulators.Adapter<IEnumerable<IHostedIdentityCheck>>().Single(check => check.Way == RealNameWay.Face);
        var check = Assert.IsType<HostedCheckStart.Ok>(await face.BeginAsync(TestPerson.Get(31).Name, TestPerson.Get(31).IdNumber, "r", new Uri("http://127.0.0.1:1/back"))).Check;
        var page = face.PageOf(check);
        Assert.Contains("本人面对镜头", WebUtility.HtmlDecode(await person.GetStringAsync(page)), StringComparison.Ordinal);
        using var pressed = await person.PostAsync(new Uri(page.AbsoluteUri + button), null);
        Assert.Equal(new Uri("http://127.0.0.1:1/back"), pressed.Headers.Location);
        Assert.Equal(result, (await face.QueryAsync(check)).GetType().Name);

        // In another tab it is over, and no button changes it.
        var after = WebUtility.HtmlDecode(await person.GetStringAsync(page));
        Assert.Contains(shown, after, StringComparison.Ordinal);
        Assert.DoesNotContain("本人面对镜头", after, StringComparison.Ordinal);
        using var again = await person.PostAsync(new Uri(page.AbsoluteUri + "/photograph"), null);
        Assert.Equal(result, (await face.QueryAsync(check)).GetType().Name);
        using var browser = await LogIn(simulators);
        Assert.Contains(shown, WebUtility.HtmlDecode(await browser.GetStringAsync("/faces")), StringComparison.Ordinal);
        using var nothing = await person.PostAsync(new Uri(page.AbsoluteUri + "/bribe"), null);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    [Fact]
    public async Task Alipay_s_page_takes_the_person_s_answer_and_its_calls_are_steered()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        using var browser = await LogIn(simulators);
        using var person = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var alipay = simulators.Adapter<IEnumerable<IHostedIdentityCheck>>().Single(check => check.Way == RealNameWay.Alipay);
        var check = Assert.IsType<HostedCheckStart.Ok>(await alipay.BeginAsync(TestPerson.Get(32).Name, TestPerson.Get(32).IdNumber, "r1", new Uri("http://127.0.0.1:1/back"))).Check;
        using var opened = await person.GetAsync(alipay.PageOf(check));
        var page = new Uri(simulators.Address, opened.Headers.Location!);
        Assert.Contains("同意并刷脸认证", WebUtility.HtmlDecode(await person.GetStringAsync(page)), StringComparison.Ordinal);
        Assert.Contains("等待本人认证", WebUtility.HtmlDecode(await browser.GetStringAsync("/alipay")), StringComparison.Ordinal);
        using var pressed = await person.PostAsync(new Uri(page.AbsoluteUri + "/agree"), null);
        Assert.Equal(new Uri("http://127.0.0.1:1/back"), pressed.Headers.Location);

        using var steered = await browser.PostAsync("/steer/alipay-certify", Form(("kind", "Fail:CERTIFY_ID_EXPIRED"), ("seconds", "0"), ("count", "1")));
        Assert.Contains("失败：CERTIFY_ID_EXPIRED", WebUtility.HtmlDecode(await steered.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal(new HostedCheckResult.Refused(HostedCheckRefusal.Expired, "CERTIFY_ID_EXPIRED"), await alipay.QueryAsync(check));
        Assert.IsType<HostedCheckResult.Passed>(await alipay.QueryAsync(check));
    }

    static async Task<HttpClient> LogIn(RunningSimulators simulators)
    {
        var browser = new HttpClient { BaseAddress = simulators.Address };
        using var response = await browser.PostAsync("/login", Form(("password", RunningSimulators.Password), ("returnUrl", "/")));
        Assert.Contains("总览", WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()));
        return browser;
    }

    static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
