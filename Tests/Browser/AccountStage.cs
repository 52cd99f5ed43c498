using Bzt.Contracts.Phone;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>A system for the journeys of an account, which run one after another: they restart it, move its clock on, and give it new texts.</summary>
public sealed class AccountStage : IAsyncLifetime
{
    public const string ConsultationPhone = "0717-000-0000";

    private readonly TempFolder folder = new();

    public EmbeddedSystem System { get; private set; } = null!;

    public string LegalFolder => folder.File("legal");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(LegalFolder);
        System = await PhoneBrowser.StartSystemAsync(builder =>
        {
            builder.Configuration["Legal:Folder"] = LegalFolder;
            builder.Configuration["Gateway:ConsultationPhone"] = ConsultationPhone;
            builder.Configuration["Gateway:ConsultationHours"] = "工作日 8:30–17:30";
        });
    }

    public async ValueTask DisposeAsync()
    {
        await System.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Presses 获取验证码 beside the field and reads the message. A number gets one code a minute.</summary>
    internal async Task<string> ReceiveCodeAsync(IPage page, string number)
    {
        System.Clock.Advance(TimeSpan.FromMinutes(2));
        await page.Locator(".field-end").ClickAsync();
        await Expect(page.Locator(".field-end")).ToContainTextAsync("秒后重发");
        return (await System.Simulators.LastMessageAsync(number))!.Code;
    }

    /// <summary>From the login screen, agreement and all, to the first screen.</summary>
    internal async Task LogInAsync(IPage page, TestPerson person)
    {
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();
        System.Clock.Advance(TimeSpan.FromMinutes(2));
        await page.FillAsync("[name=phone]", person.Phone);
        await page.CheckAsync("[name=agree]");
        await Press(page, "获取验证码");
        await Expect(page.Locator("[name=code]")).ToBeVisibleAsync();
        await page.FillAsync("[name=code]", (await System.Simulators.LastMessageAsync(person.Phone))!.Code);
        await Expect(page.Locator(".tabs")).ToBeVisibleAsync();
    }

    internal static async Task LogOutAsync(IPage page)
    {
        await Tab(page, "我的");
        await Press(page, "退出登录");
        await page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "退出" }).ClickAsync();
        await Expect(Heading(page, "登录标证通")).ToBeVisibleAsync();
    }

    internal static string Other(string code) => code == "111111" ? "222222" : "111111";

    /// <summary>Proves the name by bank card, on its form.</summary>
    internal static async Task FillCardAsync(IPage page, TestPerson person)
    {
        await page.FillAsync("[name=name]", person.Name);
        await page.FillAsync("[name=id-number]", person.IdNumber);
        await page.FillAsync("[name=card]", person.CardNumber);
        await page.FillAsync("[name=bank-phone]", person.Phone);
        await Press(page, "开始认证");
    }
}

[CollectionDefinition(Name)]
public sealed class AccountCollection : ICollectionFixture<AccountStage>
{
    public const string Name = "phone app: accounts";
}
