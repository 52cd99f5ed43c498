using System.Security.Cryptography;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>
/// Every screen that fetches what it shows: while it loads, when the server fails it, without a network. 重试 brings its content, and so does
/// the network's return, without a touch.
/// </summary>
public sealed class ScreenStatesTests
{
    /// <summary>Screens that show what a start fetches, and their titles.</summary>
    private static readonly (string Name, string Place, string Title)[] Beginnings =
    [
        ("certificates", "certificates", "证书管理"), ("messages", "messages", "消息"), ("account-me", "me", "我的"), ("account-settings", "settings", "设置"),
        ("account-pin", "settings/pin", "修改证书PIN码"),
    ];

    [Fact]
    public async Task An_administrators_screens_load_fail_and_come_back()
    {
        using var stage = await EnterpriseStage.StartAsync();
        var boss = stage.Boss;
        var staff = (await stage.StaffAsync()).Phone.Login!.UserId;
        await stage.GrantAsync(staff, CertifiedPhone.PlatformId, null, AuthorisationScope.Login);
        var (code, certificate, application) = (stage.Code, boss.Certificate, boss.Application);
        var order = await PaidAsync(stage, boss.Phone.Login!.UserId);
        var invoice = (await boss.Client.RequestInvoiceAsync(new InvoiceRequest(Guid.NewGuid(), [order], stage.Name, code))).InvoiceId;
        var platform = await boss.PlatformAsync();
        await boss.BindAsync(platform);

        await using var phone = await PreparedPhone.OpenAsync(boss);
        await Expect(Heading(phone.Page, stage.Name)).ToBeVisibleAsync();
        var line = await HeldLine.AtAsync(phone.Page);
        // The first one brings the catalogue, which the others know from then on: so nothing that fetches it may have been looked at before.
        foreach (var (name, place, content) in ((string, string, string)[])
        [
            ("certificate-new", "certificates/new", "湖北省"),
            ("enterprise-info", $"enterprises/{code}", "操作记录"),
            ("enterprise-change", $"enterprises/{code}/change", "营业执照或社会信用代码证"),
            ("people", $"people/{code}", "办事人员"),
            ("person", $"people/{code}/{staff}", "有效授权"),
            ("transfer", $"people/{code}/{staff}/transfer", "新管理员"),
            ("authorisations", $"authorisations/{code}", "1 项有效"),
            ("authorisation", $"authorisations/{code}/people/{staff}", "有效授权"),
            ("authorisation-new", $"authorisations/{code}/new", "授权权限"),
            ("certificate", $"certificates/{certificate}", "签名证书"),
            ("renew", $"certificates/{certificate}/renew", "有效期"),
            ("recover", $"certificates/{certificate}/recover", stage.Name),
            ("revoke", $"certificates/{certificate}/revoke", "不能恢复"),
            ("pin-reset", $"certificates/{certificate}/pin-reset", "重新实名认证"),
            ("application", $"applications/{application}", "申请内容"),
            ("request", $"requests/{application}", stage.Name),
            ("payment", $"applications/{application}/payment", "¥300.00"),
            ("bank-cards", "bank-cards", "还没有绑定银行卡"),
            ("bills", "bills", "宜昌数字认证中心企业证书"),
            ("bill", $"bills/{order}", "订单号"),
            ("invoices", "invoices", "开票记录"),
            ("invoice", $"invoices/{invoice}", "开票金额"),
            ("history", "history", "首尾相连"),
            ("session-enterprise", $"enterprises/{code}/sealing", "暂无会话签章"),
            ("account-devices", "settings/devices", "本机"),
            ("account-close", "settings/close", "注销后立即删除"),
            ("account-real-name", "real-name?again=true", "银行卡四要素认证"),
        ])
        {
            await OpenAsync(phone, line, name, place, content, kept: name == "certificate-new");
        }

        await FirstAsync(phone, line, stage.Name);
        await ConfirmAsync(phone, platform);
    }

