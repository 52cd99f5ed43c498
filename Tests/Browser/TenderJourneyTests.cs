using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Grains.Platforms;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.TradingPlatforms;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>
/// The sample platform in one window, the phone app in another with its camera on the first one's screen: a whole tender, from the notice to the
/// sealed evaluation report, by one person who holds two enterprises' certificates and a personal one.
/// </summary>
public sealed class TenderJourneyTests
{
    private const string PlatformId = "sample-journey";
    private const string PlatformName = "宜昌公共资源电子交易平台";
    private const string Title = "宜昌市伍家岗区滨江绿道工程施工";

    [Fact]
    [Trait("Feature", "M063"), Trait("Feature", "M064"), Trait("Feature", "M069"), Trait("Surface", "screen")]
    public async Task A_whole_tender_between_two_windows()
    {
        var system = await BrowserStage.SystemAsync();
        // The platform's clock runs behind: by the phone's clock, which nobody may move, the tender has been due already.
        var clock = new ShiftedClock();
        clock.Advance(TimeSpan.FromMinutes(-30));
        var address = $"http://127.0.0.1:{PhoneBrowser.FreePort()}";
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        await system.Grains.GetGrain<IPlatformGrain>(PlatformId).Register(new RegisterPlatform(PlatformName, "hubei", secret, MaySignHashes: false) { RedirectUris = [$"{address}/signin-bzt"] });
        await using var pages = await SamplePages.StartAsync(system, PlatformId, secret, clock, address);
        var token = new ClientCredentialsHandler(system.Gateway, PlatformId, secret, system.Clock) { InnerHandler = new HttpClientHandler() };
        using var http = new HttpClient(token) { BaseAddress = system.Address };
        var client = new PlatformClient(http, system.Clock);

        using var first = await CertifiedPhone.ActiveAsync(system);
        var second = await first.NextAsync();
        Assert.IsType<DownloadOutcome.Active>(await second.Client.ContinueDownloadAsync(second.Certificate, CertifiedPhone.Pin));
        using var reviewer = await TestReviewer.LogInAsync(system);
        var application = await first.Client.ApplyAsync(new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Personal) { PlatformId = "yichang-ggzy", CaId = "hubei-ca", Years = 1 });
        await reviewer.ApproveAsync(application.ApplicationId);
        await first.Phone.PayForAsync(system, application.ApplicationId);
        var personal = Assert.IsType<DownloadOutcome.Active>(await first.Client.DownloadAsync(application.ApplicationId, CertifiedPhone.Pin)).Certificate;

        await using var phone = await PreparedPhone.OpenAsync(
            system, first.Phone, "", [(first.Certificate, first.Store), (second.Certificate, second.Store), (personal.CertificateId, first.Store)], withCamera: true);
        await using var pc = await PlatformWindow.OpenAsync(phone, address);

        var tender = await PublishAsync(pc, clock.GetUtcNow());
        foreach (var (bidder, price) in new[] { (first, "12,345,678.00 元"), (second, "11,900,000.00 元") })
        {
            await RegisterAndBindAsync(pc, bidder.Enterprise, bidder.Certificate, first: bidder == first);
            await BidAsync(pc, client, tender, bidder, $"投标报价：{price}\n工期：180 日历天\n");
            if (bidder == first)
            {
                await pc.LogOutAsync();
            }
        }

        await PassDeadlineAsync(pc, tender, clock);
        await OpenAsync(pc, tender, first, second);
        await EvaluateAsync(pc, tender, personal, [first.Enterprise, second.Enterprise]);

