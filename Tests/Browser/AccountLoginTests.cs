using Bzt.Tests.Embedded;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>How somebody comes to the app and into it.</summary>
[Collection(AccountCollection.Name)]
public sealed class AccountLoginTests(AccountStage stage)
{
    private readonly EmbeddedSystem system = stage.System;

    [Fact]
    [Trait("Feature", "M010"), Trait("Surface", "screen")]
    public async Task A_PC_shows_the_code_a_phone_opens_the_app_and_puts_it_on_the_home_screen()
    {
        await using var phone = await PhoneBrowser.OpenAsync(system, place: "install");
        var page = phone.Page;

        // A browser that makes no offer says how to do it by hand.
        await Expect(page.GetByText("选择【添加到主屏幕】或【安装应用】")).ToBeVisibleAsync();
        await phone.LookAsync("account-install-by-hand");

        // One that does is asked; refused first, and nothing is lost by that.
        await OfferAsync(page, "dismissed");
        await Press(page, "添加到主屏幕");
        await Expect(page.GetByText("没有添加")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("选择【添加到主屏幕】或【安装应用】")).ToBeVisibleAsync();
        await OfferAsync(page, "accepted");
        await Press(page, "添加到主屏幕");
        await Expect(page.GetByText("已添加到主屏幕")).ToBeVisibleAsync();

        // Or from the browser's own menu, while this screen is looked at.
        await page.ReloadAsync();
        await Expect(page.GetByText("选择【添加到主屏幕】或【安装应用】")).ToBeVisibleAsync();
        await page.EvaluateAsync("() => dispatchEvent(new Event('appinstalled'))");
        await Expect(page.GetByText("已添加到主屏幕")).ToBeVisibleAsync();

        // What the PC shows is this app's address, read by the app's own reader off the picture.
        await page.GotoAsync(new Uri(system.Address, "download").ToString());
        var picture = await page.Locator("img").ScreenshotAsync();
        if (Environment.GetEnvironmentVariable("BZT_SCREENS") is { } folder)
        {
            await page.SetViewportSizeAsync(1280, 800);
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "account-download-pc.png") });
        }

        await phone.OpenAppAsync("install");
        await Expect(Heading(page, "添加到主屏幕")).ToBeVisibleAsync();
        Assert.Equal(new Uri(system.Address, "app/").ToString(), await page.EvaluateAsync<string>(ReadPicture, Convert.ToBase64String(picture)));
    }

    [Theory]
    [Trait("Feature", "M010"), Trait("Surface", "screen")]
    [InlineData("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50", "微信")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 AlipayClient/10.6.0", "支付宝")]
    public async Task Inside_another_app_the_way_leads_to_the_browser(string agent, string name)
    {
        await using var phone = await PhoneBrowser.OpenAsync(system, page => page.AddInitScriptAsync($"Object.defineProperty(navigator, 'userAgent', {{ get: () => '{agent}' }})"));
        await Expect(phone.Page.GetByText($"{name}会清理自己页面里的数据，证书不能保存在这里。")).ToBeVisibleAsync();
        await Expect(phone.Page.GetByText("选择【在浏览器打开】")).ToBeVisibleAsync();
        if (name == "微信")
        {
            await phone.LookAsync("account-outside-wechat");
        }

        await phone.Page.ReloadAsync();
        await Expect(phone.Page.GetByRole(AriaRole.Button, new() { Name = "复制链接" })).ToBeVisibleAsync();
        await Expect(phone.Page.Locator("[name=phone]")).ToHaveCountAsync(0);
    }

    [Fact]
    [Trait("Feature", "M011"), Trait("Surface", "screen")]
    public async Task A_reload_still_waits_for_the_code_that_was_sent()
    {
        var person = EmbeddedSystem.NextPerson();
        await using var phone = await PhoneBrowser.OpenAsync(system);
        var page = phone.Page;
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        await page.FillAsync("[name=phone]", person.Phone);
        await page.CheckAsync("[name=agree]");
        await Press(page, "获取验证码");
        await Expect(page.Locator("[name=code]")).ToBeVisibleAsync();
        var code = (await system.Simulators.LastMessageAsync(person.Phone))!.Code;
        await page.FillAsync("[name=code]", AccountStage.Other(code));
        await Expect(page.GetByText("验证码不正确")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Locator("[name=code]")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new("^\\d+ ?秒") })).ToBeDisabledAsync();
        Assert.DoesNotContain(code, await page.EvaluateAsync<string>("() => JSON.stringify(sessionStorage)"), StringComparison.Ordinal);

        // Another number is asked for, and the one before is forgotten.
        await Press(page, "更换手机号");
        await Expect(page.Locator("[name=phone]")).ToHaveValueAsync(person.Phone);
        await page.ReloadAsync();
        await Expect(page.Locator("[name=phone]")).ToHaveValueAsync("");

        // What was agreed to is still agreed to; once inside nothing is kept.
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        await page.FillAsync("[name=phone]", person.Phone);
        await page.CheckAsync("[name=agree]");
        await Press(page, "获取验证码");
        await Expect(page.Locator("[name=code]")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await page.FillAsync("[name=code]", (await system.Simulators.LastMessageAsync(person.Phone))!.Code);
        await Expect(page.Locator(".tabs")).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => sessionStorage.length"));
    }

    [Fact]
    [Trait("Feature", "M011"), Trait("Feature", "M012"), Trait("Feature", "M013"), Trait("Feature", "M019"), Trait("Surface", "screen")]
    public async Task By_code_by_password_and_by_WeChat()
    {
        var person = EmbeddedSystem.NextPerson();
        const string Password = "Yichang-2026-ok";
        await using var phone = await PhoneBrowser.OpenAsync(system);
        var page = phone.Page;
        await stage.LogInAsync(page, person);

        // 设置登录密码: the first time with a code.
        await Tab(page, "我的");
        await page.ClickAsync("text=手机号、登录密码、PIN码、主题");
        await Expect(page.GetByText("未设置")).ToBeVisibleAsync();
        await phone.LookAsync("account-settings", dark: true);
        await page.ClickAsync("text=修改登录密码");
        await Expect(Heading(page, "设置登录密码")).ToBeVisibleAsync();
        await page.FillAsync("[name=new-password]", "short");
        await page.FillAsync("[name=repeat-password]", "other");
        await Press(page, "确认");
        await Expect(page.GetByText("新密码须为8至64位")).ToBeVisibleAsync();
        await Expect(page.GetByText("两次输入不一致")).ToBeVisibleAsync();
        await phone.LookAsync("account-password-error");
        var code = await stage.ReceiveCodeAsync(page, person.Phone);
        await page.FillAsync("[name=code]", code);
        await page.FillAsync("[name=new-password]", person.Phone);
        await page.FillAsync("[name=repeat-password]", person.Phone);
        await Press(page, "确认");
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "不能包含手机号" })).ToBeVisibleAsync();
        await page.FillAsync("[name=new-password]", Password);
        await page.FillAsync("[name=repeat-password]", Password);
        await Press(page, "确认");
        await Expect(page.GetByText("登录密码已设置")).ToBeVisibleAsync();
        await Press(page, "完成");
        await Expect(page.GetByText("已设置")).ToBeVisibleAsync();

        // 密码登录, after a restart: a wrong one is refused, the right one lets in.
        await Press(page, "返回");
        await AccountStage.LogOutAsync(page);
        await system.RestartAsync();
        await page.ReloadAsync();
        await Press(page, "密码登录");
        await page.FillAsync("[name=phone]", person.Phone);
        await page.FillAsync("[name=password]", "Yichang-2026-no");
        await page.CheckAsync("[name=agree]");
        await Press(page, "登录");
        await Expect(page.GetByText("手机号或密码不正确")).ToBeVisibleAsync();
        await phone.LookAsync("account-login-password-wrong");
        await page.FillAsync("[name=password]", Password);
        await Press(page, "登录");
        await Expect(page.Locator(".tabs")).ToBeVisibleAsync();

        // 修改登录密码 with the old one; a wrong old one is refused.
        await phone.GoToAsync("settings/password");
        await page.FillAsync("[name=old-password]", "Yichang-2026-no");
        await page.FillAsync("[name=new-password]", $"{Password}-2");
        await page.FillAsync("[name=repeat-password]", $"{Password}-2");
        await Press(page, "确认");
        await Expect(page.GetByText("原密码不正确")).ToBeVisibleAsync();
        await page.FillAsync("[name=old-password]", Password);
        await Press(page, "确认");
        await Expect(page.GetByText("登录密码已设置")).ToBeVisibleAsync();

        // 忘记原密码: by code.
        await page.ReloadAsync();
        await Press(page, "忘记原密码");
        var reset = await stage.ReceiveCodeAsync(page, person.Phone);
        await page.FillAsync("[name=code]", AccountStage.Other(reset));
        await page.FillAsync("[name=new-password]", $"{Password}-3");
        await page.FillAsync("[name=repeat-password]", $"{Password}-3");
        await Press(page, "确认");
        await Expect(page.GetByText("验证码不正确")).ToBeVisibleAsync();
        await page.FillAsync("[name=code]", reset);
        await Press(page, "确认");
        await Expect(page.GetByText("登录密码已设置")).ToBeVisibleAsync();
        await Press(page, "完成");
        await Press(page, "返回");
        await AccountStage.LogOutAsync(page);

        await WeChatAsync(phone, person.Phone);
    }

    /// <summary>微信登录: refused by the user; then tied to the number with a code; then without one.</summary>
    private async Task WeChatAsync(PhoneBrowser phone, string number)
    {
        var page = phone.Page;
        await Press(page, "微信登录");
        await Expect(page.GetByText("请先阅读并同意用户协议和隐私政策")).ToBeVisibleAsync();
        await page.CheckAsync("[name=agree]");
        await Press(page, "微信登录");
        await page.ClickAsync("button:has-text('取消')");
        await Expect(page.GetByText("您没有同意微信授权")).ToBeVisibleAsync();
        await Press(page, "返回登录");

        await page.CheckAsync("[name=agree]");
        await Press(page, "微信登录");
        await page.SelectOptionAsync("[name=openid]", "");
        await page.FillAsync("[name=nickname]", $"投标人{number[^4..]}");
        await page.ClickAsync("button:has-text('同意')");
        await Expect(Heading(page, "绑定手机号")).ToBeVisibleAsync();
        await page.FillAsync("[name=phone]", number);
        var code = await stage.ReceiveCodeAsync(page, number);
        await page.FillAsync("[name=code]", AccountStage.Other(code));
        await Press(page, "绑定");
        await Expect(page.GetByText("验证码不正确")).ToBeVisibleAsync();
        await phone.LookAsync("account-wechat-number-wrong");
        await page.FillAsync("[name=code]", code);
        await Press(page, "绑定");
        await Expect(page.Locator(".tabs")).ToBeVisibleAsync();
        await phone.GoToAsync("settings/wechat");
        await Expect(page.Locator(".chip", new() { HasText = "已绑定" })).ToBeVisibleAsync();
        await phone.LookAsync("account-wechat-tied");

        // The next time nothing else is asked.
        await phone.GoToAsync("me");
        await AccountStage.LogOutAsync(page);
        await page.CheckAsync("[name=agree]");
        await Press(page, "微信登录");
        await page.FillAsync("[name=nickname]", $"投标人{number[^4..]}");
        await page.ClickAsync("button:has-text('同意')");
        await Expect(page.Locator(".tabs")).ToBeVisibleAsync();

        await phone.GoToAsync("settings/wechat");
        await Press(page, "解除绑定");
        await Expect(page.GetByText("解除微信绑定？")).ToBeVisibleAsync();
        await phone.LookAsync("account-wechat-untie");
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "解除绑定" }).ClickAsync();
        await Expect(page.GetByText("已解除微信绑定")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Locator(".chip", new() { HasText = "未绑定" })).ToBeVisibleAsync();
    }

    /// <summary>What a browser that can install does by itself, but never in a test.</summary>
    private static Task OfferAsync(IPage page, string outcome) => page.EvaluateAsync("""
        outcome => {
          const offer = new Event('beforeinstallprompt', { cancelable: true });
          offer.prompt = () => Promise.resolve();
          offer.userChoice = Promise.resolve({ outcome });
          dispatchEvent(offer);
        }
        """, outcome);

    private const string ReadPicture = """
        async png => {
          const file = new File([Uint8Array.from(atob(png), c => c.charCodeAt(0))], 'qr.png', { type: 'image/png' });
          const input = { files: [file], value: '' };
          return (await import('/app/js/scanner.js')).readPicture(input);
        }
        """;
}
