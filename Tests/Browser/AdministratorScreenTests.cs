using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Browser;

/// <summary>管理员首页: people, authorisations, the enterprise itself, through the administrator's phone.</summary>
public sealed partial class AdministratorScreenTests
{
    [Fact]
    [Trait("Feature", "M022"), Trait("Feature", "M036"), Trait("Feature", "M037"), Trait("Feature", "M038"), Trait("Feature", "X23"), Trait("Surface", "screen")]
    public async Task People_are_invited_and_removed()
    {
        using var stage = await EnterpriseStage.StartAsync();
        using var bidder = await stage.BidderAsync("城东路道路改造工程施工");
        var person = await stage.PersonAsync();
        await using var phone = await PreparedPhone.OpenAsync(stage.Boss);
        var page = phone.Page;

        await Expect(Heading(page, stage.Name)).ToBeVisibleAsync();
        await Expect(page.Locator(".who").GetByText("管理员")).ToBeVisibleAsync();
        foreach (var tile in (string[])["人员管理", "授权管理", "证书管理", "新增证书"])
        {
            await Expect(page.Locator(".tile", new() { HasText = tile })).ToBeVisibleAsync();
        }

        await phone.LookAsync("home-administrator");
        await Press(page, "人员管理");
        await Expect(Heading(page, "人员管理")).ToBeVisibleAsync();

        // 新增人员: what is wrong is said beside the field; the invited one is shown as waiting, and is asked once.
        await page.ClickAsync("[aria-label=新增]");
        await Press(page, "新增人员");
        await Expect(page.GetByText("请输入11位手机号")).ToBeVisibleAsync();
        await phone.LookAsync("people-invite");
        await InviteAsync(page, person);
        await Expect(page.GetByText("等待接受")).ToBeVisibleAsync();
        await page.ClickAsync("[aria-label=新增]");
        await InviteAsync(page, person);
        await Expect(page.GetByText("已邀请该手机号，请等待对方处理或先撤回")).ToBeVisibleAsync();
        await Press(page, "返回");
        await phone.LookAsync("people");

        var invitation = Assert.Single(await person.Client.GetInvitationsAsync());
        await person.Client.AcceptInvitationAsync(stage.Code, invitation.InvitationId);
        await page.ReloadAsync();
        await Expect(page.Locator("a.row", new() { HasText = "办事人员" })).ToHaveCountAsync(2);
        await Expect(page.Locator(".chip", new() { HasText = "已加入" })).ToBeVisibleAsync();

        // 左滑 删除人员: bids that nobody could open any more hold it back, and who does not insist has changed nothing.
        var swipe = page.Locator(".swipe", new() { HasText = "138****0002" });
        await swipe.EvaluateAsync("row => { row.scrollLeft = row.scrollWidth; }");
        await phone.LookAsync("people-swiped");
        await swipe.Locator(".swipe-action").ClickAsync();
        await Expect(page.GetByText("此人的授权立即终止")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "删除", Exact = true }).ClickAsync();
        await Expect(page.GetByText("城东路道路改造工程施工")).ToBeVisibleAsync();
        await phone.LookAsync("people-removal-held");
        await Press(page, "暂不删除");
        Assert.Equal(3, (await stage.Boss.Client.GetPeopleAsync(stage.Code)).Members.Count);

