using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Bzt.Contracts.Platforms;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>What a finger does on the phone, and where the eye finds it.</summary>
internal static class PageSteps
{
    public static ILocator Heading(IPage page, string name) => page.GetByRole(AriaRole.Heading, new() { Level = 1, NameRegex = new(Regex.Escape(name)) });

    /// <summary>The button whose words begin so.</summary>
    public static Task Press(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { NameRegex = new("^" + Regex.Escape(name)) }).ClickAsync();

    public static Task Tab(IPage page, string name) => page.GetByRole(AriaRole.Navigation).GetByText(name, new() { Exact = true }).ClickAsync();

    public static async Task EnterPinAsync(IPage page, string pin)
    {
        // A finger for the first, which waits until the pad takes it; the others follow at once.
        await page.Locator(".key.num", new() { HasText = pin[..1] }).ClickAsync();
        await page.EvaluateAsync("digits => { for (const digit of digits) [...document.querySelectorAll('.key.num')].find(key => key.innerText.trim() === digit).click(); }", pin[1..]);
    }

    /// <summary>From any screen with tabs to the confirmation, without a camera.</summary>
    public static async Task ScanByLinkAsync(IPage page, OpenedSession session, string? fragment = null)
    {
        await Tab(page, "扫码");
        await Press(page, "手动输入");
        await page.FillAsync("[name=link]", session.Link(fragment));
        await Press(page, "打开");
        await Expect(Heading(page, "确认")).ToBeVisibleAsync();
    }

    [ModuleInitializer]
    internal static void BePatient() => SetDefaultExpectTimeout(PhoneBrowser.Patience);
}
