using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Seals;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Peers;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>A bidder's way through the phone app, in a real browser, from the first login to a sealed document. Each stop is looked at: <see cref="ScreenChecks"/>.</summary>
public sealed partial class PhoneAppTests
{
    private const string Pin = "493817";
    private const string WrongPin = "730492";

    [Fact]
    [Trait("Feature", "M011"), Trait("Feature", "M017"), Trait("Feature", "M025"), Trait("Feature", "M031"), Trait("Feature", "M032"), Trait("Feature", "M033"), Trait("Feature", "M034")]
    [Trait("Feature", "M063"), Trait("Feature", "M064"), Trait("Feature", "M069"), Trait("Feature", "M075"), Trait("Feature", "X01"), Trait("Feature", "X06"), Trait("Surface", "screen")]
    public async Task From_the_first_login_to_a_sealed_document_through_the_camera()
    {
        await using var phone = await PhoneBrowser.StartAsync();
        var person = EmbeddedSystem.NextPerson();
        var enterprise = ClaimSteps.NextEnterprise();

        await LogInAsync(phone, person);
        await ProveNameAsync(phone, person);
        var application = await ClaimAsync(phone, person, enterprise);
        await RejectedAndCorrectedAsync(phone, person, application);
        await PayAsync(phone, application);
        await DownloadAsync(phone, person);

        var signer = await BindAsync(phone, enterprise);
        await RestartAsync(phone, enterprise);
        var signatures = await SealAsync(phone, signer);
        await MainThread.MeasureStretchAsync(phone.Page);
        await RefuseAndLogInAsync(phone);
        await OpenBidAsync(phone, signer);
        await AroundAsync(phone);
        await LockAsync(phone, signer);
        await TakeOverAsync(phone);

        Assert.Empty(await StoredInClearAsync(phone.Page));
        await TellsNoPinAsync(phone.Page, signatures);
        Assert.DoesNotContain(phone.Complaints, complaint => !ExpectedComplaint().IsMatch(complaint));
    }

    private static async Task LogInAsync(PhoneBrowser phone, TestPerson person)
    {
        var page = phone.Page;
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();
        await page.FillAsync("[name=phone]", "12345");
        await Press(page, "获取验证码");
        await Expect(page.GetByText("请输入11位手机号")).ToBeVisibleAsync();
        await phone.LookAsync("login");

        // No agreement, no code; and the texts can be read before.
        await page.FillAsync("[name=phone]", person.Phone);
        await Press(page, "获取验证码");
        await Expect(page.GetByText("请先阅读并同意用户协议和隐私政策")).ToBeVisibleAsync();
        await page.Locator(".agree button").Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await phone.LookAsync("login-legal");
        await Press(page, "关闭");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await page.CheckAsync("[name=agree]");
        await Press(page, "获取验证码");
        await Expect(page.Locator("[name=code]")).ToBeVisibleAsync();
        var code = (await phone.System.Simulators.LastMessageAsync(person.Phone))!.Code;
        await page.FillAsync("[name=code]", code == "111111" ? "222222" : "111111");
        await Expect(page.GetByText("验证码不正确")).ToBeVisibleAsync();
        await phone.LookAsync("login-code");

        await page.FillAsync("[name=code]", code);
        await Expect(Heading(page, "您好")).ToBeVisibleAsync();
        await Expect(page.GetByText("去实名认证")).ToBeVisibleAsync();
        // Every button is there, and says what comes first (M014).
        foreach (var button in (string[])["证书管理", "新增证书", "开始扫码"])
        {
            await page.Locator("button", new() { HasText = button }).ClickAsync();
            await Expect(page.GetByText("尚未实名认证，无法操作").First).ToBeVisibleAsync();
            await phone.GoToAsync("");
            await Expect(Heading(page, "您好")).ToBeVisibleAsync();
        }

        await phone.LookAsync("home-new");
        await page.ReloadAsync();
        await Expect(Heading(page, "您好")).ToBeVisibleAsync();
    }

    private static async Task ProveNameAsync(PhoneBrowser phone, TestPerson person)
    {
        var page = phone.Page;
        await Tab(page, "扫码");
        await Expect(page.GetByText("尚未实名认证，无法操作").First).ToBeVisibleAsync();
        await page.ClickAsync("text=去实名认证");
        await page.ClickAsync("text=银行卡四要素认证");
        await page.FillAsync("[name=name]", person.Name);
        await page.FillAsync("[name=id-number]", person.IdNumber);
        await page.FillAsync("[name=card]", EmbeddedSystem.NextPerson().CardNumber);
        await page.FillAsync("[name=bank-phone]", person.Phone);
        await Press(page, "开始认证");
        await Expect(page.GetByText("信息与银行预留信息不一致")).ToBeVisibleAsync();
        await phone.LookAsync("real-name");

        await page.FillAsync("[name=card]", person.CardNumber);
        await Press(page, "开始认证");
        await Expect(page.GetByText("认证通过")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText($"{person.Name[..1]}**")).ToBeVisibleAsync();
        await Press(page, "完成");
        await Expect(page.GetByText("认领企业并申请企业证书")).ToBeVisibleAsync();
        await phone.LookAsync("home-empty");
    }

