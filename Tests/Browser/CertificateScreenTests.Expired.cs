using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.CertificateSteps;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

// After the end: the administrator's way is on paper, the staff's through the administrator.
public sealed partial class CertificateScreenTests
{
    [Fact]
    [Trait("Feature", "M048"), Trait("Feature", "M056"), Trait("Feature", "M061"), Trait("Surface", "screen")]
    public async Task What_has_expired_is_applied_for_again_on_paper_and_through_the_administrator()
    {
        var (boss, enterprise, sealing) = await Applying.AdministratorAsync(system);
        using var owned = boss;
        using var first = await TestReviewer.LogInAsync(system);
        using var staff = await Applying.StaffAsync(system, first, boss, enterprise, sealing);
        var held = Assert.Single(await staff.Client.GetCertificatesAsync()).CertificateId;
        system.Clock.Advance(TimeSpan.FromDays(400));
        await boss.LogInAgainAsync();
        await staff.LogInAgainAsync();
        using var reviewer = await TestReviewer.LogInAsync(system, "审核员丙");

        // M048: a form is printed, sealed on paper and photographed; its seals are confirmed.
        await using var office = await PreparedPhone.OpenAsync(system, boss.Phone, "certificates", [(sealing, boss.Store)]);
        var desk = office.Page;
        await Expect(Chip(desk, "已失效")).ToBeVisibleAsync();
        await Expect(desk.GetByText("须上传新的授权书，原有文件仍可解密，费用 ¥300.00 起", new() { Exact = false })).ToBeVisibleAsync();
        await office.LookAsync("certificates-expired");
        await desk.GetByRole(AriaRole.Link, new() { Name = "重新申请" }).ClickAsync();
        await desk.CheckAsync("[name=years][value='1']");
        await Press(desk, "下一步");
        await Press(desk, "提交申请");
        await Expect(desk.GetByText("请先上传照片")).ToBeVisibleAsync();
        await desk.FillAsync("[name=legal-name]", boss.Phone.Person.Name);
        await desk.FillAsync("[name=legal-id]", boss.Phone.Person.IdNumber);
        await Press(desk, "下载申请书模板");
        await Expect(desk.GetByRole(AriaRole.Link, new() { NameRegex = new("证书申请书") })).ToBeVisibleAsync();
        await FormSteps.UploadSealedFormAsync(desk);
        await office.LookAsync("reapply-form");
        await Press(desk, "提交申请");
        await Expect(Chip(desk, "待CA审核")).ToBeVisibleAsync();
        await desk.ReloadAsync();
        await Expect(Chip(desk, "待CA审核")).ToBeVisibleAsync();
        var paper = Assert.Single(await boss.Client.GetApplicationsAsync(), known => known.Kind == ApplicationKind.Reapplication);
        await reviewer.ApproveAsync(paper.ApplicationId);
        await Expect(Chip(desk, "待付费")).ToBeVisibleAsync();
        await PayAsync(desk);
        await DownloadAsync(desk);
        await office.OpenAppAsync("certificates");
        await Expect(Chip(desk, "生效中")).ToBeVisibleAsync();

        // M056: the member's goes to the administrator, who seals it with the certificate that is valid again.
        await using var theirs = await PreparedPhone.OpenAsync(system, staff.Phone, $"certificates/{held}", [(held, staff.Store)]);
        var page = theirs.Page;
        await Expect(Chip(page, "已失效")).ToBeVisibleAsync();
        await Press(page, "重新申请");
        await Press(page, "下一步");
        await Expect(page.GetByText("请选择有效期")).ToBeVisibleAsync();
        await page.CheckAsync("[name=years][value='1']");
        await theirs.LookAsync("reapply");
        await Press(page, "下一步");
        await Expect(Chip(page, "待管理员审核")).ToBeVisibleAsync();
        await office.OpenAppAsync();
        await AgreeAsync(desk, "证书授权");
        var asked = Assert.Single(await staff.Client.GetApplicationsAsync(), known => known.Kind == ApplicationKind.StaffReapplication);
        await reviewer.ApproveAsync(asked.ApplicationId);
        await Expect(Chip(page, "待付费")).ToBeVisibleAsync();
        await theirs.OpenAppAsync("certificates");
        await Expect(page.GetByText("企业证书重新申请待付费。", new() { Exact = false })).ToBeVisibleAsync();
    }
}