        // What was published stays, and anybody can verify it.
        await pages.RestartAsync();
        await pc.LogOutAsync();
        await pc.GoAsync($"/tenders/{tender}");
        await Expect(pc.Page.GetByText("第一中标候选人")).ToBeVisibleAsync();
        await pc.LookAsync("tender-published");
        using var report = new MemoryStream(await http.GetByteArrayAsync(new Uri(new Uri(address), $"/tenders/{tender}/report.pdf")));
        Assert.True(Assert.Single(PdfSealVerifier.Verify(report, [personal.Chain[^1]])).IsValid);
        pc.KeepFile("report.pdf", report.ToArray());
        Assert.Empty(pc.Complaints);
    }

    private static async Task<string> PublishAsync(PlatformWindow pc, DateTimeOffset now)
    {
        var page = pc.Page;
        await pc.GoAsync("/");
        await pc.LookAsync("home");
        await pc.GoAsync("/?stage=Evaluation");
        await Expect(page.GetByText("目前没有这一阶段的项目")).ToBeVisibleAsync();
        await pc.GoAsync("/login");
        await Expect(page.Locator("bzt-qr")).ToContainTextAsync("请用标证通扫码");
        await pc.LookAsync("login");
        await pc.LogInAsync("buyer", "not the password");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("用户名或密码不正确");
        await pc.LogInAsync("buyer", SamplePages.DemoPassword);
        await Expect(page).ToHaveURLAsync(new Regex("/Account$", RegexOptions.IgnoreCase));
        await pc.GoAsync("/publish");
        await page.FillAsync("[name=title]", Title);
        await page.FillAsync("[name=notice]", "本工程位于伍家岗区滨江段，全长3.6公里，含绿道、驿站、照明及绿化。计划工期180日历天，质量目标合格。");
        await page.FillAsync("[name=ceiling]", "13600000");
        foreach (var name in (string[])["deadline", "openingTime"])
        {
            await page.FillAsync($"[name={name}]", now.AddMinutes(20).ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture));
        }

        await pc.LookAsync("publish");
        await Press(page, "发布");
        await Expect(Heading(page, Title)).ToBeVisibleAsync();
        var tender = page.Url.Split('/')[^1];
        await pc.LogOutAsync();
        return tender;
    }

    private static async Task RegisterAndBindAsync(PlatformWindow pc, EnterpriseInfo enterprise, Guid certificate, bool first)
    {
        var page = pc.Page;
        await pc.GoAsync(enterprise.CreditCode.Length > 0 ? "/register" : "/register?kind=person");
        await page.FillAsync("[name=enterpriseName]", enterprise.Name);
        if (enterprise.CreditCode.Length > 0)
        {
            await page.FillAsync("[name=creditCode]", enterprise.CreditCode);
        }

        await page.FillAsync("[name=userName]", UserOf(certificate));
        await page.FillAsync("[name=password]", SamplePages.DemoPassword);
        if (first)
        {
            await pc.LookAsync("register");
        }

        await page.ClickAsync("main button[type=submit]");
        await Expect(page.GetByText("未绑定")).ToBeVisibleAsync();
        await Press(page, "绑定标证通证书");
        await Expect(page.Locator("bzt-qr")).ToContainTextAsync("请用标证通扫码");
        if (first)
        {
            await pc.LookAsync("bind-qr");
        }

        await pc.ScanAndConfirmAsync("确认绑定", certificate, "绑定成功", scanned: first ? () => pc.LookAsync("bind-scanned") : enterprise.CreditCode.Length == 0 ? () => IsPersonalAsync(pc.Phone.Page) : null);
        await Expect(page.GetByText("已绑定", new() { Exact = true })).ToBeVisibleAsync();
        if (first)
        {
            await Expect(page.Locator(".bound")).ToContainTextAsync(enterprise.Name);
            await Expect(page.Locator(".bound")).ToContainTextAsync("有效期至");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "扫码绑定证书" })).ToHaveCountAsync(0);
            await page.ClickAsync(".bound summary");
            await pc.LookAsync("account");
        }
    }

    /// <summary>A personal certificate is called so, and says nothing of an enterprise.</summary>
    private static async Task IsPersonalAsync(IPage phone)
    {
        await Expect(phone.GetByText("个人证书", new() { Exact = true })).ToBeVisibleAsync();
        foreach (var label in (string[])["企业证书", "企业", "信用代码"])
        {
            await Expect(phone.Locator("dt", new() { HasText = label })).ToHaveCountAsync(0);
        }
    }

    /// <summary>The bid is generated beside the browser, as with the bid tool, and handed in on the page.</summary>
    private static async Task BidAsync(PlatformWindow pc, PlatformClient client, string tender, CertifiedPhone bidder, string readAloud)
    {
        var page = pc.Page;
        await pc.GoAsync($"/tenders/{tender}");
        var opening = DateTimeOffset.Parse((await page.Locator("dt:text('开标时间') + dd").InnerTextAsync())[..16] + "+08:00", CultureInfo.InvariantCulture);
        var bid = await BidFile.MakeAsync(client, PlatformId, new ProjectInfo(tender, Title, opening), bidder.Enterprise, async session =>
        {
            await using (pc.Phone.ShowQr(session))
            {
                await pc.ConfirmAsync("确认生成", bidder.Certificate, "生成");
            }
        }, readAloud);
        await page.SetInputFilesAsync("[name=bid]", new FilePayload { Name = "坏文件.bztb", MimeType = "application/octet-stream", Buffer = [1, 2, 3] });
        await page.ClickAsync(".upload button");
        await Expect(page.GetByText("不是完整的投标文件")).ToBeVisibleAsync();
        await page.SetInputFilesAsync("[name=bid]", new FilePayload { Name = "投标文件.bztb", MimeType = "application/octet-stream", Buffer = bid });
        await page.ClickAsync(".upload button");
        await Expect(page.GetByText("已收到投标文件")).ToBeVisibleAsync();
        await pc.LookAsync("tender-bidding");
    }

    /// <summary>
    /// The page goes on by itself when the deadline passes. With a file chosen it stays as it is, takes nothing more, and says so. The platform's clock
    /// is moved to some seconds before the deadline, and in the end to the phone's.
    /// </summary>
    private static async Task PassDeadlineAsync(PlatformWindow pc, string tender, ShiftedClock clock)
    {
        var page = pc.Page;
        var deadline = DateTimeOffset.Parse((await page.Locator("dt:text('投标截止') + dd").InnerTextAsync())[..16] + "+08:00", CultureInfo.InvariantCulture);
        clock.Advance(deadline - TimeSpan.FromSeconds(25) - clock.GetUtcNow());
        await pc.GoAsync($"/tenders/{tender}");
        await page.SetInputFilesAsync("[name=bid]", new FilePayload { Name = "投标文件.bztb", MimeType = "application/octet-stream", Buffer = [1, 2, 3] });
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(page.Url);
        await Expect(other.GetByText("投标中")).ToBeVisibleAsync();

        await Expect(other.GetByRole(AriaRole.Link, new() { Name = "进入开标大厅" })).ToBeVisibleAsync(new() { Timeout = 45000 });
        await Expect(other.GetByText("开标中", new() { Exact = true })).ToBeVisibleAsync();
        await other.CloseAsync();

        await Expect(page.GetByText("投标已截止，不能再递交。")).ToBeVisibleAsync(new() { Timeout = 45000 });
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "递交", Exact = true })).ToBeDisabledAsync();
        Assert.Equal(1, await page.EvaluateAsync<int>("() => document.querySelector('[name=bid]').files.length"));
        await page.ClickAsync("text=刷新页面，查看进展");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "进入开标大厅" })).ToBeVisibleAsync();
        await pc.LogOutAsync();
        clock.Advance(TimeProvider.System.GetUtcNow() - clock.GetUtcNow());
    }

    /// <summary>The buyer may give more time. One bidder logs in by OpenID Connect, the other by the widget; each opens its own bid.</summary>
    private static async Task OpenAsync(PlatformWindow pc, string tender, CertifiedPhone first, CertifiedPhone second)
    {
        var page = pc.Page;
        var hall = $"/tenders/{tender}/opening";
        await pc.GoAsync($"/login?returnUrl={Uri.EscapeDataString(hall)}");
        await pc.LogInAsync("buyer", SamplePages.DemoPassword);
        await Expect(Heading(page, "开标大厅")).ToBeVisibleAsync();
        await page.ClickAsync(".extend summary");
        await Expect(page.GetByText("只能延长，不能提前")).ToBeVisibleAsync();
        await pc.LookAsync("opening-extend");
        await pc.LogOutAsync();

        await pc.GoAsync($"/login?returnUrl={Uri.EscapeDataString(hall)}");
        await page.ClickAsync("text=前往标证通登录页");
        await Expect(page.GetByText(PlatformName).First).ToBeVisibleAsync();
        await pc.ScanAndConfirmAsync("确认登录", first.Certificate, "登录成功", code: page.Locator("#qr"));
        await Expect(Heading(page, "开标大厅")).ToBeVisibleAsync();
        await pc.DecryptAsync(first.Certificate);
        await Expect(page.GetByText("12,345,678.00 元")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("开标记录$") })).ToHaveCountAsync(2);
        await pc.LookAsync("opening-running");
        await pc.LogOutAsync();

        await pc.GoAsync($"/login?returnUrl={Uri.EscapeDataString(hall)}");
        await pc.ScanAndConfirmAsync("确认登录", second.Certificate, "登录成功");
        await Expect(Heading(page, "开标大厅")).ToBeVisibleAsync();
        await pc.DecryptAsync(second.Certificate);
        await Expect(page.GetByText("解密成功")).ToHaveCountAsync(2);
        await pc.LookAsync("opening-done");
        await pc.LogOutAsync();
    }

    /// <summary>The buyer appoints the expert, by the name and user name he gave.</summary>
    private static async Task AppointAsync(PlatformWindow pc, string tender, CertificateInfo personal)
    {
        var page = pc.Page;
        await pc.GoAsync($"/login?returnUrl={Uri.EscapeDataString($"/tenders/{tender}")}");
        await pc.LogInAsync("buyer", SamplePages.DemoPassword);
        await pc.LookAsync("tender-buyer");
        await page.GetByRole(AriaRole.Link, new() { Name = "评标专家" }).ClickAsync();
        await Expect(page.GetByText("还没有指定评标专家")).ToBeVisibleAsync();
        await pc.LookAsync("evaluators-empty");
        foreach (var (user, found) in new[] { ("nobody", false), (UserOf(personal.CertificateId), true) })
        {
            await page.FillAsync("[name=name]", personal.EnterpriseName);
            await page.FillAsync("main .side [name=userName]", user);
            await Press(page, "指定");
            if (!found)
            {
                await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("没有姓名与用户名都相符的个人账号");
                await pc.LookAsync("evaluators-error");
            }
        }

        await Expect(page.GetByText("已指定 1 名")).ToBeVisibleAsync();
        await pc.LookAsync("evaluators");
        await pc.LogOutAsync();
    }

    private static string UserOf(Guid certificate) => "user-" + certificate.ToString("N")[^8..];

    private static async Task EvaluateAsync(PlatformWindow pc, string tender, CertificateInfo personal, IReadOnlyList<EnterpriseInfo> bidders)
    {
        var page = pc.Page;
        await RegisterAndBindAsync(pc, new EnterpriseInfo(personal.EnterpriseName, ""), personal.CertificateId, first: false);
        await Expect(page.GetByText("还没有招标人指定您为评标专家")).ToBeVisibleAsync();
        await pc.LookAsync("account-person");
        await pc.LogOutAsync();
        await AppointAsync(pc, tender, personal);

        await pc.GoAsync("/login?returnUrl=/account");
        await pc.LogInAsync(UserOf(personal.CertificateId), SamplePages.DemoPassword);
        await page.GetByRole(AriaRole.Link, new() { Name = Title }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "评标", Exact = true }).ClickAsync();
        await Expect(page.GetByText("为每个已解密的投标人评分并保存后")).ToBeVisibleAsync();
        foreach (var (bidder, i) in bidders.Select((bidder, i) => (bidder, i)))
        {
            foreach (var (name, value) in new[] { ("price", i == 0 ? "36" : "40"), ("technical", "34"), ("commercial", "17"), ("comment", "响应招标文件，施工组织合理") })
            {
                await page.FillAsync($"[name='{name}[{bidder.CreditCode}]']", value);
            }
        }

        await Press(page, "保存评分");
        await Expect(page.GetByText("推荐第一中标候选人")).ToBeVisibleAsync();
        await pc.LookAsync("evaluation");
        await Press(page, "扫码签章");
        await pc.ScanAndConfirmAsync("确认签章", personal.CertificateId, "签章完成", scanned: () => IsPersonalAsync(pc.Phone.Page));
        await Expect(page.GetByText("评标结果公示")).ToBeVisibleAsync();

        // Whoever has done his work takes the certificate off his account.
        await pc.GoAsync("/account");
        await page.ClickAsync(".bound summary");
        await Press(page, "确认解绑");
        await Expect(page.GetByText("未绑定")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "扫码绑定证书" })).ToBeVisibleAsync();
    }
}
