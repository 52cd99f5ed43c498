using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.FormSteps;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>A claim's certificate, form and seals.</summary>
public sealed class ClaimScreenTests
{
    [Fact]
    [Trait("Feature", "M028"), Trait("Surface", "screen")]
    public async Task What_one_claims_already_is_shown_in_place_of_a_second_claim()
    {
        var system = await BrowserStage.SystemAsync();
        using var person = await system.RealNamedPhoneAsync();
        var enterprise = ClaimSteps.NextEnterprise();
        await using var phone = await PreparedPhone.OpenAsync(system, person, $"enterprise?code={enterprise.CreditCode}");
        var page = phone.Page;
        await Expect(page.GetByText("这家企业尚未被认领")).ToBeVisibleAsync();

        var claim = await person.SubmitAsync(await person.ClaimAsync(enterprise));
        await phone.GoToAsync($"enterprise?code={enterprise.CreditCode}");
        await Expect(page.GetByText("您已有申请")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "认领企业" })).ToHaveCountAsync(0);
        await phone.LookAsync("enterprise-mine");
        await Press(page, "查看申请");
        await Expect(page.Locator(".chip", new() { HasText = "待CA审核" })).ToBeVisibleAsync();
        await phone.GoToAsync($"claim/{enterprise.CreditCode}");
        await Expect(page.Locator(".chip", new() { HasText = "待CA审核" })).ToBeVisibleAsync();
        Assert.EndsWith($"/applications/{claim.ApplicationId}", page.Url, StringComparison.Ordinal);

        await person.WithdrawAsync(claim.ApplicationId);
        await phone.GoToAsync($"enterprise?code={enterprise.CreditCode}");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "认领企业" })).ToBeVisibleAsync();
    }

    [Fact]
    [Trait("Feature", "M029"), Trait("Feature", "M030"), Trait("Surface", "screen")]
    public async Task A_claim_chooses_from_the_catalogue_and_confirms_the_three_seals_cut_out_of_its_form()
    {
        var system = await BrowserStage.SystemAsync();
        using var person = await system.RealNamedPhoneAsync();
        var enterprise = ClaimSteps.NextEnterprise();
        await using var phone = await PreparedPhone.OpenAsync(system, person, $"claim/{enterprise.CreditCode}");
        var page = phone.Page;

        await UploadAsync(page, "licence", PaperPhoto.Take());
        await page.FillAsync("[name=enterprise-name]", enterprise.Name);
        await page.FillAsync("[name=legal-name]", person.Person.Name);
        await page.FillAsync("[name=legal-id]", person.Person.IdNumber);
        await Press(page, "下一步");

        // Province, platform, CA, term with its fee: each is asked for, and a later choice belongs to the earlier ones.
        await Press(page, "下一步");
        await Expect(page.GetByText("请选择交易平台、CA机构和有效期")).ToBeVisibleAsync();
        await page.CheckAsync("[name=platform][value=jingzhou-ggzy]");
        await page.CheckAsync("[name=authority][value=hubei-ca]");
        await page.CheckAsync("[name=years][value='2']");
        await page.CheckAsync("[name=platform][value=yichang-ggzy]");
        await Expect(page.Locator("[name=years]")).ToHaveCountAsync(0);
        await page.CheckAsync("[name=authority][value=hubei-ca]");
        await page.CheckAsync("[name=years][value='2']");
        await Expect(page.Locator("label:has([name=years][value='2'])")).ToContainTextAsync("¥560.00");
        await phone.LookAsync("claim-certificate");
        await page.ReloadAsync();
        await Expect(page.Locator("[name=years][value='2']")).ToBeCheckedAsync();
        await Press(page, "下一步");

        // The form as a PDF, filled in; then its photo, on which one seal is not where it should be.
        await Press(page, "下载申请书模板");
        var saved = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { NameRegex = new("证书申请书") }).ClickAsync());
        Assert.Equal("证书申请书.pdf", saved.SuggestedFilename);
        Assert.StartsWith("%PDF-", await File.ReadAllTextAsync((await saved.PathAsync())!), StringComparison.Ordinal);
        await Press(page, "提交申请");
        await Expect(page.GetByText("请先上传照片")).ToBeVisibleAsync();
        await UploadAsync(page, "form", Stray.Value);
        await Expect(page.GetByText("未找到法定代表人印鉴", new() { Exact = false })).ToBeVisibleAsync();
        await Press(page, "提交申请");
        await Expect(page.GetByText("三项须全部提取成功：请裁剪，或重新拍照")).ToBeVisibleAsync();
        await phone.LookAsync("claim-form-missing");

        // The user shows where it is: a tap on it, a little larger.
        await Press(page, "裁剪法定代表人印鉴");
        await Press(page, "使用这个框");
        await Expect(page.GetByText("请先轻触印章所在的位置")).ToBeVisibleAsync();
        var photo = page.Locator(".seal-photo");
        var box = (await photo.BoundingBoxAsync())!;
        var (x, y) = SpotOf(Stray.Value, StrayX, StrayY);
        await photo.ClickAsync(new() { Position = new() { X = (float)(x * box.Width), Y = (float)(y * box.Height) } });
        await phone.LookAsync("claim-form-cut");
        await Press(page, "使用这个框");
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "法定代表人印鉴图样" })).ToBeVisibleAsync();
        await Press(page, "提交申请");
        await Expect(page.GetByText("请核对印章与签字后勾选确认")).ToBeVisibleAsync();
        await page.CheckAsync("[name=seals-confirmed]");
        await phone.LookAsync("claim-form");

        // What was cut out is still there when the system took the app's memory.
        await page.ReloadAsync();
        await Expect(page.Locator(".seal-row img")).ToHaveCountAsync(3);
        await page.CheckAsync("[name=seals-confirmed]");
        await Press(page, "提交申请");
        await Expect(page.Locator(".chip", new() { HasText = "待CA审核" })).ToBeVisibleAsync();
        await Expect(page.GetByText("¥560.00，审核通过后再付")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Locator(".chip", new() { HasText = "待CA审核" })).ToBeVisibleAsync();
        await phone.LookAsync("application-review");

        var submitted = Assert.Single(await Wait.UntilAsync(
            () => person.Http.GetAsync(Bzt.Contracts.Routes.Phone.Applications, Bzt.Contracts.BztJson.Default.IReadOnlyListApplicationInfo), listed => listed.Count > 0));
        Assert.Equal((ApplicationKind.Claim, "yichang-ggzy", "hubei-ca", 2, 56000), (submitted.Kind, submitted.PlatformId, submitted.CaId, submitted.Years, submitted.FeeFen));
    }
}
