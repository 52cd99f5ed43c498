using Bzt.Tests.Embedded;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>实名认证 over the provider's page, and what waits for it.</summary>
[Collection(AccountCollection.Name)]
public sealed class AccountRealNameTests(AccountStage stage)
{
    private readonly EmbeddedSystem system = stage.System;

    [Fact]
    [Trait("Feature", "M014"), Trait("Feature", "M015"), Trait("Feature", "M016"), Trait("Feature", "M017"), Trait("Surface", "screen")]
    public async Task Everything_waits_for_the_name_a_face_that_is_not_theirs_proves_nothing_and_Alipay_does()
    {
        using var person = await system.LoggedInPhoneAsync();
        await using var phone = await PreparedPhone.OpenAsync(system, person);
        var page = phone.Page;

        // 开始扫码, 证书管理, 新增证书, 认领企业: the same answer everywhere, and where it leads.
        await Expect(Heading(page, "您好")).ToBeVisibleAsync();
        foreach (var (place, title) in ((string, string)[])[("scan", "扫码"), ("certificates", "证书管理"), ("certificates/new", "新增证书"), ("enterprise", "搜索企业")])
        {
            await phone.GoToAsync(place);
            await Expect(Heading(page, title)).ToBeVisibleAsync();
            await Expect(page.GetByText("尚未实名认证，无法操作").First).ToBeVisibleAsync();
        }

        await phone.LookAsync("account-real-name-needed");
        await page.ClickAsync("text=去实名认证");
        await Expect(page.GetByText("任选其一即可")).ToBeVisibleAsync();
        await Expect(page.Locator("a.row")).ToHaveCountAsync(3);
        await phone.LookAsync("account-real-name-ways");

        // 中金认证: the face is agreed to apart; another face is refused.
        await page.ClickAsync("text=中金认证");
        await Press(page, "开始认证");
        await Expect(page.GetByText("须先同意处理人脸信息")).ToBeVisibleAsync();
        await Expect(page.GetByText("请输入身份证号码")).ToBeVisibleAsync();
        await phone.LookAsync("account-real-name-face");
        await page.FillAsync("[name=id-number]", person.Person.IdNumber[..17]);
        await Expect(page.GetByText("身份证号不正确，请核对")).ToBeVisibleAsync();
        await page.FillAsync("[name=name]", person.Person.Name);
        await page.FillAsync("[name=id-number]", person.Person.IdNumber);
        await page.CheckAsync("[name=face-consent]");
        await Press(page, "开始认证");
        await Press(page, "他人面对镜头");
        await Expect(page.GetByText("认证未通过，请核对姓名和身份证号后由本人重新认证")).ToBeVisibleAsync();
        await phone.LookAsync("account-real-name-refused");

        // 支付宝认证, there and back, with a change of mind on the way; the gateway restarts meanwhile.
        await page.ClickAsync("text=支付宝认证");
        await page.FillAsync("[name=name]", person.Person.Name);
        await page.FillAsync("[name=id-number]", person.Person.IdNumber);
        await Press(page, "开始认证");
        await page.ClickAsync("text=稍后再说");
        await Expect(page.GetByText("等待认证结果")).ToBeVisibleAsync();
        await phone.LookAsync("account-real-name-waiting");
        await system.RestartAsync();
        await phone.OpenAppAsync("real-name");
        await Press(page, "继续认证");
        await page.ClickAsync("text=同意并刷脸认证");
        await Expect(page.GetByText("认证通过")).ToBeVisibleAsync();
        await phone.LookAsync("account-real-name-done");

        await page.ReloadAsync();
        await Expect(page.GetByText($"{person.Person.Name[..1]}**")).ToBeVisibleAsync();
        await phone.GoToAsync("real-name");
        await Expect(page.GetByText("支付宝认证")).ToBeVisibleAsync();
        await phone.GoToAsync("certificates");
        await Expect(page.GetByText("还没有证书")).ToBeVisibleAsync();

        // The consent to face data can be taken back.
        await phone.GoToAsync("settings/face");
        await Press(page, "撤回同意");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Alertdialog).GetByText("撤回同意").ClickAsync();
        await Expect(page.GetByText("已撤回", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    [Trait("Feature", "M015"), Trait("Surface", "screen")]
    public async Task The_face_before_the_camera_proves_the_name()
    {
        using var person = await system.LoggedInPhoneAsync();
        await using var phone = await PreparedPhone.OpenAsync(system, person, "real-name/face");
        var page = phone.Page;
        await page.FillAsync("[name=name]", person.Person.Name);
        await page.FillAsync("[name=id-number]", person.Person.IdNumber);
        await page.CheckAsync("[name=face-consent]");
        await Press(page, "开始认证");
        await Press(page, "本人面对镜头");
        await Expect(page.GetByText("认证通过")).ToBeVisibleAsync();
        await Press(page, "完成");
        await page.ReloadAsync();
        await Expect(Heading(page, $"{person.Person.Name[..1]}**")).ToBeVisibleAsync();
    }
}
