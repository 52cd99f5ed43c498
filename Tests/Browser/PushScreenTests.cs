using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Grains;
using Bzt.Simulators.WebPush;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>
/// 后台通知 from its switch to the notification that is touched. Everything is the browser's own but the subscription: without the internet Chromium
/// gets none, so the page is handed one of the simulated push service.
/// </summary>
public sealed class PushScreenTests
{
    [Fact]
    [Trait("Feature", "M075"), Trait("Surface", "screen")]
    public async Task The_switch_says_what_stands_in_the_way_and_a_notification_leads_into_the_app()
    {
        var system = await BrowserStage.SystemAsync();
        using var certified = await CertifiedPhone.ActiveAsync(system);
        await using var phone = await PreparedPhone.OpenAsync(certified, "settings");
        var (page, push) = (phone.Page, system.Grains.Push(new UserId(certified.Phone.Login!.UserId)));
        var device = new DeviceId(certified.Phone.Login.DeviceId);
        var toggle = page.GetByRole(AriaRole.Switch, new() { NameRegex = new("后台通知") });
        await page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");

        // The user had said no, in the browser.
        await page.AddInitScriptAsync("Object.defineProperty(Notification, 'permission', { configurable: true, get: () => 'denied' });");
        await phone.OpenAppAsync("settings");
        await Expect(page.GetByText("浏览器已禁止通知")).ToBeVisibleAsync();
        await Expect(toggle).ToBeDisabledAsync();
        await phone.LookAsync("settings-push-denied");

        // He allows it: off, until he touches the switch; on, at both ends, also after a reload.
        await page.Context.GrantPermissionsAsync(["notifications"]);
        var key = (await push.GetSettings(device)).ServerKey!;
        await page.AddInitScriptAsync("Object.defineProperty(Notification, 'permission', { configurable: true, get: () => 'granted' }); Notification.requestPermission = async () => 'granted';");
        await page.AddInitScriptAsync(Subscriptions(await system.Simulators.SubscribePushAsync(key)));
        await phone.OpenAppAsync("settings");
        await Expect(page.GetByText("开启后，应用关闭时也能收到")).ToBeVisibleAsync();
        await phone.LookAsync("settings-push-off");
        await page.EvaluateAsync("() => { globalThis.pushUnreachable = true; }");
        await toggle.ClickAsync();
        await Expect(page.GetByText("连接不上浏览器的通知服务")).ToBeVisibleAsync();
        await Expect(toggle).Not.ToBeCheckedAsync();
        await phone.LookAsync("settings-push-unreachable");
        Assert.False((await push.GetSettings(device)).Subscribed);
        await page.EvaluateAsync("() => { globalThis.pushUnreachable = false; }");
        await toggle.ClickAsync();
        await Expect(page.GetByText("应用关闭时也会收到提醒")).ToBeVisibleAsync();
        Assert.True((await push.GetSettings(device)).Subscribed);
        await phone.OpenAppAsync("settings");
        await Expect(toggle).ToBeCheckedAsync();
        await phone.LookAsync("settings-push-on", dark: true);

        // A push becomes one notification of its kind; what is in it that is not known does no harm.
        var browser = await page.Context.NewCDPSessionAsync(page);
        var registration = await RegistrationAsync(browser);
        var session = Guid.NewGuid();
        await PushAsync($$"""{"kind":"signature","id":"{{Guid.NewGuid()}}"}""");
        await PushAsync($$"""{"kind":"signature","id":"{{session}}"}""");
        await PushAsync("""{"kind":"signature","id":"//evil.example"}""");
        await PushAsync("""{"kind":"toString","id":7}""");
        await PushAsync("not json");
        await PushAsync("""{"kind":"security"}""");
        await ShownAsync("标证通 您有新消息 messages", "标证通 您有新消息 messages", "标证通 有签名请求待您确认 messages", "标证通 账号安全提醒，请打开查看 messages");
        await PushAsync($$"""{"kind":"signature","id":"{{session}}"}""");
        await ShownAsync("标证通 您有新消息 messages", "标证通 您有新消息 messages", $"标证通 有签名请求待您确认 asked/{session}", "标证通 账号安全提醒，请打开查看 messages");

        // Touched: the running app goes there, and is not loaded anew.
        await page.EvaluateAsync("() => { globalThis.notLoadedAnew = true; }");
        await TouchAsync(page, browser, "bzt-security");
        await Expect(Heading(page, "消息")).ToBeVisibleAsync();
        await TouchAsync(page, browser, "bzt-signature");
        await Expect(page).ToHaveURLAsync(new Regex($"/app/asked/{session}$"));
        Assert.True(await page.EvaluateAsync<bool>("() => globalThis.notLoadedAnew"));

        // Off, at both ends.
        await phone.GoToAsync("settings");
        await toggle.ClickAsync();
        await Expect(page.GetByText("开启后，应用关闭时也能收到")).ToBeVisibleAsync();
        Assert.False((await push.GetSettings(device)).Subscribed);
        Assert.Null(await page.EvaluateAsync<string?>("() => localStorage.getItem('stub')"));

        // An iPhone's browser notifies only from the home screen.
        await page.AddInitScriptAsync("Object.defineProperty(navigator, 'userAgent', { get: () => 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)' }); delete globalThis.PushManager;");
        await phone.OpenAppAsync("settings");
        await Expect(page.GetByText("请先添加到主屏幕")).ToBeVisibleAsync();
        await phone.LookAsync("settings-push-home-screen");

        // Events of the service worker take their time; in the end it is exactly these.
        Task ShownAsync(params string[] expected) => Wait.UntilAsync(
            () => page.EvaluateAsync<string[]>("async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(n => `${n.title} ${n.body} ${n.data.place}`).sort()"),
            found => found.SequenceEqual(expected));

        Task PushAsync(string data) => browser.SendAsync("ServiceWorker.deliverPushMessage", new Dictionary<string, object>
        {
            ["origin"] = system.Address.GetLeftPart(UriPartial.Authority), ["registrationId"] = registration, ["data"] = data,
        });
    }

