using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Browser;
using Bzt.Tests.Certificates;
using Bzt.Tests.Peers;
using Bzt.Tests.Platforms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.OpenIdConnect;

/// <summary>X11: the login page in Chromium, from the code to the platform's address.</summary>
public sealed class LoginPageTests(OpenIdWorld world) : IClassFixture<OpenIdWorld>
{
    [Fact]
    [Trait("Feature", "M064"), Trait("Surface", "screen")]
    public async Task The_page_follows_the_phone_and_leads_back()
    {
        await using var platform = await PlatformAsync();
        var callback = platform.Urls.First() + "/callback";
        using var party = await RelyingParty.RegisterAsync(world.System, redirectUris: [callback]);
        await world.Phone.BindToAsync(party.Client);
        var context = await (await BrowserStage.ChromiumAsync()).NewContextAsync(new() { Locale = "zh-CN" });
        await using var closing = context.ConfigureAwait(false);
        context.SetDefaultTimeout(PhoneBrowser.Patience);
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error") complaints.Add(message.Text); };
        var address = new Uri(world.System.Address, world.Authorize(OpenIdWorld.Pkce().Challenge, ("client_id", party.Id), ("redirect_uri", callback))).ToString();

        // The code, and what a screen reader says of it.
        await page.GotoAsync(address);
        var state = page.GetByRole(AriaRole.Status);
        await Expect(state).ToHaveTextAsync("请用标证通扫码", Patience);
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "登录二维码" })).ToBeVisibleAsync(new() { Timeout = PhoneBrowser.Patience });
        await LookAsync(page);

        // Refused on the phone: the code is gone, and there is a way to begin anew.
        await world.Phone.Client.RefuseAsync((await ScanAsync(page)).Session.SessionId);
        await Expect(state).ToHaveTextAsync("您已在手机上拒绝", Patience);
        Assert.Equal("", await page.Locator("#qr path").GetAttributeAsync("d"));
        await LookAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "重新发起" }).ClickAsync();
        await Expect(state).ToHaveTextAsync("请用标证通扫码", Patience);

        // A reload in the middle is a new code; scanned, it hides; confirmed, the browser is back at the platform with a code.
        await page.ReloadAsync();
        using (var request = await world.Phone.OpenAsync(await ScanAsync(page)))
        {
            await Expect(state).ToHaveTextAsync("已扫码，请在手机上确认", Patience);
            await Expect(page.Locator("#qr")).ToBeHiddenAsync(new() { Timeout = PhoneBrowser.Patience });
            Assert.IsType<PinOutcome.Done>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        await page.WaitForURLAsync(url => url.StartsWith(callback + "?", StringComparison.Ordinal), new() { Timeout = PhoneBrowser.Patience });
        Assert.NotEqual("", LoginBrowser.Parameter(new Uri(page.Url), "code"));

        // axe-core puts a style into the page, which the policy does not let it; nothing of the page's own is refused.
        Assert.DoesNotContain(complaints, text => text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase) && !text.Contains("inline style", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<WebApplication> PlatformAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/callback", () => Results.Text("back"));
        await app.StartAsync();
        return app;
    }

    private static LocatorAssertionsToHaveTextOptions Patience => new() { Timeout = PhoneBrowser.Patience };

    /// <summary>The code that is on the screen, as the link beside it has it.</summary>
    private async Task<ScannedSession> ScanAsync(IPage page)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await page.WaitForFunctionAsync("() => document.getElementById('here').hasAttribute('href')", null, new() { Timeout = PhoneBrowser.Patience });
            try
            {
                if (await page.EvaluateAsync<string?>("() => document.getElementById('here').getAttribute('href')") is { } link)
                {
                    return await world.Phone.Client.ScanAsync(link);
                }
            }
            catch (ApiRefusedException exception) when (exception.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(90))
            {
                // The next code.
            }
        }
    }

    private static async Task LookAsync(IPage page)
    {
        await page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(PeerProcess.Sources("node"), "node_modules", "axe-core", "axe.min.js")));
        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            var violations = await page.EvaluateAsync<string[]>(
                "async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa'] })).violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 120)}`))");
            Assert.True(violations.Length == 0, $"{scheme}: {string.Join("; ", violations)}");
        }
    }
}