        // Its twin in the menu, and this time all the same.
        await swipe.Locator("[aria-haspopup]").ClickAsync();
        await page.Locator(".sheet-rows").GetByText("删除人员").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "删除", Exact = true }).ClickAsync();
        await Press(page, "仍要删除");
        await Expect(page.Locator("a.row", new() { HasText = "办事人员" })).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await Expect(page.Locator("a.row", new() { HasText = "办事人员" })).ToHaveCountAsync(1);
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => bidder.Client.GetPeopleAsync(stage.Code)));
        await Wait.UntilAsync(() => bidder.Client.GetCertificatesAsync(), found => found.Single().State == CertificateState.Revoked);

        // Nobody but the administrator: staff see who belongs to it, and nothing to do about it.
        await using var staff = await stage.OpenAsync(person, $"people/{stage.Code}");
        await Expect(staff.Page.GetByText("人员由企业管理员管理")).ToBeVisibleAsync();
        await Expect(staff.Page.Locator("[aria-label=新增]")).ToHaveCountAsync(0);
        await staff.LookAsync("people-staff");
        await staff.GoToAsync($"people/{stage.Code}/new");
        await InviteAsync(staff.Page, person);
        await Expect(staff.Page.GetByText("没有权限")).ToBeVisibleAsync();
    }

    [Fact]
    [Trait("Feature", "M041"), Trait("Feature", "M042"), Trait("Feature", "M043"), Trait("Feature", "M044"), Trait("Feature", "M045"), Trait("Surface", "screen")]
    public async Task Authorisations_are_granted_by_a_sealed_letter_and_deleted()
    {
        using var stage = await EnterpriseStage.StartAsync();
        var person = await stage.StaffAsync();
        using var reviewer = await TestReviewer.LogInAsync(stage.System);
        await using var phone = await PreparedPhone.OpenAsync(stage.Boss, "");
        var page = phone.Page;

        await Press(page, "授权管理");
        await Expect(page.GetByText("还没有授权")).ToBeVisibleAsync();
        await phone.LookAsync("authorisations-empty");

        // 新增授权: nothing is submitted before all is chosen.
        await page.GetByRole(AriaRole.Link, new() { Name = "新增授权" }).First.ClickAsync();
        await Press(page, "确认");
        await Expect(page.GetByText("请选择人员")).ToBeVisibleAsync();
        await Expect(page.GetByText("请选择交易平台、CA机构和有效期")).ToBeVisibleAsync();
        await Expect(page.GetByText("请至少选择一项权限")).ToBeVisibleAsync();
        await page.ClickAsync("[name=person]");
        await page.Locator(".sheet-rows .row").First.ClickAsync();
        await EnterpriseStage.ChooseOfferAsync(page);
        await page.CheckAsync("[name=scope-Login]");
        await page.CheckAsync("[name=scope-Seal]");
        await phone.LookAsync("authorisation-new");
        await Press(page, "确认");
        await Expect(page.GetByText("确认新增授权？")).ToBeVisibleAsync();
        await phone.LookAsync("authorisation-new-confirm");
        await Press(page, "确定");

        await EnterpriseStage.SealAsync(phone, "letter");
        await phone.LookAsync("letter-submitted");
        var application = Guid.Parse(InAddress().Match(page.Url).Groups[1].Value);
        await reviewer.ApproveAsync(application);

        // The person is told, and downloads.
        await using (var staff = await stage.OpenAsync(person, "messages"))
        {
            await staff.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("证书申请已通过，请下载证书") }).ClickAsync();
            await Expect(staff.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("下载") })).ToBeVisibleAsync();
            await staff.Page.ReloadAsync();
            await Expect(staff.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("下载") })).ToBeVisibleAsync();
        }

        await person.Phone.PayForAsync(stage.System, application);
        Assert.IsType<DownloadOutcome.Active>(await person.Client.DownloadAsync(application, CertifiedPhone.Pin));
        await Wait.UntilAsync(() => stage.Boss.Client.GetAuthorisationsAsync(stage.Code), grants => grants.Count == 1);
        await stage.GrantAsync(person.Id, "jingzhou-ggzy", null, AuthorisationScope.Login);
        await stage.GrantAsync(person.Id, "jingmen-ggzy", null, AuthorisationScope.Login, AuthorisationScope.Encrypt);

        // 按交易平台
        await phone.GoToAsync($"authorisations/{stage.Code}");
        await Expect(page.Locator("a.row", new() { HasText = "1 项有效" })).ToHaveCountAsync(3);
        await phone.LookAsync("authorisations");
        await page.ClickAsync($"a.row:has-text('{CertifiedPhone.PlatformName}')");
        await Expect(page.GetByText("登录、签章")).ToBeVisibleAsync();
        await DeleteAsync(page);
        await Expect(page.GetByText("已终止")).ToBeVisibleAsync();
        await phone.LookAsync("authorisation-history");
        Assert.Equal(2, (await stage.Boss.Client.GetAuthorisationsAsync(stage.Code)).Count(grant => grant.InForce));

        // 按人员
        await Press(page, "返回");
        await Press(page, "按人员");
        await page.ClickAsync("a.row:has-text('2 项有效')");
        await phone.LookAsync("authorisation-person");
        await Press(page, "全部删除");
        await page.GetByRole(AriaRole.Button, new() { Name = "删除", Exact = true }).ClickAsync();
        await Expect(page.Locator(".chip", new() { HasText = "已终止" })).ToHaveCountAsync(3);
        await page.ReloadAsync();
        await Expect(page.Locator(".chip", new() { HasText = "已终止" })).ToHaveCountAsync(3);
        Assert.DoesNotContain(await stage.Boss.Client.GetAuthorisationsAsync(stage.Code), grant => grant.InForce);

        // Staff see what they themselves may do, and nothing to do about it.
        await using var other = await stage.OpenAsync(person);
        await Press(other.Page, "我的授权");
        await Expect(other.Page.Locator(".chip", new() { HasText = "已终止" })).ToHaveCountAsync(3);
        await Expect(other.Page.Locator("[aria-haspopup]")).ToHaveCountAsync(0);
        await other.GoToAsync($"authorisations/{stage.Code}");
        await Expect(other.Page.Locator("a.row")).ToHaveCountAsync(3);
        await Expect(other.Page.Locator("[aria-label=新增授权]")).ToHaveCountAsync(0);
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => person.Client.RevokeAuthorisationsOfMemberAsync(stage.Code, person.Id)));
    }

    private static async Task DeleteAsync(IPage page)
    {
        await page.Locator(".swipe [aria-haspopup]").First.ClickAsync();
        await page.Locator(".sheet-rows").GetByText("删除授权").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "删除", Exact = true }).ClickAsync();
    }

    private static async Task InviteAsync(IPage page, Enterprises.Person person)
    {
        await page.FillAsync("[name=name]", person.Phone.Person.Name);
        await page.FillAsync("[name=phone]", person.Phone.Person.Phone);
        await Press(page, "新增人员");
    }

    [GeneratedRegex("applications/([0-9a-f-]{36})")]
    private static partial Regex InAddress();
}
