using Bzt.Contracts.Phone;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>A member's forgotten PIN, before the administrator (X22).</summary>
[Collection(AccountCollection.Name)]
public sealed class PinResetReviewTests(AccountStage stage)
{
    private const string NewPin = "604817";
    private readonly EmbeddedSystem system = stage.System;

    [Fact]
    [Trait("Feature", "M020"), Trait("Feature", "X22"), Trait("Surface", "screen")]
    public async Task An_administrator_lets_a_member_set_the_PIN_at_once_and_stops_another_request()
    {
        using var administrator = await CertifiedPhone.ActiveAsync(system);
        using var member = await administrator.ColleagueAsync();
        await AskAsync(member);
        await using var phone = await PreparedPhone.OpenAsync(administrator, $"certificates/{member.Certificate}/pin-reset");
        var page = phone.Page;
        await Expect(page.GetByText("请先向本人核实")).ToBeVisibleAsync();
        await Expect(page.Locator(".facts > div", new() { HasText = "成员" })).ToContainTextAsync($"{member.Phone.Person.Name[..1]}*");
        await phone.LookAsync("account-pin-reset-member");
        await Press(page, "同意提前设置");
        await Expect(Heading(page, "确认同意")).ToBeVisibleAsync();
        await phone.LookAsync("account-pin-reset-waive");
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.WrongPin);
        await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("管理员已同意提前设置")).ToBeVisibleAsync();
        Assert.Equal(PinResetPhase.Ready, (await member.Client.GetPinResetAsync(member.Certificate)).Phase);

        // Waived is not done: stopped after all, and it stays so.
        await Press(page, "阻止重置");
        await page.GetByRole(AriaRole.Alertdialog).GetByText("阻止", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByText("重置已被阻止")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("重置已被阻止")).ToBeVisibleAsync();
        Assert.IsType<PinOutcome.ResetUnavailable>(await member.Client.ResetPinAsync(member.Certificate, NewPin));
    }

    private async Task AskAsync(CertifiedPhone member)
    {
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        await member.Phone.ProveRealNameAsync();
        await member.Client.RequestPinResetAsync(member.Certificate, await member.ReceiveCodeAsync(SmsPurpose.RecoverPin));
    }
}
