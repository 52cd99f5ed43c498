using System.Security.Cryptography;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Grains.Seals;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Seals;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using QRCoder;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>Scan, look, confirm, on a phone that has its certificate: what is chosen, what is many, what is interrupted, and what stays on record.</summary>
public sealed class ConfirmScreenTests
{
    private const string Project = "城东路道路改造工程施工（第二标段）";

    [Fact]
    [Trait("Feature", "M065"), Trait("Feature", "X09"), Trait("Feature", "X06"), Trait("Feature", "X10"), Trait("Surface", "screen")]
    public async Task Seals_are_chosen_many_documents_confirmed_at_once_and_an_interruption_doubles_nothing()
    {
        await using var system = await PhoneBrowser.StartSystemAsync();
        using var certified = await CertifiedPhone.ActiveAsync(system);
        var platform = await certified.PlatformAsync();
        var signer = await certified.BindAsync(platform);
        await GiveSealsAsync(system, certified);
        await using var phone = await PreparedPhone.OpenAsync(certified);
        await Expect(Heading(phone.Page, certified.Enterprise.Name)).ToBeVisibleAsync();

        await ChooseSealAsync(phone, platform, signer);
        platform = await BatchAsync(phone, certified, signer);
        await LoseAnswerAsync(phone, platform, signer);
        await PickFromAlbumAsync(phone, platform);
        await RunOutAsync(phone, platform, signer);
        await HistoryAsync(phone, certified);
        await ReturnAsync(phone, platform);
    }

    /// <summary>Two documents in three versions: the chosen seal's are signed, and what is shown are their digests.</summary>
    private static async Task ChooseSealAsync(PhoneBrowser phone, PlatformClient platform, SessionResult signer)
    {
        var page = phone.Page;
        SealKind[] kinds = [SealKind.Enterprise, SealKind.LegalRepresentative, SealKind.Signature];
        var versions = kinds.SelectMany(kind => (string[])["投标函.pdf", "授权书.pdf"], (kind, name) => (kind, Form: Document(name, signer))).ToArray();
        var request = Request([.. versions.Select(version => new DocumentRequest(SigningForms.CmsPdf, version.Form.Content) { Seal = version.kind })]);
        var session = await platform.OpenAsync(request);
        await ScanByLinkAsync(page, session);
        await Expect(page.GetByText("将签章 2 份文件")).ToBeVisibleAsync();
        await Expect(page.Locator(".seal-choice")).ToHaveCountAsync(3);
        await Expect(page.Locator(".seal-choice img")).ToHaveCountAsync(3);
        await Expect(page.GetByLabel("单位公章")).ToBeCheckedAsync();
        await phone.LookAsync("confirm-seals");

        await page.GetByLabel("法人章").CheckAsync();
        await Expect(page.GetByLabel("法人章")).ToBeCheckedAsync();
        var chosen = versions.Where(version => version.kind == SealKind.LegalRepresentative).Select(version => version.Form).ToArray();
        await Expect(page.Locator("details code").First).ToHaveTextAsync(Grouped(chosen[0].MessageDigest), new() { UseInnerText = false });

        // The system takes the app's memory in the middle of it: the request and the choice are still there.
        await page.ReloadAsync();
        await Expect(page.GetByLabel("法人章")).ToBeCheckedAsync();
        await Press(page, "确认，输入PIN码");
        await Expect(Heading(page, "验证身份")).ToBeVisibleAsync();

        // The browser's way back is a way back.
        await page.GoBackAsync();
        await Expect(Heading(page, "确认签章")).ToBeVisibleAsync();
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("签章完成")).ToBeVisibleAsync();
        var status = await platform.WaitAsync(session.SessionId);
        Assert.Equal(chosen.Select(form => form.Content), status.Result!.Signatures.Select(signature => signature.ToBeSigned));
        await page.GoBackAsync();
        await Expect(page.Locator(".scan")).ToBeVisibleAsync();

