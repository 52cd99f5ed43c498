using System.Net;
using Bzt.Grains.Providers.WeChat;
using Bzt.Simulators;
using Bzt.Tests.Simulators;
using Microsoft.AspNetCore.WebUtilities;

namespace Bzt.Tests.Providers;

/// <summary>Our adapter against the simulator, which npm's wechat-oauth drives too (<see cref="VendorSdkTests"/>).</summary>
public sealed class WeChatLoginTests
{
    static readonly Uri Back = new("http://127.0.0.1:1/phone/wechat?from=登录");

    [Fact]
    [Trait("Feature", "M013"), Trait("Surface", "api")]
    public async Task Who_agrees_is_named_and_the_same_person_again_is_the_same()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var weChat = simulators.Adapter<IWeChatLogin>();
        var first = Assert.IsType<WeChatResult.Ok>(await weChat.ExchangeAsync(await CodeAsync(simulators, weChat, "小李")));
        Assert.NotNull(first.UnionId);
        Assert.Equal(first, await weChat.ExchangeAsync(await CodeAsync(simulators, weChat, "小李")));
        Assert.NotEqual(first, await weChat.ExchangeAsync(await CodeAsync(simulators, weChat, "小王")));
    }

    [Fact]
    [Trait("Feature", "M013"), Trait("Surface", "api")]
    public async Task Who_cancels_comes_back_with_the_state_alone()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var back = await simulators.Control.ConfirmWeChatAsync(simulators.Adapter<IWeChatLogin>().ConsentPage(Back, "s+1&2")!, null);
        var query = QueryHelpers.ParseQuery(back.Query);
        Assert.Equal(("s+1&2", "登录", false), (query["state"].ToString(), query["from"].ToString(), query.ContainsKey("code")));
    }

    [Fact]
    public async Task A_code_works_once_and_for_ten_minutes()
    {
        var clock = RunningSimulators.Clock();
        await using var simulators = await RunningSimulators.StartAsync(clock);
        var weChat = simulators.Adapter<IWeChatLogin>();
        var code = await CodeAsync(simulators, weChat, "小李");
        Assert.IsType<WeChatResult.Ok>(await weChat.ExchangeAsync(code));
        Assert.Equal(new WeChatResult.Refused(WeChatRefusal.CodeUsed, "40163"), await weChat.ExchangeAsync(code));
        Assert.Equal(new WeChatResult.Refused(WeChatRefusal.CodeInvalid, "40029"), await weChat.ExchangeAsync("guessed & wrong"));
        var old = await CodeAsync(simulators, weChat, "小李");
        clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(new WeChatResult.Refused(WeChatRefusal.CodeExpired, "42003"), await weChat.ExchangeAsync(old));
    }

    [Fact]
    public async Task One_code_redeemed_by_many_at_once_names_its_user_to_one()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var weChat = simulators.Adapter<IWeChatLogin>();
        var code = await CodeAsync(simulators, weChat, "小李");
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => weChat.ExchangeAsync(code)));
        Assert.Single(results.OfType<WeChatResult.Ok>());
        Assert.Equal(7, results.Count(result => result == new WeChatResult.Refused(WeChatRefusal.CodeUsed, "40163")));
    }

    [Fact]
    public async Task An_official_account_uses_its_own_page_and_learns_as_much_as_its_scope()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var page = ("Providers:WeChat:ConsentPage", new Uri(simulators.Address, "connect/oauth2/authorize").AbsoluteUri);
        var silent = simulators.Adapter<IWeChatLogin>(null, page, ("Providers:WeChat:Scope", "snsapi_base"));
        var known = Assert.IsType<WeChatResult.Ok>(await silent.ExchangeAsync(await CodeAsync(simulators, silent, "小李")));
        Assert.Null(known.UnionId);
        var asking = simulators.Adapter<IWeChatLogin>(null, page, ("Providers:WeChat:Scope", "snsapi_userinfo"));
        Assert.Equal(known.OpenId, Assert.IsType<WeChatResult.Ok>(await asking.ExchangeAsync(await CodeAsync(simulators, asking, "小李"))).OpenId);

        // Of one page the scope of the other.
        var wrong = simulators.Adapter<IWeChatLogin>(null, page).ConsentPage(Back, "s");
        using var refused = await simulators.Http.GetAsync(wrong);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Scope 参数错误", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Our_application_s_trouble_and_WeChat_s()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var weChat = simulators.Adapter<IWeChatLogin>();
        var code = await CodeAsync(simulators, weChat, "小李");
        Assert.Equal(new WeChatResult.Refused(WeChatRefusal.Account, "40125"), await simulators.Adapter<IWeChatLogin>(null, ("Providers:WeChat:AppSecret", "wrong")).ExchangeAsync(code));
        Assert.Equal(new WeChatResult.Refused(WeChatRefusal.Account, "40013"), await simulators.Adapter<IWeChatLogin>(null, ("Providers:WeChat:AppId", "wx1")).ExchangeAsync(code));
        foreach (var (steer, answer) in new (Steer, WeChatResult)[]
        {
            (new(Disturbance.Fail, "-1"), new WeChatResult.Unavailable("-1")),
            (new(Disturbance.Fail, "45011"), new WeChatResult.Unavailable("45011")),
            (new(Disturbance.Fail, "40164"), new WeChatResult.Refused(WeChatRefusal.Account, "40164")),
            (new(Disturbance.Fail, "99999"), new WeChatResult.Refused(WeChatRefusal.Other, "99999")),
            (new(Disturbance.Garbage), new WeChatResult.Unavailable("unreadable answer")),
        })
        {
            await simulators.Control.SteerAsync("wechat", steer);
            Assert.Equal(answer, await weChat.ExchangeAsync(code));
        }

        // None of that used the code up; an answer that is lost does.
        await simulators.Control.SteerAsync("wechat", new(Disturbance.Silence));
        Assert.IsType<WeChatResult.Unavailable>(await weChat.ExchangeAsync(code));
        Assert.Equal(new WeChatResult.Refused(WeChatRefusal.CodeUsed, "40163"), await weChat.ExchangeAsync(code));
    }

    [Fact]
    public async Task WeChat_late_is_given_up_on()
    {
        await using var simulators = await RunningSimulators.StartAsync(RunningSimulators.Clock());
        await simulators.Control.SteerAsync("wechat", new(Disturbance.Delay, Milliseconds: 1000));
        var clock = RunningSimulators.Clock();
        var late = simulators.Adapter<IWeChatLogin>(clock).ExchangeAsync("c");
        while (!late.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(new WeChatResult.Unavailable("no answer in time"), await late);
    }

    [Theory]
    [InlineData("""{"openid":"o1"}""")]
    [InlineData("""{"access_token":"a"}""")]
    [InlineData("""{"access_token":"a","openid":""}""")]
    [InlineData("""{"access_token":"a","openid":7}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task An_answer_that_names_nobody_is_none(string answer)
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var impostor = await Impostor.StartAsync(answer, []);
        var weChat = simulators.Adapter<IWeChatLogin>(null, ("Providers:WeChat:TokenEndpoint", impostor.Address.AbsoluteUri));
        Assert.Equal(new WeChatResult.Unavailable("unreadable answer"), await weChat.ExchangeAsync("c"));
    }

    [Fact]
    public async Task Without_an_account_the_way_is_not_offered()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var weChat = simulators.Adapter<IWeChatLogin>(null, ("Providers:WeChat:AppId", ""), ("Providers:WeChat:AppSecret", ""));
        Assert.Null(weChat.ConsentPage(Back, "s"));
        Assert.Equal(new WeChatResult.Unavailable("not configured"), await weChat.ExchangeAsync("c"));
    }

    [Fact]
    [Trait("Feature", "M013"), Trait("Surface", "api")]
    public async Task The_consent_page_in_a_browser()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var weChat = simulators.Adapter<IWeChatLogin>();
        var page = weChat.ConsentPage(Back, "s")!;
        await CodeAsync(simulators, weChat, "<b>小李</b>");
        var shown = await browser.GetStringAsync(page);
        Assert.Contains("<b>小李</b>", WebUtility.HtmlDecode(shown));
        Assert.DoesNotContain("<b>小李", shown);

        using var agreed = await Answer("agree", "小王");
        var query = QueryHelpers.ParseQuery(agreed.Headers.Location!.Query);
        Assert.Equal("s", query["state"]);
        Assert.IsType<WeChatResult.Ok>(await weChat.ExchangeAsync(query["code"]!));
        using var cancelled = await Answer("cancel", "小王");
        Assert.DoesNotContain("code=", cancelled.Headers.Location!.Query);
        using var nobody = await Answer("agree", "");
        Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);

        Task<HttpResponseMessage> Answer(string answer, string nickname) => browser.PostAsync(new Uri(simulators.Address, "connect/confirm"), new FormUrlEncodedContent(
            new Dictionary<string, string> { ["page"] = page.AbsoluteUri, ["openid"] = "", ["nickname"] = nickname, ["answer"] = answer }));
    }

    static async Task<string> CodeAsync(RunningSimulators simulators, IWeChatLogin weChat, string nickname)
    {
        var back = await simulators.Control.ConfirmWeChatAsync(weChat.ConsentPage(Back, "s")!, nickname);
        Assert.Equal(Back.AbsolutePath, back.AbsolutePath);
        return QueryHelpers.ParseQuery(back.Query)["code"]!;
    }
}
