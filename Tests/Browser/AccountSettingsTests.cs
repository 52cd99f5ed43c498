using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>我的 and 设置, on a phone with a certificate.</summary>
[Collection(AccountCollection.Name)]
public sealed class AccountSettingsTests(AccountStage stage)
{
    private const string NewPin = "604817";
    private readonly EmbeddedSystem system = stage.System;

    [Fact]
    [Trait("Feature", "M018"), Trait("Feature", "M020"), Trait("Feature", "M021"), Trait("Feature", "M075"), Trait("Feature", "M076"), Trait("Feature", "X22"), Trait("Surface", "screen")]
    public async Task The_number_the_PIN_the_devices_and_the_messages_that_tell_of_them()
    {
        using var certified = await CertifiedPhone.ActiveAsync(system);
        await using var phone = await PreparedPhone.OpenAsync(certified, "me");
        var page = phone.Page;

        // 咨询电话 and product information.
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("咨询电话") })).ToHaveAttributeAsync("href", $"tel:{AccountStage.ConsultationPhone}");
        await phone.LookAsync("account-me");
        await page.ClickAsync("text=关于标证通");
        await Expect(page.GetByText("取代CA锁")).ToBeVisibleAsync();
        await phone.LookAsync("account-about", large: true);
        await page.GoBackAsync();
        await Expect(Heading(page, "我的")).ToBeVisibleAsync();

        await ChangePinAsync(phone, certified);
        var number = await ChangeNumberAsync(phone, certified);
        await ForgottenPinAsync(phone, certified, number);
        await DevicesAsync(phone, certified.Phone.Person with { Phone = number });

        // A certificate is in the way of closing the account; the data can be had.
        await phone.GoToAsync("settings/close");
        await Expect(page.GetByText("注销前须先处理")).ToBeVisibleAsync();
        await Expect(page.GetByText("电子签名法").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "注销账号" })).ToHaveCountAsync(0);
        await phone.LookAsync("account-close-blocked");
        await ExportAsync(phone, certified.Phone.Person.Name, number);
    }

    /// <summary>修改证书PIN码: a wrong code, a wrong old PIN, then done.</summary>
    private async Task ChangePinAsync(PhoneBrowser phone, CertifiedPhone certified)
    {
        var page = phone.Page;
        await phone.GoToAsync("settings/pin");
        var code = await stage.ReceiveCodeAsync(page, certified.Phone.Person.Phone);
        await page.FillAsync("[name=code]", AccountStage.Other(code));
        await Press(page, "下一步");
        await Expect(page.GetByText("验证码不正确")).ToBeVisibleAsync();
        await page.FillAsync("[name=code]", code);
        await Press(page, "下一步");
        await Expect(page.GetByText("请输入原PIN码")).ToBeVisibleAsync();
        await EnterPinAsync(page, CertifiedPhone.WrongPin);
        await Expect(page.GetByText("设置新的6位PIN码")).ToBeVisibleAsync();
        await EnterPinAsync(page, "123456");
        await Expect(page.GetByText("过于简单")).ToBeVisibleAsync();
        await EnterPinAsync(page, NewPin);
        await Expect(page.GetByText("再输入一次")).ToBeVisibleAsync();
        await EnterPinAsync(page, NewPin);
        await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        await phone.LookAsync("account-pin-old-wrong");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("PIN码已修改")).ToBeVisibleAsync();
        await phone.LookAsync("account-pin-done");
        await Press(page, "完成");
    }

    /// <summary>更换手机号, confirmed with the PIN that has just been changed.</summary>
    private async Task<string> ChangeNumberAsync(PhoneBrowser phone, CertifiedPhone certified)
    {
        var page = phone.Page;
        var number = EmbeddedSystem.NextPerson().Phone;
        using var other = await system.LoggedInPhoneAsync();
        await page.ClickAsync("text=更换手机号");

        // Somebody else's number, in hand for the moment.
        await page.FillAsync("[name=new-phone]", other.Person.Phone);
        await page.FillAsync("[name=code]", await stage.ReceiveCodeAsync(page, other.Person.Phone));
        await Press(page, "完成");
        await Expect(page.GetByText("该手机号已属于其他账号")).ToBeVisibleAsync();
        await phone.LookAsync("account-number-taken");
        await page.ReloadAsync();

        await page.FillAsync("[name=new-phone]", number);
        await page.FillAsync("[name=code]", await stage.ReceiveCodeAsync(page, number));
        await Press(page, "完成");
        await Expect(Heading(page, "确认更换手机号")).ToBeVisibleAsync();
        await Expect(page.GetByText($"{number[..3]}****{number[7..]}")).ToBeVisibleAsync();
        await phone.LookAsync("account-number-confirm");
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        await EnterPinAsync(page, NewPin);
        await Expect(page.GetByText("手机号已更换")).ToBeVisibleAsync();
        await system.RestartAsync();
        await phone.OpenAppAsync("settings");
        await Expect(page.GetByText($"{number[..3]}****{number[7..]}")).ToBeVisibleAsync();
        return number;
    }

    /// <summary>忘记原PIN码 (X22): proof, code, a day, a new PIN; across reloads.</summary>
    private async Task ForgottenPinAsync(PhoneBrowser phone, CertifiedPhone certified, string number)
    {
        var page = phone.Page;
        system.Clock.Advance(TimeSpan.FromMinutes(15));
        await page.ClickAsync("text=修改证书PIN码");
        await page.ClickAsync("text=忘记原PIN码");
        await Expect(page.GetByText("为防冒用，24 小时后才能设置新PIN码；期间您可在任一设备撤回。")).ToBeVisibleAsync();
        await phone.LookAsync("account-pin-reset");
        await Press(page, "重新实名认证");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^银行卡四要素认证") }).ClickAsync();
        await AccountStage.FillCardAsync(page, certified.Phone.Person);
        await Expect(page.GetByText("认证通过")).ToBeVisibleAsync();
        await Press(page, "继续");
        var code = await stage.ReceiveCodeAsync(page, number);
        await page.FillAsync("[name=code]", AccountStage.Other(code));
        await Press(page, "提交申请");
        await Expect(page.GetByText("验证码不正确")).ToBeVisibleAsync();
        await page.FillAsync("[name=code]", code);
        await Press(page, "提交申请");
        await Expect(page.GetByText("后可设置新PIN码")).ToBeVisibleAsync();
        await phone.LookAsync("account-pin-reset-waiting");
        await page.ReloadAsync();
        await Expect(page.GetByText("后可设置新PIN码")).ToBeVisibleAsync();

        // The message about it leads back here; one that is not there is said not to be.
        await phone.GoToAsync("messages/none");
        await Expect(page.GetByText("这条消息已不存在")).ToBeVisibleAsync();
        await phone.GoToAsync("messages");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("有人申请重置PIN码") }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "查看PIN码重置" })).ToBeVisibleAsync();
        await phone.LookAsync("account-message-pin-reset");
        system.Clock.Advance(TimeSpan.FromHours(24));
        await Press(page, "查看PIN码重置");
        await Press(page, "设置新PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("再输入一次")).ToBeVisibleAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("新PIN码已设置")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("新PIN码已设置")).ToBeVisibleAsync();
    }

    /// <summary>What a limited phone is not told it does not deny, sells nothing in its place, and leads out of being limited.</summary>
    private static async Task LimitedAsync(PhoneBrowser limited)
    {
        var page = limited.Page;
        var prove = page.GetByRole(AriaRole.Link, new() { Name = "重新实名认证" });
        await Expect(prove).ToBeVisibleAsync();
        await Expect(page.GetByText("0 张")).ToHaveCountAsync(0);

        await limited.GoToAsync("");
        await Expect(prove).ToBeVisibleAsync();
        await Expect(page.GetByText("认领企业并申请企业证书")).ToHaveCountAsync(0);
        await limited.LookAsync("home-limited");
        await Press(page, "证书管理");
        await Expect(Heading(page, "证书管理")).ToBeVisibleAsync();
        await Expect(prove).ToBeVisibleAsync();
        await Expect(page.Locator("[href='certificates/new']")).ToHaveCountAsync(0);
        await limited.LookAsync("certificates-limited");
        await limited.GoToAsync("certificates/new");
        await Expect(prove).ToBeVisibleAsync();
        await Expect(page.Locator("[name=type]")).ToHaveCountAsync(0);
        await prove.ClickAsync();
        await Expect(Heading(page, "实名认证")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("银行卡") })).ToBeVisibleAsync();
    }

    /// <summary>A second phone is limited, told of, and logged out from here.</summary>
    private async Task DevicesAsync(PhoneBrowser phone, TestPerson person)
    {
        var page = phone.Page;
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var second = await system.LoggedInPhoneAsync(person);
        Assert.True(second.Login!.Limited);
        await using (var limited = await PreparedPhone.OpenAsync(system, second, "me"))
        {
            await Expect(limited.Page.Locator(".chip", new() { HasText = "这台手机受限" })).ToBeVisibleAsync();
            // What is on the other phone could be recovered: asked over whatever is open, and once.
            await Press(limited.Page, "以后再说");
            await Expect(limited.Page.Locator("dialog[open]")).ToHaveCountAsync(0);
            await limited.LookAsync("account-me-limited");
            await LimitedAsync(limited);
            await limited.GoToAsync("settings/number");
            await limited.Page.FillAsync("[name=new-phone]", EmbeddedSystem.NextPerson().Phone);
            await limited.Page.Locator(".field-end").ClickAsync();
            await Expect(limited.Page.GetByRole(AriaRole.Alert).GetByText("账号已在另一台手机上使用")).ToBeVisibleAsync();
        }

        await phone.GoToAsync("messages");
        await Press(page, "未读");
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("未读") }).First).ToBeVisibleAsync();
        await phone.LookAsync("account-messages-unread");
        await phone.GoToAsync("settings/devices");
        await Expect(page.Locator(".chip", new() { HasText = "受限" })).ToBeVisibleAsync();
        await phone.LookAsync("account-devices");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^更多操作") }).ClickAsync();
        await page.Locator(".sheet-rows button").ClickAsync();
        await Expect(page.GetByText("退出这台设备的登录？")).ToBeVisibleAsync();
        await phone.LookAsync("account-devices-ask");
        await page.GetByRole(AriaRole.Alertdialog).GetByText("退出该设备").ClickAsync();
        await Expect(page.Locator(".chip", new() { HasText = "已退出" })).ToBeVisibleAsync();
        await ClaimSteps.RefusedAsync(ErrorCodes.Unauthenticated, second.MeAsync);
    }

    private async Task ExportAsync(PhoneBrowser phone, string name, string number)
    {
        var page = phone.Page;
        await phone.GoToAsync("settings/export");
        var code = await stage.ReceiveCodeAsync(page, number);
        await page.FillAsync("[name=code]", AccountStage.Other(code));
        await Press(page, "导出");
        await Expect(page.GetByText("验证码不正确")).ToBeVisibleAsync();
        await page.FillAsync("[name=code]", code);
        await Press(page, "导出");
        await Expect(page.GetByText("数据已准备好")).ToBeVisibleAsync();
        await phone.LookAsync("account-export-done");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("a[download]"));
        Assert.Equal("标证通个人数据.json", download.SuggestedFilename);
        await using var content = await download.CreateReadStreamAsync();
        using var document = await System.Text.Json.JsonDocument.ParseAsync(content);
        Assert.Equal((name, number), (document.RootElement.GetProperty("name").GetString(), document.RootElement.GetProperty("phoneNumber").GetString()));
    }
}
