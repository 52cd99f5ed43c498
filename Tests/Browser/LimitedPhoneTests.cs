using System.Security.Cryptography;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Certificates;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>A phone whose account was proven on another one while the app was open.</summary>
[Collection(AccountCollection.Name)]
public sealed class LimitedPhoneTests(AccountStage stage)
{
    [Fact]
    [Trait("Feature", "M018"), Trait("Surface", "screen")]
    public async Task Who_is_refused_at_the_PIN_is_led_to_the_real_name_and_every_screen_knows_it_then()
    {
        using var certified = await CertifiedPhone.ActiveAsync(stage.System);
        var platform = await certified.PlatformAsync();
        await certified.BindAsync(platform);
        await using var phone = await PreparedPhone.OpenAsync(certified);
        var page = phone.Page;
        await Expect(Heading(page, certified.Enterprise.Name)).ToBeVisibleAsync();
        await ScanByLinkAsync(page, await platform.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32), TimeoutSeconds = 300 }));
        await Press(page, "确认，输入PIN码");
        await Expect(Heading(page, "验证身份")).ToBeVisibleAsync();

        using var next = await certified.NewPhoneAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("账号已在另一台手机上使用")).ToBeVisibleAsync();
        await phone.LookAsync("confirm-pin-limited");
        await page.GetByRole(AriaRole.Link, new() { Name = "重新实名认证" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("银行卡") })).ToBeVisibleAsync();

        await phone.GoToAsync("");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "重新实名认证" })).ToBeVisibleAsync();
        await phone.GoToAsync("certificates");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "重新实名认证" })).ToBeVisibleAsync();
    }
}
