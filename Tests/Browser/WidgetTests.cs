using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using QRCoder;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>The widget as a platform's page includes it, under a content policy that allows the script and nothing else; the test plays the platform's backend.</summary>
public sealed partial class WidgetTests
{
    [Fact]
    public async Task A_session_is_shown_from_its_code_to_its_end()
    {
        await using var site = await Site.OpenAsync("<bzt-qr src='/qr' finish></bzt-qr>");
        var (page, widget) = (site.Page, site.Page.Locator("bzt-qr"));
        var state = widget.GetByRole(AriaRole.Status).First;

        // The code is the backend's link of this second, as another encoder draws it.
        await Expect(state).ToHaveTextAsync("请用标证通扫码");
        foreach (var length in (int[])[20, 106, 150, 300, 700])
        {
            site.Now["link"] = Link(length);
            var expected = Reference(Link(length));
            await Expect(widget.Locator("svg[role=img]")).ToHaveAttributeAsync("viewBox", $"0 0 {expected.Length} {expected.Length}");
            await page.WaitForFunctionAsync("size => document.querySelector('bzt-qr').shadowRoot.querySelector('svg[role=img] path:last-child').getAttribute('d').length > 0", expected.Length);
            Assert.Equal(expected, await ModulesAsync(widget, expected.Length));
        }

        await Expect(widget).ToContainTextAsync("剩余 4:00");
        await LookAsync(page);

        // For a phone app in a window beside it, without a camera: what the code says.
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var copy = widget.Locator("[part~=copy]");
        await Expect(copy).ToHaveTextAsync("复制链接");
        await copy.ClickAsync();
        await Expect(copy).ToHaveTextAsync("已复制，几秒内有效");
        Assert.Equal(Link(700), await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        await Expect(copy).ToHaveTextAsync("复制链接");

        // Scanned: the code is gone for good, and the check code stands there.
        (site.Now["state"], site.Now["checkCode"]) = ("scanned", "7K3M9P");
        await Expect(state).ToHaveTextAsync("已扫码，请在手机上确认");
        await Expect(widget).ToContainTextAsync("7K3 M9P");
        await Expect(copy).ToBeHiddenAsync();
        Assert.Equal("", await widget.Locator("svg[role=img] path").Last.GetAttributeAsync("d"));
        await LookAsync(page);

        // Another phone: the session is given up, a new one begins.
        site.Now["state"] = "created";
        await widget.GetByRole(AriaRole.Button, new() { Name = "换一台手机" }).ClickAsync();
        await Expect(state).ToHaveTextAsync("请用标证通扫码");
        Assert.Equal((2, 1), (site.Started, site.GivenUp));

        (site.Now["state"], site.Now["secondsLeft"]) = ("scanned", 42);
        await Expect(widget).ToContainTextAsync("二维码将在一分钟内失效");
        (site.Now["state"], site.Now["text"]) = ("confirmed", "正在签章 2/3");
        await Expect(state).ToHaveTextAsync("正在签章 2/3");
        (site.Now["state"], site.Now["end"]) = ("completed", "ok");
        await Expect(state).ToHaveTextAsync("完成");
        await page.WaitForURLAsync("**/done");
        Assert.Equal(1, site.Finished);
        Assert.Empty(site.Complaints);
    }

    [Fact]
    public async Task Every_other_end_says_what_happened_and_offers_to_begin_again()
    {
        await using var site = await Site.OpenAsync("<bzt-qr src='/qr' begin='扫码签章'></bzt-qr>");
        var (page, widget) = (site.Page, site.Page.Locator("bzt-qr"));
        var (state, again) = (widget.GetByRole(AriaRole.Status).First, widget.GetByRole(AriaRole.Button, new() { Name = "重新发起" }));
        Assert.Equal(0, site.Started);
        await page.EvaluateAsync("() => { window.ends = []; document.addEventListener('bzt-end', e => window.ends.push(e.detail.end)); }");
        await widget.GetByRole(AriaRole.Button, new() { Name = "扫码签章" }).ClickAsync();

        (string End, string Words)[] ends =
        [
            ("refused", "已拒绝"), ("timed_out", "已超时"), ("wrong_pin", "PIN码错误"), ("locked", "证书已锁定"), ("certificate_unusable", "证书不可用"),
            ("protocol_failure", "通信失败，请重试（编号 7F3A）"), ("cancelled", "已取消"), ("of_a_later_version", "未完成"),
        ];
        foreach (var (end, words) in ends)
        {
            await Expect(state).ToHaveTextAsync("请用标证通扫码");
            site.Now["reference"] = end == "protocol_failure" ? "7F3A" : null;
            (site.Now["state"], site.Now["end"]) = ("completed", end);
            await Expect(state).ToContainTextAsync(words);
            await Expect(widget.Locator("svg[role=img]")).ToBeHiddenAsync();
            if (end == "refused")
            {
                await LookAsync(page);
            }

            site.Now["state"] = "created";
            await again.ClickAsync();
        }

        Assert.Equal(ends.Select(end => end.End), await page.EvaluateAsync<string[]>("() => window.ends"));

        // The backend does not know the session any more, or does not open one and says why.
        site.Gone = true;
        await Expect(state).ToContainTextAsync("已超时");
        (site.Gone, site.Refusal) = (false, "操作过于频繁，请稍后再试");
        await again.ClickAsync();
        await Expect(state).ToHaveTextAsync("操作过于频繁，请稍后再试");

        // Away for a moment: the code that cannot be renewed disappears, and comes back.
        site.Refusal = null;
        await again.ClickAsync();
        await Expect(state).ToHaveTextAsync("请用标证通扫码");
        site.Away = true;
        await Expect(state).ToHaveTextAsync("网络不稳定，正在重试…");
        await Expect(widget.Locator("svg[role=img]")).ToBeHiddenAsync();
        site.Away = false;
        await Expect(state).ToHaveTextAsync("请用标证通扫码");
    }

    [Fact]
    public async Task Firefox_shows_the_same_code_and_the_same_states()
    {
        await using var site = await Site.ServeAsync("<bzt-qr src='/qr' finish></bzt-qr>");
        await using var firefox = await Firefox.StartAsync();
        await firefox.GoAsync(site.Address);
        Task<string> Show(string expression) => firefox.EvaluateAsync($"(() => {{ const root = document.querySelector('bzt-qr')?.shadowRoot; return {expression}; }})()");
        async Task Until(string words) => await Wait.UntilAsync(() => Show("root?.querySelector('.state').textContent ?? ''"), text => text == words);

        await Until("请用标证通扫码");
        var expected = Reference(Link(106));
        Assert.Equal(expected, Modules(await Show("root.querySelector('svg[role=img] path:last-child').getAttribute('d')"), expected.Length));
        Assert.Equal("rgb(255, 255, 255)", await Show("getComputedStyle(root.querySelector('.box')).backgroundColor"));
        site.Now["state"] = "scanned";
        await Until("已扫码，请在手机上确认");
        Assert.Equal("", await Show("root.querySelector('svg[role=img] path:last-child').getAttribute('d')"));
        (site.Now["state"], site.Now["end"]) = ("completed", "refused");
        await Until("已拒绝：手机上未同意本次操作");
        Assert.Equal("重新发起", await Show("root.querySelector('button:not([hidden])').textContent"));
    }

    [Fact]
    public async Task The_script_is_small_and_may_be_included_by_any_page()
    {
        var system = await EmbeddedSystem.SharedAsync();
        foreach (var encoding in (string[])["br", "gzip"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/widget/v1/bzt.js") { Headers = { { "Accept-Encoding", encoding } } };
            using var answer = await system.Gateway.SendAsync(request);
            Assert.Equal(encoding, Assert.Single(answer.Content.Headers.ContentEncoding));
            Assert.InRange((await answer.Content.ReadAsByteArrayAsync()).Length, 1, 15 * 1024);
            Assert.Equal(("*", "cross-origin"), (answer.Headers.GetValues("Access-Control-Allow-Origin").Single(), answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single()));

            using var known = new HttpRequestMessage(HttpMethod.Get, "/widget/v1/bzt.js") { Headers = { { "Accept-Encoding", encoding }, { "If-None-Match", answer.Headers.ETag!.ToString() } } };
            using var unchanged = await system.Gateway.SendAsync(known);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }

        Assert.Contains("'bzt-qr': BztQrElement", await system.Gateway.GetStringAsync("/widget/v1/bzt.d.ts"), StringComparison.Ordinal);
        using var missing = await system.Gateway.GetAsync("/widget/v1/other.js");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private static string Link(int length) => "https://bzt.example/q?v=1&t=".PadRight(length, 'x');

    /// <summary>Rows of the symbol with its quiet zone, by the encoder the tests of the camera use.</summary>
    private static string[] Reference(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        return [.. code.ModuleMatrix.Select(row => string.Concat(row.Cast<bool>().Select(dark => dark ? '#' : '.')))];
    }

    private static async Task<string[]> ModulesAsync(ILocator widget, int size) => Modules(await widget.Locator("svg[role=img] path").Last.GetAttributeAsync("d") ?? "", size);

    private static string[] Modules(string path, int size)
    {
        var rows = Enumerable.Range(0, size).Select(_ => Enumerable.Repeat('.', size).ToArray()).ToArray();
        foreach (Match run in Run().Matches(path))
        {
            var (x, y, length) = (int.Parse(run.Groups[1].Value), int.Parse(run.Groups[2].Value), int.Parse(run.Groups[3].Value));
            Array.Fill(rows[y], '#', x, length);
        }

        return [.. rows.Select(row => new string(row))];
    }

    /// <summary>Names, roles, contrast, in light and dark pages; and the code stays black on white.</summary>
    private static async Task LookAsync(IPage page)
    {
        await page.EvaluateAsync(ScreenChecks.Axe);
        Assert.Empty(await page.EvaluateAsync<string[]>("async () => (await axe.run(document.querySelector('bzt-qr'))).violations.flatMap(rule => rule.nodes.map(node => `${rule.id} ${node.html}`))"));
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("() => getComputedStyle(document.querySelector('bzt-qr').shadowRoot.querySelector('.box')).backgroundColor"));
    }

    [GeneratedRegex(@"M(\d+) (\d+)h(\d+)v1")]
    private static partial Regex Run();

    /// <summary>A page of a platform and its backend.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> complaints = new();
        private readonly WebApplication backend;

        private Site()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            backend = builder.Build();
            backend.MapPost("/qr", () =>
            {
                Interlocked.Increment(ref Started);
                return Refusal is { } refusal ? Results.Json(new { error = refusal }, statusCode: 429) : Results.Json(new Dictionary<string, object?>(Now) { ["url"] = "/qr/1" });
            });
            backend.MapGet("/qr/1", () => Away ? Results.StatusCode(503) : Gone ? Results.NotFound() : Results.Json(Now));
            backend.MapPost("/qr/1", () =>
            {
                Interlocked.Increment(ref Finished);
                return new { next = "/done" };
            });
            backend.MapDelete("/qr/1", () => Interlocked.Increment(ref GivenUp));
            backend.MapGet("/done", () => "done");
            backend.MapGet("/favicon.ico", () => Results.NoContent());
        }

        public IPage Page { get; private set; } = null!;

        /// <summary>What the backend answers.</summary>
        public ConcurrentDictionary<string, object?> Now { get; } = new(new Dictionary<string, object?> { ["state"] = "created", ["secondsLeft"] = 240, ["link"] = Link(106) });

        public int Started, GivenUp, Finished;

        public bool Gone { get; set; }

        public bool Away { get; set; }

        public string? Refusal { get; set; }

        public IEnumerable<string> Complaints => complaints;

        public string Address => backend.Urls.First();

        public static async Task<Site> ServeAsync(string body)
        {
            var site = new Site();
            var script = new Uri((await EmbeddedSystem.SharedAsync()).Address, "widget/v1/bzt.js");
            site.backend.MapGet("/", (HttpContext context) =>
            {
                context.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; script-src {script}; connect-src 'self'; img-src 'self'";
                return Results.Text($"<!DOCTYPE html><html lang='zh-CN'><title>平台</title><script src='{script}' defer></script><main>{body}</main>", "text/html; charset=utf-8");
            });
            site.backend.Urls.Add("http://127.0.0.1:0");
            await site.backend.StartAsync();
            return site;
        }

        public static async Task<Site> OpenAsync(string body)
        {
            var site = await ServeAsync(body);
            var context = await (await BrowserStage.ChromiumAsync()).NewContextAsync(new() { Locale = "zh-CN" });
            site.Page = await context.NewPageAsync();
            site.Page.SetDefaultTimeout(PhoneBrowser.Patience);
            site.Page.SetDefaultNavigationTimeout(PhoneBrowser.Patience);
            site.Page.Console += (_, message) =>
            {
                if (message.Type == "error")
                {
                    site.complaints.Enqueue(message.Text);
                }
            };
            site.Page.PageError += (_, error) => site.complaints.Enqueue(error);
            await site.Page.GotoAsync(site.Address);
            return site;
        }

        public async ValueTask DisposeAsync()
        {
            if (Page is not null)
            {
                await Page.Context.CloseAsync();
            }

            await backend.StopAsync();
            await backend.DisposeAsync();
        }
    }
}
