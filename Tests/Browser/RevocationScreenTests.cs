using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>证书注销 from […] of its card.</summary>
public sealed class RevocationScreenTests
{
    [Fact]
    [Trait("Feature", "M060"), Trait("Feature", "X23"), Trait("Surface", "screen")]
    public async Task A_certificate_is_revoked_with_its_pin_after_the_bids_it_holds_were_shown()
    {
        using var certified = await CertifiedPhone.ActiveAsync(await BrowserStage.SystemAsync());
        var platform = await certified.PlatformAsync();
        await certified.BindAsync(platform);
        await EncryptAsync(certified, platform, "P-1", "滨江路改造工程施工");
        await using var phone = await PreparedPhone.OpenAsync(certified, "certificates");
        var page = phone.Page;

        await page.GetByLabel($"更多操作：{certified.Enterprise.Name}").ClickAsync();
        await phone.LookAsync("certificates-menu");
        await page.GetByRole(AriaRole.Link, new() { Name = "证书注销" }).ClickAsync();
        await Expect(page.GetByText("CA证书一经注销，不能恢复，无法解密原有文件，请确认是否注销此证书？")).ToBeVisibleAsync();
        await Expect(page.GetByText("注销证书不退还相关费用")).ToBeVisibleAsync();
        await Expect(page.GetByText("还有 1 个项目未开标，注销后将无法解密：")).ToBeVisibleAsync();
        await Expect(page.GetByText("滨江路改造工程施工")).ToBeVisibleAsync();
        await phone.LookAsync("revoke-held");

        // Not now: nothing happened, and nothing was asked of the certificate.
        await Press(page, "暂不注销");
        await Expect(page.Locator(".chip", new() { HasText = "生效中" })).ToBeVisibleAsync();
        await phone.LookAsync("certificate");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^证书注销") }).ClickAsync();
        await Press(page, "仍要注销");
        await EnterPinAsync(page, CertifiedPhone.WrongPin);
        await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Press(page, "仍要注销");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "证书已注销" })).ToBeVisibleAsync();
        await phone.LookAsync("revoke-done");
        await Press(page, "完成");
        await Expect(page.Locator(".chip", new() { HasText = "已注销" })).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Locator(".chip", new() { HasText = "已注销" })).ToBeVisibleAsync();
        await phone.GoToAsync($"certificates/{certified.Certificate}/revoke");
        await Expect(page.GetByText("只有本机上生效中的证书可以注销。", new() { Exact = false })).ToBeVisibleAsync();
    }

    private static async Task EncryptAsync(CertifiedPhone phone, PlatformClient platform, string id, string name)
    {
        var project = new ProjectInfo(id, name, new DateTimeOffset(2040, 1, 1, 1, 30, 0, TimeSpan.Zero));
        var serial = (await phone.Client.GetCertificateAsync(phone.Certificate)).EncryptionSerial!;
        var manifest = new BidManifestForm(
            CertifiedPhone.PlatformId, project.ProjectId, project.Name, project.OpeningTime, new byte[32], [new BidSection("唱标信息", 10, new byte[32])], [serial]);
        var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Encrypt) { Project = project, Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)] });
        Assert.IsType<Bzt.Contracts.Phone.PinOutcome.Done>(await phone.ConfirmAsync(await phone.Client.ScanAsync(opened), CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Ok, (await platform.WaitAsync(opened.SessionId)).End);
    }
}
