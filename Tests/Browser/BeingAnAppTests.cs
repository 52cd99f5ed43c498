using System.Globalization;
using Bzt.Contracts;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>What makes a page an app: it starts without a network, comes back by itself, and renews itself.</summary>
public sealed class BeingAnAppTests
{
    /// <summary>A script in the page, one of the runtime, a module that is imported later: altered on the way, none of them runs.</summary>
    [Fact]
    public async Task A_script_that_was_altered_on_the_way_does_not_run()
    {
        foreach (var script in (string[])["js/boot.js", "_framework/blazor.webassembly.js", "_framework/dotnet.js", "js/window.js"])
        {
            await using var phone = await PhoneBrowser.OpenAsync(prepare: page => page.RouteAsync($"**/app/{script}", async route =>
            {
                var answer = await route.FetchAsync();
                await route.FulfillAsync(new() { Response = answer, Body = await answer.TextAsync() + "\nglobalThis.altered = true;" });
            }));
            await Wait.UntilAsync(() => Task.FromResult(phone.Complaints.Any(complaint => complaint.Contains("integrity", StringComparison.OrdinalIgnoreCase))), seen => seen);
            Assert.False(await phone.Page.EvaluateAsync<bool>("() => 'altered' in globalThis"));
        }
    }

    [Fact]
    public async Task It_starts_from_its_own_store_comes_back_by_itself_and_renews_itself()
    {
        using var certified = await CertifiedPhone.ActiveAsync(await BrowserStage.SystemAsync());
        await using var phone = await PreparedPhone.OpenAsync(certified);
        var page = phone.Page;
        await Expect(Heading(page, certified.Enterprise.Name)).ToBeVisibleAsync();

        // The second visit comes out of the service worker's store; the time is told, never asserted.
        await page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");
        await page.ReloadAsync();
        await Expect(Heading(page, certified.Enterprise.Name)).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("() => navigator.serviceWorker.controller !== null"));
        var elapsed = await page.EvaluateAsync<double>("() => performance.now()");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"second visit, until the home screen has its content: {elapsed:F0} ms at most"));

        // No network at all: it starts, says so, and has its content again by itself.
        await page.Context.SetOfflineAsync(true);
        await page.ReloadAsync();
        await Expect(page.GetByText("网络已断开，正在重连…")).ToBeVisibleAsync();
        await phone.LookAsync("home-offline");
        await page.Context.SetOfflineAsync(false);
        await Expect(Heading(page, certified.Enterprise.Name)).ToBeVisibleAsync();
        await Expect(page.GetByText("网络已断开，正在重连…")).ToHaveCountAsync(0);

        // The server does not speak with this version any more: one touch renews it, and the place is kept.
        await page.ClickAsync("text=操作记录");
        await Expect(page.GetByText("首尾相连，未被改动")).ToBeVisibleAsync();
        await page.RouteAsync("**/phone/v1/certificates/*/evidence", route => route.FulfillAsync(new()
        {
            Status = 426, ContentType = "application/problem+json", Body = $$"""{"type":"about:blank","title":"应用需要更新","status":426,"code":"{{ErrorCodes.ClientOutdated}}"}""",
        }));
        await page.ReloadAsync();
        await Expect(page.GetByText("应用有更新，更新后继续刚才的操作").First).ToBeVisibleAsync();
        await phone.LookAsync("outdated");
        await page.UnrouteAsync("**/phone/v1/certificates/*/evidence");
        await Press(page, "立即更新");
        await Expect(page.GetByText("首尾相连，未被改动")).ToBeVisibleAsync();
    }
}
