using System.Globalization;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>What makes a page an app: it starts without a network, comes back by itself, and renews itself.</summary>
public sealed partial class BeingAnAppTests
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
            if (script.StartsWith("_framework/", StringComparison.Ordinal))
            {
                await Expect(phone.Page.GetByRole(AriaRole.Button, new() { Name = "重试" })).ToBeVisibleAsync();
            }

            Assert.False(await phone.Page.EvaluateAsync<bool>("() => 'altered' in globalThis"));
        }
    }

    /// <summary>On a poor network: something to see at once, how far it is, why it does not go on, and a way to go on that keeps what has come.</summary>
    [Fact]
    public async Task Its_start_says_how_far_it_is_and_can_be_tried_again()
    {
        HeldLine line = null!;
        await using var phone = await PhoneBrowser.OpenAsync(prepare: async page => line = await HeldLine.AtAsync(page, "/_framework/System.Private.CoreLib", hold: true));
        var page = phone.Page;
        var progress = page.GetByRole(AriaRole.Progressbar);

        // What the runtime needs is under way; nothing else competes with it.
        await Wait.UntilAsync(() => progress.EvaluateAsync<int>("bar => bar.value"), percent => percent > 50);
        Assert.InRange(await progress.EvaluateAsync<int>("bar => bar.value"), 51, 99);
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync(DownloadProgress());
        Assert.True(await page.EvaluateAsync<bool>("async () => await navigator.serviceWorker.getRegistration() === undefined"));
        // A whole start on a slow line of 1.6 Mbit/s is below 16 seconds.
        Assert.InRange(double.Parse((await page.Locator("html").GetAttributeAsync("data-megabytes"))!, CultureInfo.InvariantCulture), 1, 3.1);
        await phone.LookAsync("start-downloading", dark: true, large: true);
        var icon = (await page.Locator(".splash img").BoundingBoxAsync())!;

        // The server fails: it is said, what stood there stays there, and the next try goes on from what has come.
        line.Break();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("没有下载完整");
        var still = (await page.Locator(".splash img").BoundingBoxAsync())!;
        Assert.Equal((icon.X, icon.Y), (still.X, still.Y));
        await phone.LookAsync("start-failed", dark: true, large: true);
        line.Hold();
        await Press(page, "重试");
        await Wait.UntilAsync(() => progress.EvaluateAsync<int>("bar => bar.value"), percent => percent > 50);

        // The network is gone: when it is back, so is the app, without a touch.
        await page.Context.SetOfflineAsync(true);
        line.Break();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("网络已断开");
        await phone.LookAsync("start-offline");
        line.Mend();
        await page.Context.SetOfflineAsync(false);
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => performance.getEntriesByType('resource').filter(entry => entry.name.includes('SignalR')).length"));
        await page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");
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

    [GeneratedRegex(@"^正在下载 \d+%，共约 \d\.\d MB$")]
    private static partial Regex DownloadProgress();
}
