using System.Text.RegularExpressions;
using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>What every application has in common on the phone: its message, its fee, its letter, its download.</summary>
internal static class CertificateSteps
{
    public static ILocator Chip(IPage page, string word) => page.Locator(".chip", new() { HasText = word }).First;

    /// <summary>From a screen with tabs into the newest message with that title.</summary>
    public static async Task OpenMessageAsync(IPage page, string title)
    {
        await Tab(page, "消息");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new(Regex.Escape(title)) }).First.ClickAsync();
        await Expect(Heading(page, "消息")).ToBeVisibleAsync();
    }

    /// <summary>From 待付费 over the provider's page, which opens beside the app.</summary>
    public static async Task PayAsync(IPage page)
    {
        await Press(page, "支付 ¥");
        var pay = page.GetByRole(AriaRole.Link, new() { NameRegex = new("^支付 ¥") });
        await Expect(pay).ToBeVisibleAsync();
        var cashier = await page.RunAndWaitForPopupAsync(() => pay.ClickAsync());
        cashier.SetDefaultTimeout(PhoneBrowser.Patience);
        await cashier.ClickAsync("text=确认支付");
        await cashier.WaitForSelectorAsync("[role=status]");
        await cashier.CloseAsync();
        await Expect(page.GetByText("支付成功")).ToBeVisibleAsync();
    }

    /// <summary>A new PIN, twice, and the keys that are made under it.</summary>
    public static async Task DownloadAsync(IPage page)
    {
        await Press(page, "下载证书");
        await Expect(page.GetByText("设置6位PIN码")).ToBeVisibleAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("再输入一次")).ToBeVisibleAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "证书已生效" })).ToBeVisibleAsync();
    }

    /// <summary>From 待盖章: the letter looked at, sealed, and handed to the CA; ends at home.</summary>
    public static async Task SealLetterAsync(IPage page)
    {
        await Press(page, "确认并盖章");
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("授权书已盖章")).ToBeVisibleAsync();
        await Press(page, "确认");
        await Expect(page.GetByText("已提交CA审核")).ToBeVisibleAsync();
        await Press(page, "完成");
    }

    /// <summary>As the administrator: from the message of a member's request to the CA.</summary>
    public static async Task AgreeAsync(IPage page, string title)
    {
        await Tab(page, "消息");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new(Regex.Escape(title)) }).First.ClickAsync();
        await Press(page, "同意");
        await SealLetterAsync(page);
    }
}
