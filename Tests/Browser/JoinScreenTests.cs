using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>加入企业: from a phone without anything to the CA's desk, with the administrator's phone on the other side.</summary>
public sealed class JoinScreenTests
{
    [Fact]
    [Trait("Feature", "M024"), Trait("Feature", "M026"), Trait("Feature", "M027"), Trait("Feature", "M049"), Trait("Feature", "M050"), Trait("Feature", "M051"), Trait("Surface", "screen")]
    public async Task Somebody_joins_and_the_administrator_first_refuses_then_seals()
    {
        using var stage = await EnterpriseStage.StartAsync();
        var person = await stage.PersonAsync();
        using var reviewer = await TestReviewer.LogInAsync(stage.System);
        await using var phone = await stage.OpenAsync(person);
        var page = phone.Page;

        // Without a certificate every button leads to the first one.
        await Expect(page.GetByText("加入企业并申请企业证书")).ToBeVisibleAsync();
        foreach (var button in (string[])["开始扫码", "证书管理", "新增证书"])
        {
            await Press(page, button);
            await Expect(page.Locator("dialog[open]").GetByText("认领企业并申请企业证书")).ToBeVisibleAsync();
            if (button != "新增证书")
            {
                await page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "关闭" }).ClickAsync();
                await Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);
            }
        }

        await phone.LookAsync("home-first-certificate");
        await page.Locator("dialog[open]").GetByText("加入企业并申请企业证书").ClickAsync();

        // 搜索企业: a wrong check digit; a name nobody has; then a part of the name.
        await Expect(Heading(page, "搜索企业")).ToBeVisibleAsync();
        await page.FocusAsync("[name=credit-code]");
        await page.EvaluateAsync(
            "text => { const data = new DataTransfer(); data.setData('text', text); document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }",
            $" {stage.Code}\n");
        await Expect(page.Locator("[name=credit-code]")).ToHaveValueAsync(stage.Code);
        await page.FillAsync("[name=credit-code]", stage.Code[..17] + (stage.Code[17] == '0' ? '1' : '0'));
        await Press(page, "查询");
        await Expect(page.GetByText("统一社会信用代码校验位不正确")).ToBeVisibleAsync();
        await page.FillAsync("[name=credit-code]", "");
        await page.FillAsync("[name=search-name]", "没有这样的企业");
        await Press(page, "查询");
        await Expect(page.GetByText("没有找到这家企业")).ToBeVisibleAsync();
        await phone.LookAsync("enterprise-none");
        await page.FillAsync("[name=search-name]", stage.Name[2..^4]);
        await Press(page, "查询");
        await page.Locator("button.row", new() { HasText = stage.Name }).ClickAsync();
        var boss = stage.Boss.Phone.Person;
        await Expect(page.GetByText("已认领")).ToBeVisibleAsync();
        await Expect(page.GetByText("139****0000")).ToBeVisibleAsync();
        Assert.DoesNotContain(boss.Phone, await page.InnerTextAsync("#app"), StringComparison.Ordinal);
        await phone.LookAsync("enterprise-claimed");

        // 管理员信息: which of the two is wrong is not said.
        await Press(page, "知道管理员信息并申请加入");
        await page.FillAsync("[name=administrator-name]", "赵钱孙");
        await page.FillAsync("[name=administrator-phone]", boss.Phone);
        await Press(page, "下一步");
        await Expect(page.GetByText("管理员信息不匹配")).ToBeVisibleAsync();
        await phone.LookAsync("join-administrator");
        await page.FillAsync("[name=administrator-name]", boss.Name);
        await Press(page, "下一步");
        await EnterpriseStage.ChooseOfferAsync(page);
        await Press(page, "下一步");
        await Press(page, "提交申请");
        await Expect(page.GetByText("请至少选择一项权限")).ToBeVisibleAsync();
        await page.CheckAsync("[name=scope-Login]");
        await page.CheckAsync("[name=scope-Decrypt]");
        await phone.LookAsync("join-scopes");
        await Press(page, "提交申请");
        await Expect(page.GetByText("待管理员审核").First).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("待管理员审核").First).ToBeVisibleAsync();

        // The administrator says why not; the applicant reads it without touching the screen.
        await using var administrator = await PreparedPhone.OpenAsync(stage.Boss, "messages");
        await administrator.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("加入企业申请") }).ClickAsync();
        await Expect(Heading(administrator.Page, "加入企业申请")).ToBeVisibleAsync();
        await Expect(administrator.Page.GetByText("登录、解密")).ToBeVisibleAsync();
        await administrator.LookAsync("request");
        await Press(administrator.Page, "拒绝");
        await Press(administrator.Page, "确认拒绝");
        await Expect(administrator.Page.GetByText("请填写2至200字的原因")).ToBeVisibleAsync();
        await administrator.LookAsync("request-refuse");
        await administrator.Page.FillAsync("[name=reason]", "请先与我电话联系");
        await Press(administrator.Page, "确认拒绝");
        await Expect(administrator.Page.GetByText("请先与我电话联系")).ToBeVisibleAsync();
        await administrator.Page.ReloadAsync();
        await Expect(administrator.Page.Locator(".chip", new() { HasText = "申请失败" })).ToBeVisibleAsync();
        await administrator.LookAsync("request-handled");
        await Expect(page.GetByText("请先与我电话联系").First).ToBeVisibleAsync();

        // Corrected, agreed to and sealed.
        var application = Assert.Single(await person.Client.GetApplicationsAsync());
        await phone.GoToAsync($"join/{stage.Code}?corrects={application.ApplicationId}");
        await page.FillAsync("[name=administrator-name]", boss.Name);
        await page.FillAsync("[name=administrator-phone]", boss.Phone);
        await Press(page, "下一步");
        await Press(page, "下一步");
        await Press(page, "提交申请");
        await Expect(page.GetByText("待管理员审核").First).ToBeVisibleAsync();
        await administrator.OpenAppAsync();
        await administrator.Page.Locator(".card a.row", new() { HasText = "待管理员审核" }).ClickAsync();
        await Press(administrator.Page, "同意");
        await EnterpriseStage.SealAsync(administrator);
        await page.ReloadAsync();
        await Expect(page.GetByText("待CA审核").First).ToBeVisibleAsync();
        await reviewer.ApproveAsync(application.ApplicationId);
        await person.MessageAsync("加入成功，请下载证书");
    }

    [Fact]
    [Trait("Feature", "M025"), Trait("Feature", "M035"), Trait("Feature", "M049"), Trait("Surface", "screen")]
    public async Task An_enterprise_nobody_claimed_can_be_waited_for_and_joined_by_remittance()
    {
        using var stage = await EnterpriseStage.StartAsync();
        var person = await stage.PersonAsync();
        var (name, code) = ClaimSteps.NextEnterprise();
        await using var phone = await stage.OpenAsync(person, $"enterprise?to=join&code={code}");
        var page = phone.Page;

        await Expect(page.GetByText("须先由企业负责人认领")).ToBeVisibleAsync();
        await Press(page, "有管理员后通知我");
        await Expect(page.GetByText("已登记")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "完成" })).ToBeVisibleAsync();
        await phone.LookAsync("enterprise-unclaimed");

        // 对公打款, and every way it goes wrong.
        await page.ClickAsync("text=对公打款加入（免证书）");
        await page.FillAsync("[name=enterprise-name]", name);
        await page.FillAsync("[name=account-tail]", "12345");
        await Press(page, "获取打款信息");
        await Expect(page.GetByText("请输入账号的最后6位数字")).ToBeVisibleAsync();
        await Expect(page.GetByText("请先勾选“我知晓并同意”")).ToBeVisibleAsync();
        await phone.LookAsync("remittance");
        await page.FillAsync("[name=account-tail]", "123456");
        await page.CheckAsync("[name=agree]");
        await Press(page, "获取打款信息");
        await Expect(page.GetByText("等待到账")).ToBeVisibleAsync();
        await Press(page, "我已汇款");
        await Expect(page.GetByText("尚未收到汇款")).ToBeVisibleAsync();
        await phone.LookAsync("remittance-waiting");

        var id = Guid.Parse(page.Url[^36..]);
        var begun = await person.Client.GetRemittanceAsync(id);
        const string account = "42050000000123456";
        await stage.System.Simulators.RemitAsync(id, name, account, begun.AmountFen + 1);
        await Expect(page.GetByText("金额不符")).ToBeVisibleAsync();
        await stage.System.Simulators.RemitAsync(id, "王二", account, begun.AmountFen);
        await Expect(page.GetByText("账户不符")).ToBeVisibleAsync();
        await phone.LookAsync("remittance-wrong");
        Assert.Null(await person.RoleAsync(code));
        await stage.System.Simulators.RemitAsync(id, name, account, begun.AmountFen);
        await Expect(page.GetByText("认证成功")).ToBeVisibleAsync();
        await stage.System.Simulators.RemitAsync(id, name, account, begun.AmountFen);
        await Expect(page.GetByText("重复汇款")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("认证成功")).ToBeVisibleAsync();
        await phone.LookAsync("remittance-done");

        // A member without a certificate, and nobody's administrator: the first certificate downloaded makes one.
        await Press(page, "完成");
        await Expect(Heading(page, name)).ToBeVisibleAsync();
        await Expect(page.Locator(".who").GetByText("办事人员")).ToBeVisibleAsync();
        await Press(page, "开始扫码");
        await Expect(page.Locator("dialog[open]").GetByText("新增企业证书")).ToBeVisibleAsync();
        await phone.LookAsync("home-member");
        Assert.False((await person.Client.FindEnterpriseAsync(code)).Claimed);
        await phone.GoToAsync($"enterprise?code={stage.Code}");
        await Expect(page.GetByText("已认领")).ToBeVisibleAsync();
        await phone.GoToAsync($"enterprise?code={code}");
        await Expect(page.GetByText("第一位下载企业证书的申请人将成为企业唯一的管理员。")).ToBeVisibleAsync();
    }
}