        // Refused as not one's own: the platform is told.
        var foreign = await platform.OpenAsync(request);
        await ScanByLinkAsync(page, foreign);
        await Press(page, "不是我发起的");
        await Expect(page.GetByText("已告知平台不是您发起的")).ToBeVisibleAsync();
        Assert.Equal((SessionEnd.Refused, true), await platform.WaitAsync(foreign.SessionId) is var refused ? (refused.End, refused.Disowned) : default);
        await Press(page, "完成");
    }

    /// <summary>47 documents, one PIN, a result for each; the gateway restarts while the user looks.</summary>
    private static async Task<PlatformClient> BatchAsync(PhoneBrowser phone, CertifiedPhone certified, SessionResult signer)
    {
        var page = phone.Page;
        var platform = await certified.PlatformAsync();
        CmsPdfForm[] documents = [.. Enumerable.Range(1, 47).Select(number => Document($"附件{number}.pdf", signer))];
        var session = await platform.OpenAsync(Request([.. documents.Select(form => new DocumentRequest(SigningForms.CmsPdf, form.Content))]));
        await ScanByLinkAsync(page, session);
        await Expect(page.GetByText("将签章 47 份文件")).ToBeVisibleAsync();
        await Expect(page.Locator("details")).ToHaveCountAsync(20);
        await phone.LookAsync("confirm-batch");
        await Press(page, "还有 27 份");
        await Expect(page.Locator("details")).ToHaveCountAsync(47);

        // A wrong PIN costs a try and none of the items.
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.WrongPin);
        await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("签章完成")).ToBeVisibleAsync();
        await Expect(page.GetByText("共 47 份")).ToBeVisibleAsync();
        await Expect(page.Locator(".log .chip", new() { HasText = "已签章" })).ToHaveCountAsync(20);
        await phone.LookAsync("result-batch");
        var status = await platform.WaitAsync(session.SessionId);
        Assert.Equal(documents.Select(form => form.Content), status.Result!.Signatures.Select(signature => signature.ToBeSigned));
        await Press(page, "完成");

        await phone.System.RestartAsync();
        await page.ReloadAsync();
        await Expect(Heading(page, certified.Enterprise.Name)).ToBeVisibleAsync();
        platform = await certified.PlatformAsync();
        Assert.Equal(47, (await platform.WaitAsync(session.SessionId)).Result!.Signatures.Count);
        return platform;
    }

    /// <summary>The network goes after the PIN: the server did its work, its answer never came, the app is closed on top of it.</summary>
    private static async Task LoseAnswerAsync(PhoneBrowser phone, PlatformClient platform, SessionResult signer)
    {
        var page = phone.Page;
        var session = await platform.OpenAsync(Request([new DocumentRequest(SigningForms.CmsPdf, Document("投标函.pdf", signer).Content)]));
        await ScanByLinkAsync(page, session);
        await Press(page, "确认，输入PIN码");
        await page.RouteAsync("**/exchange", LoseAsync);
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("已提交，正在核实结果，请勿重复操作")).ToBeVisibleAsync();
        await phone.LookAsync("result-unknown");
        await page.ReloadAsync();
        await Expect(page.GetByText("已提交，正在核实结果，请勿重复操作")).ToBeVisibleAsync();

        await page.UnrouteAsync("**/exchange", LoseAsync);
        await Expect(page.GetByText("签章完成")).ToBeVisibleAsync();
        Assert.Single((await platform.WaitAsync(session.SessionId)).Result!.Signatures);
        await Press(page, "完成");

        static async Task LoseAsync(IRoute route)
        {
            await route.FetchAsync();
            await route.AbortAsync();
        }
    }

    /// <summary>No permission for the camera: a picture from the album does as well.</summary>
    private static async Task PickFromAlbumAsync(PhoneBrowser phone, PlatformClient platform)
    {
        var page = phone.Page;
        await page.AddInitScriptAsync("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))");
        await phone.OpenAppAsync("scan");
        await Expect(page.GetByText("未获得相机权限。请在系统设置中允许，或从相册选择、手动输入。")).ToBeVisibleAsync();
        await phone.LookAsync("scan-denied");
        await PickAsync("https://example.org/not-ours");
        await Expect(page.GetByText("这不是标证通的二维码")).ToBeVisibleAsync();
        var session = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) });
        await PickAsync(session.Link());
        await Expect(Heading(page, "确认登录")).ToBeVisibleAsync();
        await Press(page, "拒绝");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "已拒绝" })).ToBeVisibleAsync();
        Assert.Equal((SessionEnd.Refused, false), await platform.WaitAsync(session.SessionId) is var refused ? (refused.End, refused.Disowned) : default);
        await Press(page, "完成");

        async Task PickAsync(string text)
        {
            using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
            using var picture = new PngByteQRCode(code);
            await page.SetInputFilesAsync("[name=album]", new FilePayload { Name = "qr.png", MimeType = "image/png", Buffer = picture.GetGraphic(8) });
        }
    }

    /// <summary>Time runs out between looking and confirming: nothing is signed, and the code is stale when it is scanned again.</summary>
    private static async Task RunOutAsync(PhoneBrowser phone, PlatformClient platform, SessionResult signer)
    {
        var page = phone.Page;
        var session = await platform.OpenAsync(Request([new DocumentRequest(SigningForms.CmsPdf, Document("投标函.pdf", signer).Content)]));
        var link = session.Link();
        await ScanByLinkAsync(page, session);
        await Press(page, "确认，输入PIN码");
        phone.System.Clock.Advance(TimeSpan.FromMinutes(6));
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("请求已结束，没有签名")).ToBeVisibleAsync();
        await phone.LookAsync("result-ended");
        Assert.Equal(SessionEnd.TimedOut, (await platform.WaitAsync(session.SessionId)).End);
        await Press(page, "完成");

        await Tab(page, "扫码");
        await Press(page, "手动输入");
        await page.FillAsync("[name=link]", link);
        await Press(page, "打开");
        await Expect(page.GetByText("请求已超时")).ToBeVisibleAsync();
        await phone.LookAsync("scan-ended");
        await Tab(page, "首页");
    }

    /// <summary>Every operation is on record once; the file that is kept proves it without us.</summary>
    private static async Task HistoryAsync(PhoneBrowser phone, CertifiedPhone certified)
    {
        var page = phone.Page;
        await page.ClickAsync("text=操作记录");
        await Expect(page.GetByText("首尾相连，未被改动")).ToBeVisibleAsync();
        await Expect(page.Locator(".log strong", new() { HasText = "签章 47 份" })).ToHaveCountAsync(1);
        await phone.LookAsync("history");
        await Press(page, "PIN码");
        await Expect(page.Locator(".log strong")).ToHaveTextAsync(["PIN码不正确"]);
        await Press(page, "解密");
        await Expect(page.GetByText("暂无此类记录")).ToBeVisibleAsync();

        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("text=下载凭证"));
        await using var content = await download.CreateReadStreamAsync();
        var export = (await JsonSerializer.DeserializeAsync(content, BztJson.Default.EvidenceExport))!;
        Assert.Equal(EvidenceFault.None, export.Verify((await ChannelTrust.FetchAsync(phone.System.Gateway)).EvidenceKey));
        Assert.Equal(4, export.Entries.Count(entry => entry.Kind == EvidenceKind.Signed && entry.Request != Guid.Empty));
        Assert.Equal(certified.Certificate, export.CertificateId);

        // An altered chain is not shown.
        await page.RouteAsync("**/evidence", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = (await answer.TextAsync()).Replace("\"signed\"", "\"decrypted\"", StringComparison.Ordinal) });
        });
        await page.ReloadAsync();
        await Expect(page.GetByText("记录校验失败，已停止显示")).ToBeVisibleAsync();
        await phone.LookAsync("history-broken");
    }

    /// <summary>X10: a page on the phone itself opens the app and gets its answer; only the browser that began may have it.</summary>
    private static async Task ReturnAsync(PhoneBrowser phone, PlatformClient platform)
    {
        const string Nonce = "a-random-of-this-browser-1";
        var page = phone.Page;
        var address = new Uri(phone.System.Address, "health/live").ToString();
        await phone.System.Grains.GetGrain<IPlatformGrain>(CertifiedPhone.PlatformId).Register(
            new RegisterPlatform(CertifiedPhone.PlatformName, "hubei", CertifiedPhone.PlatformSecret, MaySignHashes: true) { ReturnUrls = [address] });
        foreach (var refuse in (bool[])[true, false])
        {
            var session = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Login)
            {
                Challenge = RandomNumberGenerator.GetBytes(32), ReturnUrl = address, ReturnNonce = Nonce,
            });
            await page.GotoAsync(session.Session.DeviceLink!);
            await Expect(Heading(page, "确认登录")).ToBeVisibleAsync();
            if (refuse)
            {
                await Press(page, "拒绝");
                await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "已拒绝" })).ToBeVisibleAsync();
            }
            else
            {
                await Press(page, "确认，输入PIN码");
                await EnterPinAsync(page, CertifiedPhone.Pin);
                await Expect(page.GetByText("登录成功")).ToBeVisibleAsync();
                await phone.LookAsync("result-return");

                // Whoever reloads instead of going back still can.
                await page.ReloadAsync();
                await Expect(page.GetByText("登录成功")).ToBeVisibleAsync();
            }

            await Press(page, "返回平台");
            await page.WaitForURLAsync(address + "?**");
            var query = QueryHelpers.ParseQuery(new Uri(page.Url).Query);
            var value = query["value"].ToString();
            await Assert.ThrowsAsync<ApiRefusedException>(() => platform.RedeemReturnAsync(session.SessionId, value, "a-random-of-that-browser-2"));
            Assert.Equal(refuse ? SessionEnd.Refused : SessionEnd.Ok, (await platform.RedeemReturnAsync(session.SessionId, value, Nonce)).End);
            await Assert.ThrowsAsync<ApiRefusedException>(() => platform.RedeemReturnAsync(session.SessionId, value, Nonce));
        }
    }

    private static CreateSessionRequest Request(IReadOnlyList<DocumentRequest> documents) => new(SessionKind.Seal)
    {
        Project = new ProjectInfo("project-1", Project, DateTimeOffset.UnixEpoch.AddYears(60)), Documents = documents, TimeoutSeconds = 300,
    };

    private static CmsPdfForm Document(string name, SessionResult signer) =>
        new(name, RandomNumberGenerator.GetBytes(32), Sm3.Hash(signer.SigningCertificate), DateTimeOffset.UtcNow);

    private static string Grouped(byte[] digest) => string.Join(' ', Convert.ToHexString(digest).Chunk(4).Select(group => new string(group)));

    private static async Task GiveSealsAsync(EmbeddedSystem system, CertifiedPhone phone)
    {
        async Task<SealFacts> SealAsync(SealKind kind, int width, int height) =>
            new(kind, (await phone.Client.UploadBlobAsync("form", SyntheticPaper.SealPng(kind), "image/png")).BlobId, width, height);
        SealFacts[] seals = [await SealAsync(SealKind.Enterprise, 41, 41), await SealAsync(SealKind.LegalRepresentative, 22, 22), await SealAsync(SealKind.Signature, 38, 20)];
        await system.Grains.EnterpriseSeals(new CreditCode(phone.Enterprise.CreditCode)).Receive(
            new GiveSeals(Guid.NewGuid(), default, new UserId(phone.Phone.Login!.UserId), system.Clock.GetUtcNow(), [.. seals]));
    }
}
