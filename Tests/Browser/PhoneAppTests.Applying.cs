using System.Text.RegularExpressions;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Applications;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

// From the claim of an enterprise to a certificate on the phone.
public sealed partial class PhoneAppTests
{
    private static async Task<Guid> ClaimAsync(PhoneBrowser phone, TestPerson person, (string Name, string CreditCode) enterprise)
    {
        var page = phone.Page;
        await page.ClickAsync("text=认领企业并申请企业证书");
        await page.FillAsync("[name=credit-code]", enterprise.CreditCode[..17] + (enterprise.CreditCode[17] == '0' ? '1' : '0'));
        await Press(page, "查询");
        await Expect(page.GetByText("统一社会信用代码校验位不正确")).ToBeVisibleAsync();
        await page.FillAsync("[name=credit-code]", enterprise.CreditCode);
        await Press(page, "查询");
        await Expect(page.GetByText("这家企业尚未被认领")).ToBeVisibleAsync();
        await phone.LookAsync("enterprise");

        await Press(page, "认领企业");
        await Expect(page.Locator("[name=licence]")).ToBeAttachedAsync();
        await Press(page, "下一步");
        await Expect(page.GetByText("请先上传照片")).ToBeVisibleAsync();
        await UploadAsync(page, "licence");
        await page.FillAsync("[name=enterprise-name]", enterprise.Name);
        await page.FillAsync("[name=legal-name]", person.Name);
        await page.FillAsync("[name=legal-id]", person.IdNumber);
        await phone.LookAsync("claim-enterprise");

        // The system may take our memory while its camera app is open: what was entered is kept.
        await page.ReloadAsync();
        await Expect(page.Locator("[name=enterprise-name]")).ToHaveValueAsync(enterprise.Name);
        await Press(page, "下一步");
        await page.CheckAsync($"[name=platform][value={TestPlatform.Id}]");
        await page.CheckAsync("[name=authority][value=yichang-ca]");
        await page.CheckAsync("[name=years][value='1']");
        await phone.LookAsync("claim-certificate");
        await Press(page, "下一步");
        await FormSteps.UploadSealedFormAsync(page);
        await Expect(page.GetByText(TestPlatform.Name)).ToBeVisibleAsync();
        await phone.LookAsync("claim-form");
        await Press(page, "提交申请");
        await Expect(page.Locator(".chip", new() { HasText = "待CA审核" })).ToBeVisibleAsync();
        await phone.LookAsync("application-review");
        return Guid.Parse(ApplicationInAddress().Match(page.Url).Groups[1].Value);
    }

    private static async Task RejectedAndCorrectedAsync(PhoneBrowser phone, TestPerson person, Guid application)
    {
        var page = phone.Page;
        using var reviewer = await TestReviewer.LogInAsync(phone.System);
        await reviewer.RejectAsync(application, "营业执照照片模糊");
        // Nobody touches the screen: the hub wakes it up.
        await Expect(page.GetByText("营业执照照片模糊")).ToBeVisibleAsync();
        await phone.LookAsync("application-rejected");

        await Press(page, "返回");
        await Tab(page, "消息");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("证书申请失败") }).ClickAsync();
        await Press(page, "查看申请");
        await Press(page, "重新申请");
        await UploadAsync(page, "licence");
        await page.FillAsync("[name=legal-name]", person.Name);
        await page.FillAsync("[name=legal-id]", person.IdNumber);
        await Press(page, "下一步");
        await Press(page, "下一步");
        await FormSteps.UploadSealedFormAsync(page);
        await Press(page, "提交申请");
        await Expect(page.Locator(".chip", new() { HasText = "待CA审核" })).ToBeVisibleAsync();
        await reviewer.ApproveAsync(application);
        await Expect(page.Locator(".chip", new() { HasText = "待付费" })).ToBeVisibleAsync();

        await Press(page, "返回");
        await Tab(page, "消息");
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("认领企业，请下载证书.*未读") })).ToBeVisibleAsync();
        await phone.LookAsync("messages");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("认领企业，请下载证书") }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "付费并下载" })).ToBeVisibleAsync();
        await phone.LookAsync("message");
        await Press(page, "付费并下载");
    }

    private static async Task PayAsync(PhoneBrowser phone, Guid application)
    {
        var page = phone.Page;
        await Press(page, "支付 ¥");
        await Expect(Heading(page, "付费")).ToBeVisibleAsync();
        var pay = page.GetByRole(AriaRole.Link, new() { NameRegex = new("支付 ¥") });
        await Expect(pay).ToBeVisibleAsync();
        await phone.LookAsync("payment");

        // The provider's page opens beside the app.
        var cashier = await page.RunAndWaitForPopupAsync(() => pay.ClickAsync());
        cashier.SetDefaultTimeout(PhoneBrowser.Patience);
        await cashier.ClickAsync("text=确认支付");
        await cashier.WaitForSelectorAsync("[role=status]");
        await cashier.CloseAsync();
        await Expect(page.GetByText("支付成功")).ToBeVisibleAsync();
        await Press(page, "下载证书");
        Assert.Contains(application.ToString(), page.Url, StringComparison.Ordinal);
    }

    private static async Task DownloadAsync(PhoneBrowser phone, TestPerson person)
    {
        var page = phone.Page;
        await Expect(page.GetByText("设置6位PIN码")).ToBeVisibleAsync();
        await EnterPinAsync(page, "123456");
        await Expect(page.GetByText("过于简单")).ToBeVisibleAsync();
        await EnterPinAsync(page, person.Phone[^6..]);
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasTextRegex = new("过于简单|与您的手机号相关") })).ToBeVisibleAsync();
        await phone.LookAsync("download-pin");
        await EnterPinAsync(page, Pin);
        await Expect(page.GetByText("再输入一次")).ToBeVisibleAsync();
        await EnterPinAsync(page, WrongPin);
        await Expect(page.GetByText("两次输入不一致，请重新设置")).ToBeVisibleAsync();
        await EnterPinAsync(page, Pin);
        await Expect(page.GetByText("再输入一次")).ToBeVisibleAsync();
        await EnterPinAsync(page, Pin);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "证书已生效" })).ToBeVisibleAsync();
        await phone.LookAsync("download-done");
        await Press(page, "完成");
    }

    private static async Task UploadAsync(IPage page, string purpose)
    {
        await page.SetInputFilesAsync($"[name={purpose}]", new FilePayload { Name = "photo.jpg", MimeType = "image/jpeg", Buffer = PaperPhoto.Take() });
        await Expect(page.Locator($".field:has([name={purpose}])").GetByText("轻触可重新选择")).ToBeVisibleAsync();
    }

    [GeneratedRegex("applications/([0-9a-f-]{36})")]
    private static partial Regex ApplicationInAddress();
}
