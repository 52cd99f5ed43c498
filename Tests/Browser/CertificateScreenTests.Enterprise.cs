using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.CertificateSteps;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

// The administrator's phone and a member's, side by side: what one asks for, the other agrees to and seals.
public sealed partial class CertificateScreenTests
{
    [Fact]
    [Trait("Feature", "M046"), Trait("Feature", "M052"), Trait("Feature", "M054"), Trait("Surface", "screen")]
    public async Task Another_certificate_of_the_administrators_and_of_the_staffs_own()
    {
        var (boss, enterprise, sealing) = await Applying.AdministratorAsync(system);
        using var owned = boss;
        using var staff = await Applying.PersonAsync(system);
        using var reviewer = await TestReviewer.LogInAsync(system);
        var joining = await staff.Client.ApplyAsync(Applying.Join(enterprise, boss));
        await boss.Client.AgreeAsync(joining.ApplicationId);
        await boss.SealAsync(joining.ApplicationId, sealing);
        await reviewer.ApproveAsync(joining.ApplicationId);

        // M052: the member is told, pays, sets a PIN, and is 办事人员.
        await using var theirs = await PreparedPhone.OpenAsync(system, staff.Phone);
        var page = theirs.Page;
        await OpenMessageAsync(page, "加入成功，请下载证书");
        await Press(page, "付费并下载");
        await PayAsync(page);
        await DownloadAsync(page);
        await Press(page, "完成");
        await Expect(Heading(page, enterprise.Name)).ToBeVisibleAsync();
        await Expect(page.GetByText("办事人员")).ToBeVisibleAsync();

        // M054: another certificate, with a scope; it waits for the administrator.
        await theirs.GoToAsync("certificates/new");
        await Expect(page.GetByText("提交后由企业管理员同意，并在授权书上盖章，再由CA审核。")).ToBeVisibleAsync();
        await ChooseOfferAsync(page, "hubei-ca", 1);
        foreach (var box in await page.Locator("[name^=scope-]").AllAsync())
        {
            await box.UncheckAsync();
        }

        await Press(page, "下一步");
        await Expect(page.GetByText("请至少选择一项权限")).ToBeVisibleAsync();
        await page.CheckAsync("[name=scope-Login]");
        await page.CheckAsync("[name=scope-Seal]");
        await theirs.LookAsync("certificate-new-staff");
        await Press(page, "下一步");
        await Expect(Chip(page, "待管理员审核")).ToBeVisibleAsync();
        await theirs.LookAsync("application-administrator");
        var asked = Assert.Single(await staff.Client.GetApplicationsAsync(), known => known.Kind == ApplicationKind.StaffCertificate);

        await using (var office = await PreparedPhone.OpenAsync(system, boss.Phone, "", [(sealing, boss.Store)]))
        {
            var desk = office.Page;
            await AgreeAsync(desk, "证书授权");

            // M046: the administrator's own, for which he seals a letter himself.
            await office.GoToAsync("certificates/new");
            await Press(desk, "下一步");
            await Expect(desk.GetByText("请选择交易平台、CA机构和有效期")).ToBeVisibleAsync();
            await ChooseOfferAsync(desk, "hubei-ca", 1);
            await office.LookAsync("certificate-new");
            await Press(desk, "下一步");
            await Expect(Heading(desk, "确认授权")).ToBeVisibleAsync();
            await desk.ReloadAsync();
            await SealLetterAsync(desk);
            var own = Assert.Single(await boss.Client.GetApplicationsAsync(), known => known.Kind == ApplicationKind.EnterpriseCertificate);
            await reviewer.ApproveAsync(own.ApplicationId);
            await OpenMessageAsync(desk, "证书申请已通过，请下载证书");
            await Press(desk, "付费并下载");
            await PayAsync(desk);
            await DownloadAsync(desk);
            await office.OpenAppAsync("certificates");
            await Expect(desk.Locator(".cert")).ToHaveCountAsync(2);
        }

        await Expect(Chip(page, "待CA审核")).ToBeVisibleAsync();
        await reviewer.ApproveAsync(asked.ApplicationId);
        await theirs.OpenAppAsync("certificates");
        await Expect(Chip(page, "待付费")).ToBeVisibleAsync();
        await Expect(page.GetByText("CA已审核通过，由您支付 ¥300.00 后下载。")).ToBeVisibleAsync();
        await theirs.LookAsync("certificates-due");
        await page.GetByRole(AriaRole.Link, new() { Name = "付费并下载" }).ClickAsync();
        await PayAsync(page);
        await DownloadAsync(page);
    }