    [Fact]
    public async Task The_screens_of_somebody_who_joins_load_fail_and_come_back()
    {
        using var stage = await EnterpriseStage.StartAsync();
        var person = await stage.PersonAsync();
        var invited = await stage.Boss.Client.InviteAsync(stage.Code, person.Invitation());
        await Wait.UntilAsync(() => person.Client.GetInvitationsAsync(), found => found.Any(one => one.InvitationId == invited.InvitationId));
        var remittance = await person.Client.BeginRemittanceAsync(stage.Code, new RemittanceRequest(Guid.NewGuid(), stage.Name, "123456", Agreed: true));

        await using var phone = await stage.OpenAsync(person);
        await Expect(phone.Page.GetByText("加入企业邀请").First).ToBeVisibleAsync();
        var line = await HeldLine.AtAsync(phone.Page);
        foreach (var (name, place, content) in ((string, string, string)[])
        [
            ("join", $"join/{stage.Code}", "管理员姓名"),
            ("invitation", $"invitations/{invited.InvitationId}", "邀请您加入"),
            ("enterprise", $"enterprise?code={stage.Code}", "已认领"),
            ("remittance-state", $"remittances/{remittance.RemittanceId}", "等待到账"),
        ])
        {
            await OpenAsync(phone, line, name, place, content);
        }

        // Nobody is logged in, and there is no network: said, and nothing is lost of what was typed.
        await using var stranger = await PhoneBrowser.OpenAsync();
        var page = stranger.Page;
        await page.FillAsync("[name=phone]", "13800001234");
        await page.CheckAsync("[name=agree]");
        await page.Context.SetOfflineAsync(true);
        await Press(page, "获取验证码");
        await Expect(page.GetByText("网络已断开，正在重连…")).ToBeVisibleAsync();
        await Expect(page.Locator("[role=alert] .banner")).ToBeVisibleAsync();
        await stranger.GlanceAsync("login-offline");
        await page.Context.SetOfflineAsync(false);
        await Expect(page.GetByText("网络已断开，正在重连…")).ToHaveCountAsync(0);
        await Press(page, "获取验证码");
        await Expect(page.Locator("[name=code]")).ToBeVisibleAsync();
    }

    /// <summary>What the app fetches at its start, on the screens that show nothing else.</summary>
    private static async Task FirstAsync(PhoneBrowser phone, HeldLine line, string enterprise)
    {
        var page = phone.Page;
        line.Hold();
        await phone.OpenAppAsync();
        await Expect(Heading(page, "标证通")).ToBeVisibleAsync();
        foreach (var (name, place, title) in ((string, string, string)[])[("home", "", "标证通"), .. Beginnings])
        {
            await ShowAsync(place, title);
            await AwaitSkeletonAsync(page);
            await phone.GlanceAsync($"{name}-loading");
        }

        await GoAsync(page, "");
        line.Break();
        await Expect(Again(page)).ToBeVisibleAsync();
        await phone.GlanceAsync("home-error");
        foreach (var (name, place, title) in Beginnings)
        {
            await ShowAsync(place, title);
            await Expect(Again(page)).ToBeVisibleAsync();
            await phone.GlanceAsync($"{name}-error");
        }

        line.Mend();
        await TryAgainAsync(page);
        await GoAsync(page, "");
        await Expect(Heading(page, enterprise)).ToBeVisibleAsync();
        await Expect(Again(page)).ToHaveCountAsync(0);

        // What was there stays there without a network.
        await page.Context.SetOfflineAsync(true);
        foreach (var (name, place, title) in ((string, string, string)[])[("home-kept", "", enterprise), .. Beginnings, ("scan", "scan", "扫码"), ("wallet", "wallet", "支付管理")])
        {
            await ShowAsync(place, title);
            await Expect(page.GetByText("网络已断开，正在重连…")).ToBeVisibleAsync();
            await phone.GlanceAsync($"{name}-offline");
        }

        await page.Context.SetOfflineAsync(false);
        await Expect(page.GetByText("网络已断开，正在重连…")).ToHaveCountAsync(0);

        // The banner is there before the screen is: its title tells that it is the one to look at.
        async Task ShowAsync(string place, string title)
        {
            await GoAsync(page, place);
            await Expect(Heading(page, title)).ToBeVisibleAsync();
        }
    }