    /// <summary>扫码绑定 through the camera, with one wrong PIN on the way.</summary>
    private static async Task<SessionResult> BindAsync(PhoneBrowser phone, (string Name, string CreditCode) enterprise)
    {
        var page = phone.Page;
        await Expect(Heading(page, enterprise.Name)).ToBeVisibleAsync();
        await Expect(page.Locator(".who").GetByText("管理员")).ToBeVisibleAsync();
        await phone.LookAsync("home", dark: true);
        using var platform = await TestPlatform.RegisterAsync(phone.System);
        var challenge = RandomNumberGenerator.GetBytes(32);
        var session = await platform.Client.OpenAsync(new CreateSessionRequest(SessionKind.Bind) { Challenge = challenge, Enterprise = new EnterpriseInfo(enterprise.Name, enterprise.CreditCode) });

        phone.Camera.Show("https://example.org/not-ours");
        await page.ClickAsync("text=开始扫码");
        await Expect(page.GetByText("这不是标证通的二维码")).ToBeVisibleAsync();
        await phone.LookAsync("scan");
        await using (phone.ShowQr(session))
        {
            await Expect(Heading(page, "确认绑定")).ToBeVisibleAsync();
        }

        await Expect(page.GetByText($"将这张证书绑定到【{TestPlatform.Name}】的企业账号。")).ToBeVisibleAsync();
        await phone.LookAsync("confirm-bind");
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, WrongPin);
        await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        await phone.LookAsync("pin-wrong", dark: true);
        await EnterPinAsync(page, Pin);
        await Expect(page.GetByText("绑定成功")).ToBeVisibleAsync();

