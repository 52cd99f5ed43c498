using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>会话签章 on the phone: ticked at a scan, seen, continued, stopped.</summary>
[Trait("Surface", "screen")]
public sealed class SealingScreenTests
{
    private static readonly ProjectInfo Project = new("YC-2031", "滨江路改造工程", DateTimeOffset.UnixEpoch.AddYears(60));

    [Fact]
    [Trait("Feature", "M070"), Trait("Feature", "M071"), Trait("Feature", "X14")]
    public async Task A_session_is_ticked_at_a_scan_its_bounds_are_seen_and_it_ends_at_once()
    {
        using var certified = await CertifiedPhone.ActiveAsync(await BrowserStage.SystemAsync());
        var platform = await certified.PlatformAsync();
        var signer = await certified.BindAsync(platform);
        await using var phone = await PreparedPhone.OpenAsync(certified);
        await Expect(Heading(phone.Page, certified.Enterprise.Name)).ToBeVisibleAsync();

        await OneByOneAsync(phone, platform, signer);
        await AutomaticAsync(phone, certified, platform, signer);
        await ReachBoundAsync(phone, platform, signer);
    }

    /// <summary>M070: later requests come without a scan, and each is looked at and confirmed.</summary>
    private static async Task OneByOneAsync(PhoneBrowser phone, PlatformClient platform, SessionResult signer)
    {
        var page = phone.Page;
        var scanned = await platform.OpenAsync(Seals(signer, "投标函.pdf"));
        await ScanByLinkAsync(page, scanned);
        await Expect(page.GetByText("最多 50 份 · 60 分钟 · 仅此项目 · 仅签章")).ToHaveCountAsync(0);
        await page.CheckAsync("[name=sealing]");
        await Expect(page.GetByText("最多 50 份 · 60 分钟 · 仅此项目 · 仅签章")).ToBeVisibleAsync();
        await Press(page, "10 份");
        await Expect(page.GetByText("最多 10 份 · 60 分钟 · 仅此项目 · 仅签章")).ToBeVisibleAsync();
        await phone.LookAsync("confirm-session");
        await Press(page, "确认，输入PIN码");

        // A wrong PIN begins nothing.
        await EnterPinAsync(page, CertifiedPhone.WrongPin);
        await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("会话进行中")).ToBeVisibleAsync();
        var id = Assert.NotNull((await platform.WaitAsync(scanned.SessionId)).SealingSession);