    [Fact]
    [Trait("Feature", "M047"), Trait("Feature", "M055"), Trait("Feature", "M061"), Trait("Surface", "screen")]
    public async Task What_soon_expires_is_renewed_with_its_keys()
    {
        var (boss, enterprise, sealing) = await Applying.AdministratorAsync(system);
        using var owned = boss;
        using var first = await TestReviewer.LogInAsync(system);
        using var staff = await Applying.StaffAsync(system, first, boss, enterprise, sealing);
        var held = Assert.Single(await staff.Client.GetCertificatesAsync()).CertificateId;
        system.Clock.Advance(TimeSpan.FromDays(340));
        await boss.LogInAgainAsync();
        await staff.LogInAgainAsync();
        using var reviewer = await TestReviewer.LogInAsync(system, "审核员乙");

        // M047: the administrator's, with his own letter; the same keys and the same PIN.
        await using var office = await PreparedPhone.OpenAsync(system, boss.Phone, "certificates", [(sealing, boss.Store)]);
        var desk = office.Page;
        await Expect(Chip(desk, "即将过期")).ToBeVisibleAsync();
        await Expect(desk.GetByText("由您续期，密钥不变，原有文件仍可解密，费用 ¥200.00 起", new() { Exact = false })).ToBeVisibleAsync();
        await office.LookAsync("certificates-expiring");
        await desk.GetByRole(AriaRole.Link, new() { Name = "续期" }).ClickAsync();
        await Press(desk, "下一步");
        await Expect(desk.GetByText("请选择有效期")).ToBeVisibleAsync();
        await desk.CheckAsync("[name=years][value='1']");
        await office.LookAsync("renew");
        await Press(desk, "下一步");
        await Expect(Heading(desk, "确认授权")).ToBeVisibleAsync();
        await SealLetterAsync(desk);
        var renewal = Assert.Single(await boss.Client.GetApplicationsAsync(), known => known.Kind == ApplicationKind.Renewal);
        await reviewer.ApproveAsync(renewal.ApplicationId);
        await OpenMessageAsync(desk, "续期证书");
        await Press(desk, "续期证书");
        await PayAsync(desk);
        await RenewAsync(desk, office);
        await office.OpenAppAsync("certificates");
        await Expect(Chip(desk, "生效中")).ToBeVisibleAsync();

        // M055: the member's, through the administrator.
        await using var theirs = await PreparedPhone.OpenAsync(system, staff.Phone, $"certificates/{held}/renew", [(held, staff.Store)]);
        var page = theirs.Page;
        await Expect(page.GetByText("提交后由企业管理员同意，并在授权书上盖章，再由CA审核。")).ToBeVisibleAsync();
        await page.CheckAsync("[name=years][value='2']");
        await Press(page, "下一步");
        await Expect(Chip(page, "待管理员审核")).ToBeVisibleAsync();
        await office.OpenAppAsync();
        await AgreeAsync(desk, "证书续期");
        var asked = Assert.Single(await staff.Client.GetApplicationsAsync(), known => known.Kind == ApplicationKind.StaffRenewal);
        await reviewer.ApproveAsync(asked.ApplicationId);
        await Expect(Chip(page, "待付费")).ToBeVisibleAsync();
        await PayAsync(page);
        await RenewAsync(page, null);
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "证书已生效" }).Or(page.GetByRole(AriaRole.Heading, new() { Name = "证书已续期" }))).ToBeVisibleAsync();
    }

    /// <summary>With the PIN that the certificate has, after a wrong one.</summary>
    private static async Task RenewAsync(IPage page, PhoneBrowser? look)
    {
        await Press(page, "续期证书");
        await Expect(page.GetByText("续期用这张证书原来的PIN码")).ToBeVisibleAsync();
        if (look is not null)
        {
            await EnterPinAsync(page, CertifiedPhone.WrongPin);
            await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
            await look.LookAsync("renew-pin");
        }

        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "证书已续期" })).ToBeVisibleAsync();
    }

    private static async Task ChooseOfferAsync(IPage page, string authority, int years)
    {
        await page.CheckAsync("[name=platform][value=yichang-ggzy]");
        await page.CheckAsync($"[name=authority][value={authority}]");
        await page.CheckAsync($"[name=years][value='{years}']");
    }
}