        var status = await platform.Client.WaitAsync(session.SessionId);
        Assert.Equal(SessionEnd.Ok, status.End);
        var signature = Assert.Single(status.Result!.Signatures);
        Assert.True(SigningForm.TryDecode(new SigningDocument(SigningFormKind.Login, signature.ToBeSigned), out var form));
        Assert.Equal(challenge, Assert.IsType<LoginForm>(form).Challenge);
        await VerifyAsync(status.Result, signature);
        await Press(page, "完成");
        return status.Result;
    }

    /// <summary>Phone and gateway begin anew: who is logged in, and what is on the phone, stays.</summary>
    private static async Task RestartAsync(PhoneBrowser phone, (string Name, string CreditCode) enterprise)
    {
        await phone.System.RestartAsync();
        await phone.Page.ReloadAsync();
        await Expect(Heading(phone.Page, enterprise.Name)).ToBeVisibleAsync();
        await Expect(phone.Page.Locator(".chip", new() { HasText = "生效中" })).ToBeVisibleAsync();
    }

    /// <summary>What is shown is what is signed: the documents' names and digests on the screen are those in the signed bytes.</summary>
    private static async Task<IReadOnlyList<byte[]>> SealAsync(PhoneBrowser phone, SessionResult signer)
    {
        var page = phone.Page;
        using var platform = await TestPlatform.RegisterAsync(phone.System);
        var certificate = Sm3.Hash(signer.SigningCertificate);
        var documents = new[] { "投标函.pdf", "已标价工程量清单.pdf" }
            .Select(name => new CmsPdfForm(name, RandomNumberGenerator.GetBytes(32), certificate, DateTimeOffset.UtcNow)).ToArray();
        var session = await platform.Client.OpenAsync(new CreateSessionRequest(SessionKind.Seal)
        {
            Project = new ProjectInfo("project-1", "城东路道路改造工程施工（第二标段）", phone.System.Clock.GetUtcNow().AddDays(3)),
            Documents = [.. documents.Select(form => new DocumentRequest(SigningForms.CmsPdf, form.Content))],
        });

        await Tab(page, "扫码");
        await using (phone.ShowQr(session))
        {
            await Expect(Heading(page, "确认签章")).ToBeVisibleAsync();
        }

        await Expect(page.GetByText("将签章 2 份文件")).ToBeVisibleAsync();
        foreach (var form in documents)
        {
            await page.GetByText(form.DocumentName).ClickAsync();
            var shown = await page.Locator("details", new() { HasText = form.DocumentName }).Locator("code").InnerTextAsync();
            Assert.Equal(Convert.ToHexString(form.MessageDigest), shown.Replace(" ", "", StringComparison.Ordinal));
        }

        await phone.LookAsync("confirm-seal", dark: true, large: true);
        await Press(page, "确认，输入PIN码");
        await using (await MainThread.MeasureAsync(page, "two documents confirmed, from the first digit of the PIN to the result"))
        {
            await EnterPinAsync(page, Pin);
            await Expect(page.GetByText("签章完成")).ToBeVisibleAsync();
        }

        await phone.LookAsync("result");
        var status = await platform.Client.WaitAsync(session.SessionId);
        Assert.Equal(documents.Select(form => form.Content), status.Result!.Signatures.Select(signature => signature.ToBeSigned));
        foreach (var signature in status.Result.Signatures)
        {
            await VerifyAsync(status.Result, signature);
        }

        await Press(page, "完成");
        await WithdrawAsync(
            phone, platform.Client, CmsSeal.Assemble(documents[0].Content, status.Result.Signatures[0].Signature, status.Result.SigningCertificate, status.Result.Chain), documents[0].MessageDigest);
        return [.. status.Result.Signatures.Select(signature => signature.Signature)];
    }

    private static async Task RefuseAndLogInAsync(PhoneBrowser phone)
    {
        var page = phone.Page;
        using var platform = await TestPlatform.RegisterAsync(phone.System);
        foreach (var refuse in (bool[])[true, false])
        {
            var session = await platform.Client.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) });
            await ScanByLinkAsync(page, session);
            await Expect(Heading(page, "确认登录")).ToBeVisibleAsync();
            await Expect(page.GetByText($"您正在登录【{TestPlatform.Name}】。")).ToBeVisibleAsync();
            if (refuse)
            {
                await phone.LookAsync("confirm-login");
                await Press(page, "不是我发起的");
                await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "已拒绝" })).ToBeVisibleAsync();
                await phone.LookAsync("result-refused");
            }
            else
            {
                await Press(page, "确认，输入PIN码");
                await using (await MainThread.MeasureAsync(page, "a login confirmed, from the first digit of the PIN to the result"))
                {
                    await EnterPinAsync(page, Pin);
                    await Expect(page.GetByText("登录成功")).ToBeVisibleAsync();
                }
            }

            var status = await platform.Client.WaitAsync(session.SessionId);
            Assert.Equal(refuse ? SessionEnd.Refused : SessionEnd.Ok, status.End);
            if (!refuse)
            {
                await VerifyAsync(status.Result!, Assert.Single(status.Result!.Signatures));
            }

            await Press(page, "完成");
        }
    }

    /// <summary>我的 and its certificates.</summary>
    private static async Task AroundAsync(PhoneBrowser phone)
    {
        var page = phone.Page;
        await Tab(page, "我的");
        await Expect(page.GetByText("退出登录")).ToBeVisibleAsync();
        await phone.LookAsync("me");
        await page.ClickAsync("text=证书管理");
        await Expect(page.Locator(".chip", new() { HasText = "生效中" })).ToBeVisibleAsync();
        await phone.LookAsync("certificates");
        await Press(page, "返回");
    }

    /// <summary>Two windows on the same shares would look like a copied phone: one runs.</summary>
    private static async Task TakeOverAsync(PhoneBrowser phone)
    {
        var page = phone.Page;
        var second = await phone.OpenSecondWindowAsync();
        await Expect(second.GetByText("标证通已在另一窗口打开")).ToBeVisibleAsync();
        await Press(second, "在此使用");
        await Expect(second.Locator(".scan")).ToBeVisibleAsync();
        await Expect(page.GetByText("标证通已在另一窗口打开")).ToBeVisibleAsync();
        await phone.LookAsync("other-window");
    }

    private static async Task VerifyAsync(SessionResult result, DocumentSignature signature)
    {
        Assert.True(Sm2Signature.TryParseRaw(signature.Signature, out var parsed));
        Assert.True(await OpenSsl.VerifySignature(result.SigningCertificate, signature.ToBeSigned, parsed!.ToDer()), "OpenSSL does not accept the signature.");
    }

    /// <summary>Refusals the journey provokes, and the hub's and the page's tries while the gateway restarts.</summary>
    [GeneratedRegex("status of 4|status of 503|WebSocket|ERR_CONNECTION|Failed to load resource|disconnected")]
    private static partial Regex ExpectedComplaint();
}
