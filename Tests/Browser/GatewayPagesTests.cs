using Bzt.Contracts;
using Bzt.Tests.Applications;
using Bzt.Tests.OpenIdConnect;
using Bzt.Tests.Platforms;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>The gateway's own pages, at a desktop's width and on a phone: download, the login of OpenID Connect and how it ends otherwise, the CA's desk.</summary>
public sealed class GatewayPagesTests
{
    private const string Redirect = "http://127.0.0.1:9/callback";

    [Fact]
    public async Task Every_page_can_be_read_on_a_desk_and_in_a_hand()
    {
        var system = await BrowserStage.SystemAsync();
        using var party = await RelyingParty.RegisterAsync(system, name: "宜昌市公共资源电子招标投标交易服务平台", redirectUris: [Redirect]);
        await using var window = await PageWindow.OpenAsync(system.Address);
        var page = window.Page;

        await window.GoAsync(Routes.DownloadPage);
        await Expect(page.GetByRole(AriaRole.Img, new() { NameRegex = new("二维码") })).ToBeVisibleAsync();
        await window.LookAsync("download");

        // The login: its code; who may not ask; and where a logout ends.
        await window.GoAsync(Authorize(party.Id));
        await Expect(page.Locator("#qr")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("请用标证通扫码");
        await window.LookAsync("login");
        await window.GoAsync(Authorize("nobody"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "无法继续" })).ToBeVisibleAsync();
        await window.LookAsync("login-error");
        await window.GoAsync(Routes.Connect.LoggedOut);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "已退出" })).ToBeVisibleAsync();
        await window.LookAsync("logged-out");
    }

    /// <summary>The API's reference is another's page under our policy: it has to show the API, ask nobody else, and lead to nobody's services.</summary>
    [Fact]
    public async Task The_apis_reference_is_whole_under_its_policy()
    {
        var system = await BrowserStage.SystemAsync();
        await using var window = await PageWindow.OpenAsync(system.Address);
        var page = window.Page;
        var faults = new List<string>();
        page.Console += (_, message) => faults.AddRange(message.Type is "error" or "warning" ? [message.Text] : []);
        page.PageError += (_, error) => faults.Add(error);
        page.Request += (_, request) => faults.AddRange(request.Url.StartsWith("data:", StringComparison.Ordinal) || new Uri(request.Url).Authority == system.Address.Authority ? [] : [request.Url]);
        foreach (var (width, height) in ((int, int)[])[(1280, 800), (390, 844)])
        {
            await page.SetViewportSizeAsync(width, height);
            await window.GoAsync("docs/");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "BztCluster", Exact = true })).ToBeVisibleAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Platforms", Exact = true }).First).ToBeVisibleAsync();
            await Expect(page.GetByText("/rp/v1/callback-endpoint").First).ToBeAttachedAsync();
            Assert.Equal(width, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
            foreach (var elsewhere in new[] { "Ask AI", "Deploy", "Generate SDK", "Share", "Open API Client" })
            {
                await Expect(page.GetByText(elsewhere)).ToHaveCountAsync(0);
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public async Task The_reviewers_desk_can_be_used_on_a_desk_and_in_a_hand()
    {
        var system = await BrowserStage.SystemAsync();
        using var applicant = await Applying.PersonAsync(system);
        var enterprise = ClaimSteps.NextEnterprise();
        var claim = await applicant.Phone.ClaimAsync(enterprise);
        await applicant.Phone.SubmitAsync(claim with
        {
            LicenceBlobId = (await applicant.Phone.UploadAsync("licence", PaperPhoto.Take(), "image/jpeg")).BlobId,
            FormBlobId = (await applicant.Phone.UploadAsync("form", PaperPhoto.Take(2), "image/jpeg")).BlobId,
        });
        await using var window = await PageWindow.OpenAsync(system.Address);
        var page = window.Page;

        await window.GoAsync("ca-console");
        await page.FillAsync("#reviewer", "审核员甲");
        await page.FillAsync("#password", "not-the-password");
        await page.ClickAsync("button.main");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("姓名或密码不正确。");
        await window.LookAsync("desk-login");
        await page.FillAsync("#password", ClaimSteps.ConsolePassword);
        await page.ClickAsync("button.main");
        var row = page.Locator("tbody tr", new() { HasText = enterprise.Name });
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "待审核" })).ToBeVisibleAsync();
        // The desk is a list that follows.
        await Wait.UntilAsync(
            async () =>
            {
                await window.GoAsync("ca-console");
                return await row.CountAsync();
            },
            found => found == 1);
        await window.LookAsync("desk");

        await row.GetByRole(AriaRole.Link, new() { Name = "审核" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = enterprise.Name })).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => [...document.images].length === 2 && [...document.images].every(image => image.naturalWidth > 100)");
        await window.LookAsync("desk-application");
        await page.FillAsync("#reason", "营业执照照片模糊，请在光线充足处重新拍摄");
        await page.ClickAsync("button.harm");
        await Expect(page.GetByText("已驳回，申请人已收到原因。")).ToBeVisibleAsync();
        await window.GoAsync("ca-console/audit");
        await Expect(page.Locator("tbody tr", new() { HasText = enterprise.Name }).Filter(new() { HasText = "营业执照照片模糊" })).ToHaveCountAsync(1);
        await window.LookAsync("desk-audit");
    }

    private static string Authorize(string client) => QueryHelpers.AddQueryString(Routes.Connect.Authorize, new Dictionary<string, string?>
    {
        ["client_id"] = client, ["response_type"] = "code", ["redirect_uri"] = Redirect, ["scope"] = "openid profile", ["state"] = "state", ["nonce"] = "nonce",
        ["code_challenge"] = OpenIdWorld.Pkce().Challenge, ["code_challenge_method"] = "S256",
    });
}
