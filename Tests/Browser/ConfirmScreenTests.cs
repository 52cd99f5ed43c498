using System.Security.Cryptography;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Certificates;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>Scan, look, confirm, on a phone that has its certificate.</summary>
public sealed class ConfirmScreenTests
{
    [Fact]
    [Trait("Feature", "M064"), Trait("Surface", "screen")]
    public async Task A_login_is_confirmed_on_a_prepared_phone()
    {
        using var certified = await CertifiedPhone.ActiveAsync(await BrowserStage.SystemAsync());
        var platform = await certified.PlatformAsync();
        await certified.BindAsync(platform);
        await using var phone = await PreparedPhone.OpenAsync(certified);
        var page = phone.Page;
        await Expect(Heading(page, certified.Enterprise.Name)).ToBeVisibleAsync();

        var session = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) });
        await ScanByLinkAsync(page, session);
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("登录成功")).ToBeVisibleAsync();
        Assert.Equal(SessionEnd.Ok, (await platform.WaitAsync(session.SessionId)).End);
    }
}
