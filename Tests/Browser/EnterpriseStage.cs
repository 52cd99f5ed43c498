using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Protocol.Forms;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>A claimed enterprise on the shared stage: its administrator's certificate, and who comes to it, all headless until a browser opens them.</summary>
internal sealed class EnterpriseStage : IDisposable
{
    private readonly List<IDisposable> owned = [];

    private EnterpriseStage(EmbeddedSystem system, CertifiedPhone boss) => (System, Boss) = (system, boss);

    public EmbeddedSystem System { get; }

    public CertifiedPhone Boss { get; }

    public string Code => Boss.Enterprise.CreditCode;

    public string Name => Boss.Enterprise.Name;

    private IEnterpriseGrain Grain => System.Grains.Enterprise(new CreditCode(Code));

    public static async Task<EnterpriseStage> StartAsync(EmbeddedSystem? system = null)
    {
        system ??= await BrowserStage.SystemAsync();
        var stage = new EnterpriseStage(system, await CertifiedPhone.ActiveAsync(system));
        await Wait.UntilAsync(() => stage.Boss.Client.GetMeAsync(), me => me.Enterprises.Any(enterprise => enterprise.Role == Contracts.Phone.MemberRole.Administrator));
        await Wait.UntilAsync(stage.Grain.GetView, view => view.Claimed);
        return stage;
    }

    /// <summary>Somebody real-named, without anything.</summary>
    public async Task<Enterprises.Person> PersonAsync() => Keep(await Enterprises.Person.AtAsync(System, await System.RealNamedPhoneAsync()));

    /// <summary>办事人员 by invitation, without a certificate.</summary>
    public async Task<Enterprises.Person> StaffAsync()
    {
        var person = await PersonAsync();
        var invited = await Boss.Client.InviteAsync(Code, person.Invitation());
        await person.Client.AcceptInvitationAsync(Code, invited.InvitationId);
        await Wait.UntilAsync(() => person.RoleAsync(Code), role => role == Contracts.Phone.MemberRole.Staff);
        return person;
    }

    /// <summary>办事人员 with a certificate, who has sealed a bid that is not opened yet.</summary>
    public async Task<CertifiedPhone> BidderAsync(string project)
    {
        var bidder = Keep(await Boss.ColleagueAsync());
        await GrantAsync(bidder.Phone.Login!.UserId, CertifiedPhone.PlatformId, bidder.Certificate, AuthorisationScope.Login, AuthorisationScope.Encrypt);
        await EncryptAsync(bidder, project);
        return bidder;
    }

    /// <summary>A bid encrypted to the phone's certificate, to be opened in nine days.</summary>
    public async Task EncryptAsync(CertifiedPhone bidder, string project)
    {
        var platform = await bidder.PlatformAsync();
        await bidder.BindAsync(platform);
        var serial = (await bidder.Client.GetCertificateAsync(bidder.Certificate)).EncryptionSerial!;
        var opening = DateTimeOffset.FromUnixTimeSeconds(System.Clock.GetUtcNow().AddDays(9).ToUnixTimeSeconds());
        var info = new ProjectInfo("P-1", project, opening);
        var manifest = new BidManifestForm(CertifiedPhone.PlatformId, info.ProjectId, info.Name, opening, new byte[32], [new BidSection("投标文件", 1, new byte[32])], [serial]);
        var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Encrypt) { Project = info, Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)] });
        Assert.IsType<PinOutcome.Done>(await bidder.ConfirmAsync(await bidder.Client.ScanAsync(opened), CertifiedPhone.Pin));
    }

    /// <summary>As the approved application does.</summary>
    public async Task GrantAsync(Guid user, string platform, Guid? certificate, params AuthorisationScope[] scopes)
    {
        var now = System.Clock.GetUtcNow();
        Assert.IsType<Done<Nothing>>(await Grain.Grant(new GrantAuthorisation(
            Guid.NewGuid(), new UserId(user), new PlatformId(platform), scopes, certificate is { } held ? new CertificateId(held) : null, now.AddMinutes(-1), now.AddYears(1), null, null)));
    }

    public Task<PhoneBrowser> OpenAsync(Enterprises.Person person, string place = "") => PreparedPhone.OpenAsync(System, person.Phone, place);

    /// <summary>省份 → 交易平台 → CA机构 → 有效期.</summary>
    public static async Task ChooseOfferAsync(IPage page)
    {
        await page.CheckAsync($"[name=platform][value={CertifiedPhone.PlatformId}]");
        await page.CheckAsync("[name=authority][value=yichang-ca]");
        await page.CheckAsync("[name=years][value='1']");
    }

    /// <summary>确认并盖章 up to 已提交CA审核, with a wrong PIN and a reload on the way.</summary>
    public static async Task SealAsync(PhoneBrowser phone, string? look = null)
    {
        var page = phone.Page;
        await Expect(Heading(page, "确认授权")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "确认并盖章" })).ToBeEnabledAsync();
        if (look is not null)
        {
            await phone.LookAsync($"{look}-choose");
        }

        await Press(page, "确认并盖章");
        await Expect(page.GetByText("兹授权")).ToBeVisibleAsync();
        if (look is not null)
        {
            // The PDF opens beside the app.
            await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("查看授权书全文") })).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("^blob:"));
            await phone.LookAsync($"{look}-paper");
        }

        await Press(page, "确认，输入PIN码");
        if (look is not null)
        {
            await EnterPinAsync(page, CertifiedPhone.WrongPin);
            await Expect(page.GetByText("PIN码不正确，还可再试 4 次")).ToBeVisibleAsync();
        }

        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("授权书已盖章")).ToBeVisibleAsync();
        if (look is not null)
        {
            await page.ReloadAsync();
            await Expect(page.GetByText("授权书已盖章")).ToBeVisibleAsync();
            await phone.LookAsync($"{look}-sealed");
        }

        await Press(page, "确认");
        await Expect(page.GetByText("已提交CA审核")).ToBeVisibleAsync();
    }

    public void Dispose()
    {
        owned.ForEach(one => one.Dispose());
        Boss.Dispose();
    }

    private T Keep<T>(T one) where T : IDisposable
    {
        owned.Add(one);
        return one;
    }
}
