using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;
using DecryptionRecipient = Bzt.Contracts.Platforms.DecryptionRecipient;

namespace Bzt.Tests.Browser;

// A seal taken back, the opening of a bid, and what wrong PINs lead to.
public sealed partial class PhoneAppTests
{
    /// <summary>扫码撤章: the phone shows which seal and why; a wrong PIN withdraws nothing, the right one does, for whoever verifies.</summary>
    private static async Task WithdrawAsync(PhoneBrowser phone, PlatformClient platform, byte[] seal, byte[] digest)
    {
        var page = phone.Page;
        var question = new VerifyRequest { Seal = new SealToVerify(seal, digest) };
        Assert.Null((await platform.VerifyAsync(question)).Withdrawn);
        await ScanByLinkAsync(page, await platform.OpenAsync(new CreateSessionRequest(SessionKind.Withdraw) { Withdrawal = new WithdrawalRequest(seal, "报价有误，重新盖章") }));
        await Expect(Heading(page, "确认撤章")).ToBeVisibleAsync();
        await Expect(page.GetByText("投标函.pdf").First).ToBeVisibleAsync();
        await Expect(page.GetByText("报价有误，重新盖章").First).ToBeVisibleAsync();
        await phone.LookAsync("confirm-withdraw");
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, WrongPin);
        await Expect(page.GetByText("还可再试 4 次")).ToBeVisibleAsync();
        Assert.Null((await platform.VerifyAsync(question)).Withdrawn);
        await EnterPinAsync(page, Pin);
        await Expect(page.GetByText("撤章完成").First).ToBeVisibleAsync();
        await Press(page, "完成");
        var withdrawn = await platform.VerifyAsync(question);
        Assert.Equal((false, "报价有误，重新盖章"), (withdrawn.Valid, withdrawn.Withdrawn?.Reason));
    }

    /// <summary>扫码解密: the code on the phone is the tool's, and what comes back opens the key for the tool alone.</summary>
    private static async Task OpenBidAsync(PhoneBrowser phone, SessionResult signer)
    {
        var page = phone.Page;
        using var platform = await TestPlatform.RegisterAsync(phone.System);
        Assert.True(Sm2Certificate.TryParse(signer.EncryptionCertificate, out var certificate));
        using var pcKey = SecretScalar.Random(SystemRandom.Instance);
        var content = RandomNumberGenerator.GetBytes(16);
        var wrapped = Sm2Ciphertext.Encrypt(certificate.PublicKey, content, SystemRandom.Instance);
        var project = new ProjectInfo("project-1", "城东路道路改造工程施工（第二标段）", DateTimeOffset.UnixEpoch.AddYears(50));
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(pcKey.Value).Encode(), DecryptionRecipient.ThisPc, certificate.Serial, [new WrappedKey("唱标信息", wrapped.ToDer())]);
        var task = DecryptionTasks.Create(request, TestPlatform.Id, project)!;
        var session = await platform.Client.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = project, Decryption = request });

        // Refused: a link without the fragment that vouches for the tool.
        await Tab(page, "扫码");
        await Press(page, "手动输入");
        await page.FillAsync("[name=link]", session.Link());
        await Press(page, "打开");
        await Expect(page.GetByText("请用标证通里的扫码")).ToBeVisibleAsync();
        await Press(page, "重新扫码");

        // Nor does a link that somebody sends vouch for the PC it names, here as a platform makes one for the phone's own browser.
        const string Return = "https://ggzy.example/back";
        await phone.System.Grains.GetGrain<IPlatformGrain>(TestPlatform.Id).Register(new RegisterPlatform(TestPlatform.Name, "hubei", TestPlatform.Secret, MaySignHashes: true) { ReturnUrls = [Return] });
        var sent = await platform.Client.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt)
        {
            Project = project, Decryption = request, ReturnUrl = Return, ReturnNonce = "a-random-of-this-browser-1",
        });
        await phone.OpenAppAsync($"#{new Uri(sent.Session.DeviceLink!).PathAndQuery}#{Base64Url.EncodeToString(task.Binding)}");
        await Expect(page.GetByText("请用标证通里的扫码")).ToBeVisibleAsync();
        await Press(page, "重新扫码");

        await using (phone.ShowQr(session, Base64Url.EncodeToString(task.Binding)))
        {
            await Expect(page.GetByText("开标解密：1 个文件")).ToBeVisibleAsync();
        }

        Assert.Equal($"{task.CheckCode[..3]} {task.CheckCode[3..]}", await page.InnerTextAsync(".check-code"));
        await Expect(page.GetByText("仅这台电脑可读取")).ToBeVisibleAsync();
        await phone.LookAsync("confirm-decrypt");
        await Press(page, "一致，输入PIN码");
        await EnterPinAsync(page, Pin);
        await Expect(page.GetByText("解密完成")).ToBeVisibleAsync();
        var partials = (await platform.Client.WaitAsync(session.SessionId)).Result!.Decryption!;
        var points = Decryption.Combine(pcKey, session.SessionId.ToString("D"), task, partials.PhoneParts, partials.SiloParts, SystemRandom.Instance);
        Assert.True(wrapped.TryOpen(Assert.Single(points!), out var opened));
        Assert.Equal(content, opened);
        await Press(page, "完成");
    }

    /// <summary>Five wrong PINs lock the certificate, and it stays locked when phone and gateway begin anew.</summary>
    private static async Task LockAsync(PhoneBrowser phone, SessionResult signer)
    {
        var page = phone.Page;
        using var platform = await TestPlatform.RegisterAsync(phone.System);
        var letter = new CmsPdfForm("投标函.pdf", RandomNumberGenerator.GetBytes(32), Sm3.Hash(signer.SigningCertificate), DateTimeOffset.UtcNow);
        var seal = new CreateSessionRequest(SessionKind.Seal)
        {
            Project = new ProjectInfo("project-1", "城东路道路改造工程施工（第二标段）", phone.System.Clock.GetUtcNow().AddDays(3)),
            Documents = [new DocumentRequest(SigningForms.CmsPdf, letter.Content)],
        };
        await ScanByLinkAsync(page, await platform.Client.OpenAsync(seal));
        await Press(page, "确认，输入PIN码");
        foreach (var expected in (string[])["还可再试 4 次", "还可再试 3 次", "还可再试 2 次", "再错 1 次将锁定 30 分钟", "证书已锁定，"])
        {
            await EnterPinAsync(page, WrongPin);
            await Expect(page.GetByText(expected)).ToBeVisibleAsync();
        }

        await Expect(page.Locator(".key.num").First).ToBeDisabledAsync();
        await phone.LookAsync("pin-locked");

        await phone.System.RestartAsync();
        await phone.OpenAppAsync("certificates");
        await Expect(page.Locator(".chip", new() { HasText = "已锁定" })).ToBeVisibleAsync();
        await phone.LookAsync("certificates-locked");
        using var restarted = await TestPlatform.RegisterAsync(phone.System);
        await Press(page, "返回");
        await ScanByLinkAsync(page, await restarted.Client.OpenAsync(seal));
        await Expect(page.GetByText("这台手机上没有可用的证书")).ToBeVisibleAsync();
        await Press(page, "关闭");
    }
}
