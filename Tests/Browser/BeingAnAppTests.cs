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
        foreach (var script in (string[])["js/boot.js", "_framework/blazor.webassembly.js", "_framework/dotnet.js", "js/window.js", "js/keys.js"])
        {
            await using var phone = await PhoneBrowser.OpenAsync(prepare: page => page.RouteAsync($"**/app/{script}", async route =>
            {
                var answer = await route.FetchAsync();
                await route.FulfillAsync(new() { Response = answer, Body = await answer.TextAsync() + "\nglobalThis.altered = true;" });
            }));
            await Wait.UntilAsync(() => Task.FromResult(phone.Complaints.Any(complaint => complaint.Contains("integrity", StringComparison.OrdinalIgnoreCase))), seen => seen);
            if (script != "js/boot.js")
            {
                await Expect(Again(phone.Page)).ToBeVisibleAsync();
                await Expect(phone.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("被改动");
                await phone.GlanceAsync($"start-altered-{Path.GetFileNameWithoutExtension(script)}");
            }

            Assert.False(await phone.Page.EvaluateAsync<bool>("() => 'altered' in globalThis"));
        }

        // One that does not come because nothing answers is not called altered.
        await using var alone = await PhoneBrowser.OpenAsync(prepare: page => page.RouteAsync(NotAnswering(), route => route.AbortAsync()));
        await Expect(alone.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("网络不通，请检查网络后重试。");
    }

    /// <summary>On a poor network: something to see at once, how far it is, why it does not go on, and a way to go on that keeps what has come.</summary>
    [Fact]
    public async Task Its_start_says_how_far_it_is_and_can_be_tried_again()
    {
        HeldLine line = null!;
        await using var phone = await PhoneBrowser.OpenAsync(
            prepare: async page => line = await HeldLine.AtAsync(page, "/_framework/System.Private.CoreLib", hold: true), place: "#/q?s=abc&n=1");
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

        // 「等了很久？重新打开」, shown after a minute: a request that a camera brought is not lost.
        await page.EvaluateAsync("() => { globalThis.before = true; }");
        await page.Locator(".splash-late a").DispatchEventAsync("click");
        await page.WaitForFunctionAsync("() => !('before' in globalThis) && document.querySelector('progress')?.value > 50");
        Assert.EndsWith("#/q?s=abc&n=1", page.Url, StringComparison.Ordinal);
        var icon = (await page.Locator(".splash img").BoundingBoxAsync())!;

        // The server fails: it is said, what stood there stays there, and the next try goes on from what has come.
        line.Break();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("没有下载完整，请检查网络");
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
        await Press(page, "重试");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("网络不通");
        line.Mend();
        await page.Context.SetOfflineAsync(false);
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => performance.getEntriesByType('resource').filter(entry => entry.name.includes('SignalR')).length"));
        await page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");
    }

    /// <summary>What is kept cannot be read, or the browser does not do what the runtime needs: said as it is, and there is something to press.</summary>
    [Fact]
    public async Task A_start_that_cannot_succeed_says_why()
    {
        using var certified = await CertifiedPhone.ActiveAsync(await BrowserStage.SystemAsync());
        await using var phone = await PreparedPhone.OpenAsync(certified.System, certified.Phone, "#/q?s=abc&n=1", prepare: page => DamageAsync(page, "login"));
        var page = phone.Page;
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("登录信息无法读取");
        await phone.LookAsync("start-unreadable", dark: true, large: true);
        await Press(page, "重试");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("登录信息无法读取");
        Assert.EndsWith("#/q?s=abc&n=1", page.Url, StringComparison.Ordinal);
        await Press(page, "重新登录");
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();

        await page.AddInitScriptAsync("indexedDB.open = () => { throw new DOMException('Refused.', 'SecurityError'); }");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("登录信息无法读取");
        await Press(page, "重新登录");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("浏览器不允许保存数据");
        await Expect(Again(page)).ToBeVisibleAsync();

        await page.AddInitScriptAsync("WebAssembly.validate = () => false");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("浏览器版本过旧");
        await Expect(Again(page)).ToBeVisibleAsync();
    }

    /// <summary>The app that failed is not asked to lead out of its own fault: it is loaded anew, at its beginning.</summary>
    [Fact]
    public async Task A_fault_of_the_app_ends_with_a_new_start()
    {
        await using var phone = await PhoneBrowser.OpenAsync(place: "#/q?s=abc&n=1");
        var page = phone.Page;
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();

        // As the runtime shows it.
        await page.EvaluateAsync("() => { globalThis.before = true; document.getElementById('blazor-error-ui').style.display = 'block'; }");
        await Expect(page.Locator("#blazor-error-ui")).ToHaveTextAsync("应用出错了。重新打开");
        await phone.LookAsync("app-failed", dark: true, large: true);
        await page.GetByRole(AriaRole.Link, new() { Name = "重新打开" }).ClickAsync();
        await page.WaitForFunctionAsync("() => !('before' in globalThis)");
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();
        await Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
        Assert.EndsWith("/app/", page.Url, StringComparison.Ordinal);
    }

    /// <summary>Neither button waits for the script that handles them sooner than the app can.</summary>
    [Fact]
    public async Task A_start_without_its_first_script_is_tried_again_all_the_same()
    {
        using var certified = await CertifiedPhone.ActiveAsync(await BrowserStage.SystemAsync());
        await using var phone = await PreparedPhone.OpenAsync(certified.System, certified.Phone, "#/q?s=abc&n=1", prepare: async page =>
        {
            await DamageAsync(page, "login");
            await page.RouteAsync("**/app/js/boot.js", route => route.AbortAsync());
        });
        var page = phone.Page;
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("登录信息无法读取");
        Assert.Null(await page.Locator("html").GetAttributeAsync("data-theme"));
        await page.EvaluateAsync("() => { globalThis.before = true; }");
        await Press(page, "重试");
        await page.WaitForFunctionAsync("() => !('before' in globalThis)");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("登录信息无法读取");
        Assert.EndsWith("#/q?s=abc&n=1", page.Url, StringComparison.Ordinal);

        // Before anything of the app is there.
        HeldLine line = await HeldLine.AtAsync(page, "/_framework/System.Private.CoreLib", hold: true);
        await page.ReloadAsync(new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await page.EvaluateAsync("() => { globalThis.before = true; }");
        await page.Locator(".splash-late a").EvaluateAsync("link => link.click()");
        await page.WaitForFunctionAsync("() => !('before' in globalThis)");
        line.Mend();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("登录信息无法读取");
    }

    /// <summary>What only the line needs does not come: everything else works, it is said, and it is fetched again; a server with another release offers that one.</summary>
    [Fact]
    public async Task The_line_that_wakes_it_up_comes_when_it_can()
    {
        using var stage = await EnterpriseStage.StartAsync();
        var person = await stage.PersonAsync();
        HeldLine line = null!;
        await using (var phone = await PreparedPhone.OpenAsync(stage.System, person.Phone, prepare: async page => line = await HeldLine.AtAsync(page, Line, hold: true)))
        {
            var page = phone.Page;
            await Expect(page.GetByRole(AriaRole.Navigation)).ToBeVisibleAsync();
            line.Break();
            await Expect(page.GetByText("网络已断开，正在重连…")).ToBeVisibleAsync();
            await Expect(Update(page)).ToHaveCountAsync(0);
            line.Mend();
            await Expect(page.GetByText("网络已断开，正在重连…")).ToHaveCountAsync(0);

            // Nobody touches the screen.
            await stage.Boss.Client.InviteAsync(stage.Code, person.Invitation());
            await Expect(page.GetByText("加入企业邀请").First).ToBeVisibleAsync();
        }

        await using (var phone = await PreparedPhone.OpenAsync(stage.System, person.Phone, prepare: async page =>
        {
            // Nor does it keep the app from its start that what was under way cannot be read.
            await DamageAsync(page, "confirmation");
            await page.RouteAsync(LineFiles(), route => route.FulfillAsync(new() { Status = 404 }));
            await page.RouteAsync("**/app/service-worker-assets.js", route => route.FulfillAsync(new() { ContentType = "text/javascript", Body = "self.assetsManifest = { assets: [] };" }));
        }))
        {
            var page = phone.Page;
            await Expect(Update(page)).ToBeVisibleAsync();
            await Expect(page.GetByText("网络已断开，正在重连…")).ToHaveCountAsync(0);
            await page.UnrouteAllAsync();
            await page.EvaluateAsync("() => { globalThis.before = true; }");
            await Update(page).ClickAsync();
            await page.WaitForFunctionAsync("() => !('before' in globalThis) && globalThis.Blazor");
            await Expect(page.GetByText("加入企业邀请").First).ToBeVisibleAsync();
            await Expect(Update(page)).ToHaveCountAsync(0);
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

    private const string Line = @"/_framework/Microsoft\.AspNetCore\.SignalR";

    private static ILocator Again(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "重试" });

    private static ILocator Update(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "立即更新" });

    [GeneratedRegex(@"/app/(js/window\.js|manifest\.webmanifest)")]
    private static partial Regex NotAnswering();

    [GeneratedRegex(Line)]
    private static partial Regex LineFiles();

    [GeneratedRegex(@"^正在下载 \d+%，共约 \d\.\d MB$")]
    private static partial Regex DownloadProgress();

    /// <summary>What the phone keeps under this name was written, and is nothing.</summary>
    private static Task DamageAsync(IPage page, string record) => page.EvaluateAsync("""
        async record => {
          const db = await new Promise(done => { const request = indexedDB.open('bzt', 1); request.onsuccess = () => done(request.result); });
          const transaction = db.transaction('records', 'readwrite');
          transaction.objectStore('records').put({ iv: new Uint8Array(12), data: new Uint8Array(40) }, record);
          await new Promise(done => { transaction.oncomplete = done; });
          db.close();
        }
        """, record);
}