        var pushed = await platform.OpenAsync(Seals(signer, "报价单.pdf") with { UseSealingSession = id });
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("报价单.pdf") }).ClickAsync();
        await Expect(Heading(page, "确认签章")).ToBeVisibleAsync();
        await Expect(page.Locator("[name=sealing]")).ToHaveCountAsync(0);
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.Locator(".log small", new() { HasText = "手动确认" })).ToBeVisibleAsync();
        Assert.Single((await platform.WaitAsync(pushed.SessionId)).Result!.Signatures);

        // No is an answer as well; the session goes on, also after the app was closed.
        var refused = await platform.OpenAsync(Seals(signer, "附件.pdf") with { UseSealingSession = id });
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("附件.pdf") }).ClickAsync();
        await Press(page, "拒绝");
        await Expect(page.Locator(".log small", new() { HasText = "已拒绝" })).ToBeVisibleAsync();
        Assert.Equal(SessionEnd.Refused, (await platform.WaitAsync(refused.SessionId)).End);
        await phone.OpenAppAsync();
        await Expect(page.GetByText("会话签章进行中 · 剩 9 份")).ToBeVisibleAsync();
        await phone.LookAsync("home-session");
        await page.ClickAsync(".session-bar");
        await Expect(page.Locator(".log").GetByText("报价单.pdf")).ToBeVisibleAsync();
        await Press(page, "结束会话");
        await Expect(page.GetByText("您已结束此会话")).ToBeVisibleAsync();
        await phone.LookAsync("session-ended");
        Assert.Equal(ErrorCodes.SealingSessionEnded, await CodeOfAsync(() => platform.OpenAsync(Seals(signer, "再来.pdf") with { UseSealingSession = id })));
        await Press(page, "完成");
    }

    /// <summary>M071 and X14: no touch within the bounds; paused when the app was closed; never another project or a decryption; stopped by the administrator.</summary>
    private static async Task AutomaticAsync(PhoneBrowser phone, CertifiedPhone certified, PlatformClient platform, SessionResult signer)
    {
        var page = phone.Page;
        var scanned = await platform.OpenAsync(Seals(signer, "投标函.pdf"));
        await ScanByLinkAsync(page, scanned);
        await page.CheckAsync("[name=sealing]");
        await page.CheckAsync("[name=automatic]");
        await Expect(page.GetByText("范围内的签章将不再逐次询问，您可随时结束。")).ToBeVisibleAsync();
        await Press(page, "10 份");
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("自动确认已开启")).ToBeVisibleAsync();
        var id = Assert.NotNull((await platform.WaitAsync(scanned.SessionId)).SealingSession);

        // Nobody touches the phone.
        var first = await platform.OpenAsync(Seals(signer, "一.pdf", "二.pdf") with { UseSealingSession = id });
        Assert.Equal(2, (await platform.WaitAsync(first.SessionId)).Result!.Signatures.Count);
        await Expect(page.Locator(".log small", new() { HasText = "已签章" })).ToBeVisibleAsync();
        await Expect(page.GetByText("一.pdf 等 2 份")).ToBeVisibleAsync();
        await phone.LookAsync("session-running");
        foreach (var outside in (CreateSessionRequest[])
        [
            Seals(signer, [.. Enumerable.Range(1, 11).Select(number => $"{number}.pdf")]),
            Seals(signer, "别处.pdf") with { Project = Project with { ProjectId = "YC-2032" } },
            new(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) },
        ])
        {
            await Assert.ThrowsAsync<ApiRefusedException>(() => platform.OpenAsync(outside with { UseSealingSession = id }));
        }

        // The app was closed: an opened share is nowhere kept. What comes in waits for the PIN.
        await phone.OpenAppAsync();
        await Expect(page.GetByText("会话已暂停，输入PIN码继续")).ToBeVisibleAsync();
        var second = await platform.OpenAsync(Seals(signer, "三.pdf") with { UseSealingSession = id });
        await page.ClickAsync(".session-bar");
        await Expect(page.GetByText("电脑端的请求会在时限内等待")).ToBeVisibleAsync();
        await phone.LookAsync("session-paused");
        Assert.Equal(SealingSessionState.Paused, (await platform.GetSealingSessionAsync(id)).State);
        await Press(page, "输入PIN码继续");
        await EnterPinAsync(page, CertifiedPhone.WrongPin);
        await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        Assert.Single((await platform.WaitAsync(second.SessionId)).Result!.Signatures);
        await Expect(page.Locator(".log").GetByText("三.pdf")).ToBeVisibleAsync();

        // 自动确认 is off for a while: each request is looked at; on again takes the PIN, and nobody touches the phone.
        await Expect(page.Locator("[name=automatic]")).ToBeCheckedAsync();
        await page.UncheckAsync("[name=automatic]");
        await Expect(page.GetByText("已关闭，每份签章由您逐次确认")).ToBeVisibleAsync();
        var looked = await platform.OpenAsync(Seals(signer, "四.pdf") with { UseSealingSession = id });
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new("四.pdf") })).ToBeVisibleAsync();
        await phone.LookAsync("session-manual");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("四.pdf") }).ClickAsync();
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.Locator(".log").GetByText("四.pdf")).ToBeVisibleAsync();
        Assert.Single((await platform.WaitAsync(looked.SessionId)).Result!.Signatures);
        await page.Locator("[name=automatic]").ClickAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("自动确认已开启")).ToBeVisibleAsync();
        var untouched = await platform.OpenAsync(Seals(signer, "五.pdf") with { UseSealingSession = id });
        Assert.Single((await platform.WaitAsync(untouched.SessionId)).Result!.Signatures);

        // The administrator ends it, and the phone says so by itself.
        await certified.Client.EndEnterpriseSealingSessionAsync(certified.Enterprise.CreditCode, id);
        await Expect(page.GetByText("管理员已结束此会话")).ToBeVisibleAsync();
        Assert.Equal(SealingSessionEnd.StoppedByAdministrator, (await platform.GetSealingSessionAsync(id)).End);
        await phone.GoToAsync($"enterprises/{certified.Enterprise.CreditCode}/sealing");
        await Expect(page.GetByText("管理员已结束此会话")).ToBeVisibleAsync();
        await phone.LookAsync("session-enterprise");
    }

    /// <summary>X14: the last document that was agreed to is the last one signed.</summary>
    private static async Task ReachBoundAsync(PhoneBrowser phone, PlatformClient platform, SessionResult signer)
    {
        var page = phone.Page;
        var scanned = await platform.OpenAsync(Seals(signer, "投标函.pdf"));
        await phone.GoToAsync("");
        await ScanByLinkAsync(page, scanned);
        await page.CheckAsync("[name=sealing]");
        await page.CheckAsync("[name=automatic]");
        await Press(page, "10 份");
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("自动确认已开启")).ToBeVisibleAsync();
        var id = Assert.NotNull((await platform.WaitAsync(scanned.SessionId)).SealingSession);
        var all = await platform.OpenAsync(Seals(signer, [.. Enumerable.Range(1, 10).Select(number => $"附件{number}.pdf")]) with { UseSealingSession = id });
        Assert.Equal(10, (await platform.WaitAsync(all.SessionId)).Result!.Signatures.Count);
        await Expect(page.GetByText("已达 10 份上限，会话已结束")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("已达 10 份上限，会话已结束")).ToBeVisibleAsync();
        await phone.LookAsync("session-bound");
        Assert.Equal(ErrorCodes.SealingSessionEnded, await CodeOfAsync(() => platform.OpenAsync(Seals(signer, "多余.pdf") with { UseSealingSession = id })));
    }

    private static CreateSessionRequest Seals(SessionResult signer, params string[] names) => new(SessionKind.Seal)
    {
        Project = Project,
        Documents = [.. names.Select(name => new DocumentRequest(
            SigningForms.CmsPdf, new CmsPdfForm(name, RandomNumberGenerator.GetBytes(32), Sm3.Hash(signer.SigningCertificate), DateTimeOffset.UtcNow).Content))],
        TimeoutSeconds = 600,
    };

    private static async Task<string> CodeOfAsync(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;
}