    /// <summary>The browser names its registrations once it is asked to tell of them.</summary>
    private static async Task<string> RegistrationAsync(ICDPSession browser)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        browser.Event("ServiceWorker.workerRegistrationUpdated").OnEvent += (_, told) =>
        {
            if (told?.GetProperty("registrations") is { ValueKind: JsonValueKind.Array } registrations && registrations.GetArrayLength() > 0)
            {
                found.TrySetResult(registrations[0].GetProperty("registrationId").GetString()!);
            }
        };
        await browser.SendAsync("ServiceWorker.enable");
        return await found.Task.WaitAsync(TimeSpan.FromMilliseconds(PhoneBrowser.Patience));
    }

    /// <summary>What the system does at a touch, in the service worker of this very phone; it also gives the focus, which a script cannot.</summary>
    private static async Task TouchAsync(IPage page, ICDPSession window, string tag)
    {
        var whole = await page.Context.Browser!.NewBrowserCDPSessionAsync();
        var context = (await window.SendAsync("Target.getTargetInfo"))!.Value.GetProperty("targetInfo").GetProperty("browserContextId").GetString();

        // One that has nothing to do is stopped by the browser: a word starts it.
        var worker = await Wait.UntilAsync(
            async () =>
            {
                await page.EvaluateAsync("() => navigator.serviceWorker.ready.then(found => found.active.postMessage('awake?'))");
                return (await whole.SendAsync("Target.getTargets"))!.Value.GetProperty("targetInfos").EnumerateArray()
                    .Where(target => target.GetProperty("type").GetString() == "service_worker" && target.GetProperty("browserContextId").GetString() == context)
                    .Select(target => target.GetProperty("targetId").GetString()).FirstOrDefault();
            },
            found => found is not null);
        var session = (await whole.SendAsync("Target.attachToTarget", new Dictionary<string, object> { ["targetId"] = worker!, ["flatten"] = false }))!.Value.GetProperty("sessionId").GetString()!;
        await whole.SendAsync("Target.sendMessageToTarget", new Dictionary<string, object>
        {
            ["sessionId"] = session,
            ["message"] = JsonSerializer.Serialize(new
            {
                id = 1, method = "Runtime.evaluate",
                @params = new { expression = $"registration.getNotifications({{ tag: '{tag}' }}).then(([notification]) => dispatchEvent(new NotificationEvent('notificationclick', {{ notification }})))" },
            }),
        });
    }

    private static string Subscriptions(PushBrowser browser) => $$"""
        (() => {
          const given = {{JsonSerializer.Serialize(new { browser.Endpoint, browser.P256dh, browser.Auth, browser.ServerKey })}};
          const octets = text => Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer;
          const subscription = {
            endpoint: given.Endpoint, options: { applicationServerKey: octets(given.ServerKey) }, getKey: name => octets(name === 'auth' ? given.Auth : given.P256dh),
            unsubscribe: async () => { localStorage.removeItem('stub'); return true; },
          };
          PushManager.prototype.getSubscription = async () => localStorage.getItem('stub') ? subscription : null;
          PushManager.prototype.subscribe = async options => {
            if (globalThis.pushUnreachable) throw new DOMException('push service error', 'AbortError');
            if (btoa(String.fromCharCode(...options.applicationServerKey)) !== given.ServerKey || !options.userVisibleOnly) throw new DOMException('another key');
            localStorage.setItem('stub', '1');
            return subscription;
          };
        })();
        """;
}
