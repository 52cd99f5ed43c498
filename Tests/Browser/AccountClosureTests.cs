using Bzt.Contracts;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>What an account may end with: texts that changed and are agreed to or not, and 注销账号.</summary>
[Collection(AccountCollection.Name)]
public sealed class AccountClosureTests(AccountStage stage)
{
    private readonly EmbeddedSystem system = stage.System;

    [Fact]
    [Trait("Feature", "M076"), Trait("Surface", "screen")]
    public async Task A_new_version_is_asked_for_and_a_closed_account_is_gone()
    {
        using var person = await system.LoggedInPhoneAsync();
        await File.WriteAllTextAsync(Path.Combine(stage.LegalFolder, "privacy-policy.txt"), "版本：1.1\n日期：2026-12-01\n标题：隐私政策\n\n新的内容。\n");
        await system.RestartAsync();
        await using var phone = await PreparedPhone.OpenAsync(system, person);
        var page = phone.Page;

        // Nothing goes on before it is agreed to, on any screen, and reloading does not help.
        await Expect(page.GetByText("以下内容已更新，请阅读。同意后继续使用。")).ToBeVisibleAsync();
        await page.ClickAsync("text=《隐私政策》");
        await Expect(page.GetByText("新的内容。")).ToBeVisibleAsync();
        await phone.LookAsync("account-consent");
        await Press(page, "关闭");
        await phone.OpenAppAsync("settings");
        await Expect(Heading(page, "协议与隐私")).ToBeVisibleAsync();
        await Press(page, "同意并继续");
        await Expect(Heading(page, "设置")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(Heading(page, "设置")).ToBeVisibleAsync();

        // 主题 and 大字 stay over a reload.
        await page.ClickAsync("text=主题与文字");
        await page.CheckAsync("[name=theme][value=dark]");
        await page.CheckAsync("[name=text-size][value=larger]");
        await phone.LookAsync("account-display");
        await page.ReloadAsync();
        await Expect(page.Locator("[name=theme][value=dark]")).ToBeCheckedAsync();
        Assert.Equal("dark larger", await page.EvaluateAsync<string>("() => `${document.documentElement.dataset.theme} ${document.documentElement.dataset.text}`"));
        await page.CheckAsync("[name=theme][value=system]");
        await page.CheckAsync("[name=text-size][value=normal]");

        await phone.GoToAsync("settings/close");
        await Expect(page.GetByText("依法保留")).ToBeVisibleAsync();
        await phone.LookAsync("account-close");
        await Press(page, "注销账号");
        await Expect(page.GetByText("请先勾选")).ToBeVisibleAsync();
        var code = await stage.ReceiveCodeAsync(page, person.Person.Phone);
        await page.FillAsync("[name=code]", AccountStage.Other(code));
        await page.CheckAsync("[name=understood]");
        await Press(page, "注销账号");
        await page.GetByRole(AriaRole.Alertdialog).GetByText("注销账号", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByText("验证码不正确")).ToBeVisibleAsync();
        await page.FillAsync("[name=code]", code);
        await Press(page, "注销账号");
        await phone.LookAsync("account-close-ask");
        await page.GetByRole(AriaRole.Alertdialog).GetByText("注销账号", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByText("账号已注销")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();
        person.Reconnect();
        await ClaimSteps.RefusedAsync(ErrorCodes.Unauthenticated, person.MeAsync);
    }
}
