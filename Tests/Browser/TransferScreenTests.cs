using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Simulators.Licences;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Browser;

/// <summary>Who manages an enterprise, on both phones: invitation, 转授管理员, replacement by paper, 变更企业信息.</summary>
public sealed class TransferScreenTests
{
    [Fact]
    [Trait("Feature", "M022"), Trait("Feature", "M023"), Trait("Feature", "M026"), Trait("Feature", "M037"), Trait("Feature", "M040"), Trait("Surface", "screen")]
    public async Task The_administrator_is_handed_over_and_there_is_always_one()
    {
        using var stage = await EnterpriseStage.StartAsync();
        var person = await stage.PersonAsync();
        var wrong = await stage.Boss.Client.InviteAsync(stage.Code, person.Invitation("赵钱孙"));
        await using var member = await stage.OpenAsync(person);

        // An invitation in another's name is not accepted; the right one is.
        await member.Page.Locator(".card a.row", new() { HasText = "加入企业邀请" }).ClickAsync();
        await Expect(member.Page.GetByText($"{stage.Name} 邀请您加入")).ToBeVisibleAsync();
        await member.LookAsync("invitation");
        await Press(member.Page, "接受");
        await Expect(member.Page.GetByText("邀请的姓名与您的实名信息不一致")).ToBeVisibleAsync();
        await Press(member.Page, "谢绝");
        await Expect(member.Page.GetByText("确认谢绝这个邀请？")).ToBeVisibleAsync();
        await member.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "谢绝" }).ClickAsync();
        await Expect(member.Page.GetByText("管理员会收到通知。")).ToBeVisibleAsync();
        await member.Page.ReloadAsync();
        await Expect(member.Page.GetByRole(AriaRole.Heading, new() { Name = "已谢绝" })).ToBeVisibleAsync();
        await member.LookAsync("invitation-declined");
        Assert.Null(await person.RoleAsync(stage.Code));
        Assert.Equal(InvitationState.Declined, Assert.Single((await stage.Boss.Client.GetPeopleAsync(stage.Code)).Invitations, one => one.InvitationId == wrong.InvitationId).State);
        var right = await stage.Boss.Client.InviteAsync(stage.Code, person.Invitation());
        await Wait.UntilAsync(() => person.Client.GetInvitationsAsync(), found => found.Any(one => one.InvitationId == right.InvitationId));
        await member.GoToAsync($"invitations/{right.InvitationId}");
        await Press(member.Page, "接受");
        await Expect(member.Page.GetByText("已加入企业")).ToBeVisibleAsync();
        await member.LookAsync("invitation-accepted");
        await Press(member.Page, "完成");
        await Expect(member.Page.Locator(".who").GetByText("办事人员")).ToBeVisibleAsync();
        await Expect(member.Page.Locator(".tile", new() { HasText = "人员管理" })).ToHaveCountAsync(0);
        await member.LookAsync("home-staff");

        // He asks for it: only who knows the administrator is heard.
        await member.GoToAsync($"enterprises/{stage.Code}/wish");
        await member.Page.FillAsync("[name=administrator-name]", stage.Boss.Phone.Person.Name);
        await member.Page.FillAsync("[name=administrator-phone]", "13900000000");
        await Press(member.Page, "发送申请");
        await Expect(member.Page.GetByText("管理员信息不匹配")).ToBeVisibleAsync();
        await member.Page.FillAsync("[name=administrator-phone]", stage.Boss.Phone.Person.Phone);
        await Press(member.Page, "发送申请");
        await Expect(member.Page.GetByText("已通知管理员")).ToBeVisibleAsync();

        // 转授管理员: from the message to the PIN.
        await using var boss = await PreparedPhone.OpenAsync(stage.Boss, "messages");
        await boss.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("申请转移管理员") }).ClickAsync();
        await Press(boss.Page, "人员管理");
        await boss.Page.Locator("a.row", new() { HasText = "办事人员" }).ClickAsync();
        await boss.LookAsync("person");
        await Press(boss.Page, "转授管理员");
        await Press(boss.Page, "下一步");
        await Expect(boss.Page.GetByText("请核对将要签名的内容")).ToBeVisibleAsync();
        await boss.LookAsync("transfer-look");
        await Press(boss.Page, "确认，输入PIN码");
        await EnterPinAsync(boss.Page, CertifiedPhone.WrongPin);
        await Expect(boss.Page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        await EnterPinAsync(boss.Page, CertifiedPhone.Pin);
        await Expect(boss.Page.GetByText("等待对方接受")).ToBeVisibleAsync();
        await boss.LookAsync("transfer-waiting");
        Assert.Equal(MemberRole.Administrator, (await stage.Boss.Client.GetMeAsync()).Enterprises.Single().Role);

        // The other phone says no, and both sides see it; the administrator asks once more.
        await member.GoToAsync($"transfer/{stage.Code}");
        await Press(member.Page, "谢绝");
        await member.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "谢绝" }).ClickAsync();
        await Expect(member.Page.GetByText("管理员不变，对方会收到通知。")).ToBeVisibleAsync();
        await member.LookAsync("transfer-declined");
        await Expect(boss.Page.GetByText("对方已谢绝")).ToBeVisibleAsync();
        await boss.GoToAsync($"people/{stage.Code}/{person.Id}/transfer");
        await Press(boss.Page, "下一步");
        await Press(boss.Page, "确认，输入PIN码");
        await EnterPinAsync(boss.Page, CertifiedPhone.Pin);
        await Expect(boss.Page.GetByText("等待对方接受")).ToBeVisibleAsync();

        // Now he takes over.
        await member.GoToAsync("messages");
        await member.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("转授管理员") }).First.ClickAsync();
        await Expect(member.Page.GetByText("请您接任企业管理员")).ToBeVisibleAsync();
        await member.LookAsync("transfer-asked");
        await Press(member.Page, "接任管理员");
        await Expect(member.Page.GetByText("您已成为企业管理员")).ToBeVisibleAsync();
        await member.LookAsync("transfer-done");
        await member.OpenAppAsync();
        await Expect(member.Page.Locator(".who").GetByText("管理员")).ToBeVisibleAsync();

        // The former one is staff on both sides of a reload.
        await Expect(boss.Page.GetByText("管理员已转授")).ToBeVisibleAsync();
        await boss.OpenAppAsync();
        await Expect(boss.Page.Locator(".who").GetByText("办事人员")).ToBeVisibleAsync();
        await boss.GoToAsync($"people/{stage.Code}");
        await Expect(boss.Page.Locator(".chip", new() { HasText = "管理员" })).ToHaveCountAsync(1);
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => stage.Boss.Client.InviteAsync(stage.Code, person.Invitation())));
    }

    [Fact]
    [Trait("Feature", "M028"), Trait("Feature", "M035"), Trait("Feature", "M037"), Trait("Feature", "M039"), Trait("Feature", "M040"), Trait("Feature", "X23"), Trait("Surface", "screen")]
    public async Task Data_are_changed_after_a_warning_and_a_licence_is_read()
    {
        // A system of its own: what the licence reader sees next is for everybody on it, and the clock is moved.
        await using var system = await PhoneBrowser.StartSystemAsync();
        using var stage = await EnterpriseStage.StartAsync(system);
        await stage.EncryptAsync(stage.Boss, "滨江公园改造工程施工");
        await using var phone = await PreparedPhone.OpenAsync(stage.Boss, $"people/{stage.Code}");
        var page = phone.Page;

        // The enterprise's name leads to its data; the warning names what could not be opened any more.
        await page.ClickAsync($"a.row:has-text('{stage.Name}')");
        await Expect(Heading(page, "企业信息")).ToBeVisibleAsync();
        await Expect(page.GetByText("认领企业")).ToBeVisibleAsync();
        await phone.LookAsync("enterprise-info");
        await Press(page, "变更企业信息");
        await Expect(page.GetByText("企业信息一经变更，不能恢复，无法解密原有文件！")).ToBeVisibleAsync();
        await Expect(page.GetByText("滨江公园改造工程施工")).ToBeVisibleAsync();
        await phone.LookAsync("enterprise-change-warning");
        await Press(page, "暂不变更");
        await Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);
        await Press(page, "变更企业信息");
        await Press(page, "仍要变更");

        // 第一步: a licence of another enterprise is told, the right one fills the fields, and the user has the last word.
        await Expect(Heading(page, "变更企业信息")).ToBeVisibleAsync();
        var (_, other) = ClaimSteps.NextEnterprise();
        await stage.System.Simulators.ShowLicenceAsync(new LicenceText("别家有限公司", other, "李四"));
        await UploadAsync(page, "licence");
        await Expect(page.GetByText($"照片上的信用代码是 {other}")).ToBeVisibleAsync();
        await Expect(page.Locator("[name=enterprise-name]")).ToHaveValueAsync(stage.Name);
        await phone.LookAsync("claim-other-licence");
        var renamed = stage.Name + "（集团）";
        await stage.System.Simulators.ShowLicenceAsync(new LicenceText(renamed, stage.Code, "李四"));
        await UploadAsync(page, "licence", turn: true);
        await Expect(page.GetByText("已按照片填写")).ToBeVisibleAsync();
        await Expect(page.Locator("[name=enterprise-name]")).ToHaveValueAsync(renamed);
        await Press(page, "下一步");
        await Expect(page.GetByText("请输入身份证号码")).ToBeVisibleAsync();
        await page.FillAsync("[name=legal-id]", stage.Boss.Phone.Person.IdNumber);
        await phone.LookAsync("claim-read");
        await page.ReloadAsync();
        await Expect(page.Locator("[name=enterprise-name]")).ToHaveValueAsync(renamed);
        await Press(page, "下一步");
        await EnterpriseStage.ChooseOfferAsync(page);
        await Press(page, "下一步");
        await FormSteps.UploadSealedFormAsync(page);
        await Press(page, "提交申请");
        await Expect(page.Locator(".chip", new() { HasText = "待CA审核" })).ToBeVisibleAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var change = Assert.Single(await stage.Boss.Client.GetApplicationsAsync(), found => found.Kind == ApplicationKind.EnterpriseChange).ApplicationId;
        await reviewer.RejectAsync(change, "执照与申请书名称不一致");
        await Expect(page.GetByText("执照与申请书名称不一致").First).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("执照与申请书名称不一致").First).ToBeVisibleAsync();
        Assert.Equal(stage.Name, (await stage.Boss.Client.FindEnterpriseAsync(stage.Code)).Name);

        // Corrected, paid and downloaded: from then on the enterprise has its new name.
        await Press(page, "重新申请");
        await UploadAsync(page, "licence");
        await Expect(page.Locator("[name=enterprise-name]")).ToHaveValueAsync(renamed);
        await page.FillAsync("[name=legal-name]", "李四");
        await page.FillAsync("[name=legal-id]", stage.Boss.Phone.Person.IdNumber);
        await Press(page, "下一步");
        await Press(page, "下一步");
        await FormSteps.UploadSealedFormAsync(page);
        await Press(page, "提交申请");
        await Expect(page.GetByRole(AriaRole.Alertdialog).GetByText("滨江公园改造工程施工")).ToBeVisibleAsync();
        await Press(page, "仍要变更");
        await Expect(page.Locator(".chip", new() { HasText = "待CA审核" })).ToBeVisibleAsync();
        await reviewer.ApproveAsync(change);
        await Expect(page.Locator(".chip", new() { HasText = "待付费" })).ToBeVisibleAsync();
        await CertificateSteps.PayAsync(page);
        await CertificateSteps.DownloadAsync(page);
        await phone.GoToAsync($"enterprises/{stage.Code}");
        await Expect(page.GetByText(renamed).First).ToBeVisibleAsync();
        await phone.LookAsync("enterprise-changed");

        // An administrator who cannot be reached: the same way, under the name that is registered.
        var next = await stage.PersonAsync();
        await using var replacing = await stage.OpenAsync(next, $"enterprise?code={stage.Code}");
        await replacing.Page.ClickAsync("text=管理员联系不上");
        await Expect(Heading(replacing.Page, "更换管理员")).ToBeVisibleAsync();
        await Expect(replacing.Page.Locator("[name=enterprise-name]")).ToHaveValueAsync(renamed);
        await replacing.LookAsync("replacement");
        await system.Simulators.ShowLicenceAsync(new LicenceText(renamed, stage.Code, "李四"));
        await UploadAsync(replacing.Page, "licence");
        await Expect(replacing.Page.GetByText("已按照片填写")).ToBeVisibleAsync();
        await replacing.Page.FillAsync("[name=legal-id]", next.Phone.Person.IdNumber);
        await Press(replacing.Page, "下一步");
        await EnterpriseStage.ChooseOfferAsync(replacing.Page);
        await Press(replacing.Page, "下一步");
        await FormSteps.UploadSealedFormAsync(replacing.Page);
        await Press(replacing.Page, "提交申请");
        await Expect(replacing.Page.Locator(".chip", new() { HasText = "待CA审核" })).ToBeVisibleAsync();
        Assert.Equal(MemberRole.Administrator, Assert.Single((await stage.Boss.Client.GetMeAsync()).Enterprises).Role);

        // What nobody took in time is over, and says so: an invitation, a remittance.
        var invited = await stage.Boss.Client.InviteAsync(stage.Code, next.Invitation());
        var remittance = await next.Client.BeginRemittanceAsync(stage.Code, new RemittanceRequest(Guid.NewGuid(), renamed, "123456", Agreed: true));
        system.Clock.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        await replacing.OpenAppAsync($"remittances/{remittance.RemittanceId}");
        await Expect(replacing.Page.GetByText("规定时间内没有收到正确的汇款")).ToBeVisibleAsync();
        await system.Simulators.RemitAsync(remittance.RemittanceId, renamed, "42050000000123456", remittance.AmountFen);
        await Expect(replacing.Page.GetByText("请重新申请后再汇款")).ToBeVisibleAsync();
        await replacing.LookAsync("remittance-late");
        Assert.Null(await next.RoleAsync(stage.Code));
        system.Clock.Advance(TimeSpan.FromDays(5));
        await replacing.OpenAppAsync($"invitations/{invited.InvitationId}");
        await Expect(replacing.Page.GetByText("已过期").First).ToBeVisibleAsync();
        await Expect(replacing.Page.GetByRole(AriaRole.Button, new() { Name = "接受" })).ToHaveCountAsync(0);
        await phone.OpenAppAsync($"people/{stage.Code}");
        await Expect(page.Locator(".chip", new() { HasText = "已过期" })).ToBeVisibleAsync();

        // The CA found the new form good: with its certificate the other one is administrator, and the former one is staff.
        using var later = await TestReviewer.LogInAsync(system);
        await later.ApproveAsync(Assert.Single(await next.Client.GetApplicationsAsync(), found => found.Kind == ApplicationKind.AdministratorReplacement).ApplicationId);
        await replacing.OpenAppAsync("certificates");
        await replacing.Page.GetByRole(AriaRole.Link, new() { Name = "付费并下载" }).ClickAsync();
        await CertificateSteps.PayAsync(replacing.Page);
        await CertificateSteps.DownloadAsync(replacing.Page);
        await replacing.OpenAppAsync();
        await Expect(replacing.Page.Locator(".who").GetByText("管理员")).ToBeVisibleAsync();
        await replacing.LookAsync("replacement-done");
        await phone.OpenAppAsync();
        await Expect(page.Locator(".who").GetByText("办事人员")).ToBeVisibleAsync();
    }

    private static async Task UploadAsync(IPage page, string purpose, bool turn = false)
    {
        await page.SetInputFilesAsync($"[name={purpose}]", new FilePayload { Name = "photo.jpg", MimeType = "image/jpeg", Buffer = PaperPhoto.Take(turn ? 1 : -2) });
        await Expect(page.Locator($".field:has([name={purpose}])").GetByText("轻触可重新选择")).ToBeVisibleAsync();
    }
}