    private static async Task OpenAsync(PhoneBrowser phone, HeldLine line, string name, string place, string content, bool kept = false)
    {
        var page = phone.Page;
        await GoAsync(page, "settings/display");
        await Expect(Heading(page, "主题与文字")).ToBeVisibleAsync();
        line.Hold();
        await GoAsync(page, place);
        await AwaitSkeletonAsync(page);
        await phone.GlanceAsync($"{name}-loading");
        line.Break();
        await Expect(Again(page)).ToBeVisibleAsync();
        await phone.GlanceAsync($"{name}-error");
        line.Mend();
        await TryAgainAsync(page);
        await ExpectContentAsync(page, content);

        await GoAsync(page, "settings/display");
        await Expect(Heading(page, "主题与文字")).ToBeVisibleAsync();
        await page.Context.SetOfflineAsync(true);
        await GoAsync(page, place);
        await Expect(page.GetByText("网络已断开，正在重连…")).ToBeVisibleAsync();
        await (kept ? ExpectContentAsync(page, content) : AwaitSkeletonAsync(page));
        await phone.GlanceAsync($"{name}-offline");
        await page.Context.SetOfflineAsync(false);
        await ExpectContentAsync(page, content);
    }

    /// <summary>A request that is looked at: while it is fetched, and when the network goes before and at the PIN.</summary>
    private static async Task ConfirmAsync(PhoneBrowser phone, PlatformClient platform)
    {
        var page = phone.Page;
        var session = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) });
        await GoAsync(page, "scan");
        await Press(page, "手动输入");
        await page.FillAsync("[name=link]", session.Link());
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**/exchange", async route =>
        {
            await opened.Task;
            await route.ContinueAsync();
        });
        await Press(page, "打开");
        await Expect(Heading(page, "确认登录")).ToBeVisibleAsync();
        await AwaitSkeletonAsync(page);
        await phone.GlanceAsync("confirm-loading");
        opened.SetResult();
        await Expect(page.GetByText("您正在登录")).ToBeVisibleAsync();
        await page.Context.SetOfflineAsync(true);
        await Expect(page.GetByText("网络已断开，正在重连…")).ToBeVisibleAsync();
        await phone.GlanceAsync("confirm-offline");
        await Press(page, "确认，输入PIN码");
        await Expect(Heading(page, "验证身份")).ToBeVisibleAsync();
        await phone.GlanceAsync("pin-offline");
        await page.Context.SetOfflineAsync(false);
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("登录成功")).ToBeVisibleAsync();
        Assert.Equal(SessionEnd.Ok, (await platform.WaitAsync(session.SessionId)).End);
    }

    private static async Task<Guid> PaidAsync(EnterpriseStage stage, Guid user)
    {
        var (id, now) = (new OrderId(Guid.CreateVersion7()), stage.System.Clock.GetUtcNow());
        await stage.System.Grains.Order(id).Open(new OpenOrder(new UserId(user), new(Guid.CreateVersion7()), "宜昌数字认证中心企业证书 1年", 30000));
        await stage.System.Grains.Order(id).Notify(new PaymentNotice(1, "notice", $"trade-{id}", true, 30000, now));
        return id.Value;
    }

    /// <summary>「重试」, beside what failed.</summary>
    private static ILocator Again(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "重试" });

    /// <summary>Presses it, unless the app was quicker and has it all again by itself.</summary>
    private static Task TryAgainAsync(IPage page) => page.EvaluateAsync("() => [...document.querySelectorAll('.banner button')].find(button => button.innerText === '重试')?.click()");

    private static Task GoAsync(IPage page, string place) => page.EvaluateAsync("place => Blazor.navigateTo('/app/' + place)", place);

    /// <summary>It shows itself only when the answer takes a moment.</summary>
    private static Task AwaitSkeletonAsync(IPage page) => Expect(page.Locator("main .skeleton").First).ToBeVisibleAsync();

    private static async Task ExpectContentAsync(IPage page, string content)
    {
        await Expect(page.Locator("main").GetByText(content).First).ToBeVisibleAsync();
        await Expect(page.Locator(".skeleton")).ToHaveCountAsync(0);
        await Expect(Again(page)).ToHaveCountAsync(0);
    }
}
