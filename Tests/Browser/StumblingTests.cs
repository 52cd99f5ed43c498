using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Csc;
using Bzt.Tests.OpenIdConnect;
using Bzt.Tests.Platforms;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>As a new user goes about it: a small phone with a wrong clock, taps twice, steps back, and a network that goes at every step.</summary>
public sealed partial class StumblingTests
{
    private const string ClockOfTomorrow = """
        const real = Date.now.bind(Date), Clock = Date, ahead = 24 * 3600 * 1000;
        globalThis.Date = class extends Clock { constructor(...given) { given.length ? super(...given) : super(real() + ahead); } static now() { return real() + ahead; } };
        """;

    [Fact]
    [Trait("Feature", "M033"), Trait("Feature", "M034"), Trait("Surface", "screen")]
    public async Task What_goes_wrong_on_the_way_signs_nothing_twice()
    {
        using var certified = await CertifiedPhone.ActiveAsync(await BrowserStage.SystemAsync());
        var platform = await certified.PlatformAsync();
        var signer = await certified.BindAsync(platform);
        await using var phone = await PreparedPhone.OpenAsync(certified);
        var page = phone.Page;
        await page.SetViewportSizeAsync(320, 568);
        await page.AddInitScriptAsync(ClockOfTomorrow);
        await page.ReloadAsync();
        await Expect(Heading(page, certified.Enterprise.Name)).ToBeVisibleAsync();
        await phone.LookAsync("home-320");

        // The time that is left is the server's, whatever the phone believes.
        var letter = new CmsPdfForm("投标函.pdf", RandomNumberGenerator.GetBytes(32), Sm3.Hash(signer.SigningCertificate), DateTimeOffset.UtcNow);
        var session = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Seal)
        {
            Project = new ProjectInfo("YC-320", "沿江大道照明工程", DateTimeOffset.UnixEpoch.AddYears(60)), Documents = [new DocumentRequest(SigningForms.CmsPdf, letter.Content)], TimeoutSeconds = 600,
        });
        await Tab(page, "扫码");
        await Press(page, "手动输入");
        await page.FillAsync("[name=link]", session.Link());

        // No network when the code is opened: it is said, and the same button does it later.
        await page.Context.SetOfflineAsync(true);
        await Press(page, "打开");
        await Expect(page.GetByText("网络已断开，正在重连…")).ToBeVisibleAsync();
        await Expect(page.Locator("[role=alert] .banner")).ToBeVisibleAsync();
        await page.Context.SetOfflineAsync(false);
        await page.FillAsync("[name=link]", session.Link());
        await page.GetByRole(AriaRole.Button, new() { Name = "打开" }).DblClickAsync();
        await Expect(page.GetByText("将签章 1 份文件")).ToBeVisibleAsync();
        await Expect(page.Locator(".actions .note")).ToHaveTextAsync(MinutesLeft());
        await phone.LookAsync("confirm-320");

        // Twice on the way to the PIN, back, and there again, without a network.
        await page.GetByRole(AriaRole.Button, new() { Name = "确认，输入PIN码" }).DblClickAsync();
        await Expect(Heading(page, "验证身份")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(Heading(page, "确认签章")).ToBeVisibleAsync();
        await page.Context.SetOfflineAsync(true);
        await Press(page, "确认，输入PIN码");
        await Expect(Heading(page, "验证身份")).ToBeVisibleAsync();
        await phone.LookAsync("pin-320");

        // The PIN is entered into the void; with the network the answer comes, once.
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("已提交，正在核实结果，请勿重复操作")).ToBeVisibleAsync();
        await page.Context.SetOfflineAsync(false);
        await Expect(page.GetByText("签章完成")).ToBeVisibleAsync();
        Assert.Equal(letter.Content, Assert.Single((await platform.WaitAsync(session.SessionId)).Result!.Signatures).ToBeSigned);

        // The way back leads home, never to the PIN again; and twice on 完成 is once.
        await page.GoBackAsync();
        await Expect(page.Locator(".scan")).ToBeVisibleAsync();
        var refused = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) });
        await ScanByLinkAsync(page, refused);
        await page.GetByRole(AriaRole.Button, new() { Name = "拒绝" }).DblClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "已拒绝" })).ToBeVisibleAsync();
        Assert.Equal(SessionEnd.Refused, (await platform.WaitAsync(refused.SessionId)).End);
        await page.GetByRole(AriaRole.Button, new() { Name = "完成" }).DblClickAsync();
        await Expect(page.Locator(".scan")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Hashes_that_a_signature_application_sends_are_shown_as_nothing_more_and_refused_or_signed()
    {
        var system = await BrowserStage.SystemAsync();
        using var certified = await CertifiedPhone.ActiveAsync(system);
        using var party = await RelyingParty.RegisterAsync(system, maySignHashes: true, redirectUris: [OpenIdWorld.Redirect]);
        await certified.BindToAsync(party.Client);
        var client = await CscClient.AuthorisedAsync(system, party, certified);
        var credential = Assert.Single(await client.CredentialsAsync());
        var certificate = await client.CertificateAsync(credential);
        await using var phone = await PreparedPhone.OpenAsync(certified);
        var page = phone.Page;
        await Expect(Heading(page, certified.Enterprise.Name)).ToBeVisibleAsync();

        foreach (var refuse in (bool[])[true, false])
        {
            var hash = CscClient.Hash(certificate, RandomNumberGenerator.GetBytes(8));
            var handle = await client.AskAsync(credential, hash);
            await Tab(page, "消息");
            await page.Locator("a.row", new() { HasText = "签名请求" }).First.ClickAsync();
            await Expect(page.GetByText("仅摘要：看不到文件内容，请先与电脑端核对。")).ToBeVisibleAsync();
            await page.ReloadAsync();
            await Expect(page.GetByText("仅摘要：看不到文件内容，请先与电脑端核对。")).ToBeVisibleAsync();
            await Expect(page.GetByText("将签名 1 份摘要")).ToBeVisibleAsync();
            if (refuse)
            {
                await phone.LookAsync("confirm-hash");
                await Press(page, "拒绝");
                await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "已拒绝" })).ToBeVisibleAsync();
                Assert.Equal("The user did not confirm", (await client.RefusedAsync(Routes.Csc.AuthorizeCheck, new { handle })).Error);
            }
            else
            {
                await Press(page, "确认，输入PIN码");
                await EnterPinAsync(page, CertifiedPhone.WrongPin);
                await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
                await EnterPinAsync(page, CertifiedPhone.Pin);
                await Expect(page.GetByText("签名完成")).ToBeVisibleAsync();
                Assert.Single(await client.SignAsync(credential, await CscTests.SadAsync(client, handle), hash));
            }

            await Press(page, "完成");
        }

        // What was asked long ago says so.
        await Tab(page, "消息");
        await page.Locator("a.row", new() { HasText = "签名请求" }).First.ClickAsync();
        await Expect(page.GetByText("此请求已结束")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "回到首页" })).ToBeVisibleAsync();
        await phone.LookAsync("asked-over");
    }

    [GeneratedRegex("请在 0[89]:[0-5][0-9] 内确认")]
    private static partial Regex MinutesLeft();
}
