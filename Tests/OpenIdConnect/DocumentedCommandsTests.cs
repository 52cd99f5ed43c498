using Bzt.Contracts.Phone;
using Bzt.Tests.Certificates;
using Bzt.Tests.Csc;
using Bzt.Tests.Peers;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.OpenIdConnect;

/// <summary>The commands of <c>docs/platforms/openid-connect.md</c> and <c>csc.md</c>, as they stand, in one shell each; a browser and a phone do what the user does.</summary>
public sealed class DocumentedCommandsTests(OpenIdWorld world) : IClassFixture<OpenIdWorld>
{
    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task The_commands_of_openid_connect_work()
    {
        using var shell = new Shell();
        using var browser = new LoginBrowser(world.System);
        await shell.RunAsync($"{Settings} POST_LOGOUT={OpenIdWorld.PostLogout}");
        Assert.Contains("\"pushed_authorization_request_endpoint\"", await shell.RunAsync(Block(".well-known")), StringComparison.Ordinal);
        foreach (var begin in new[] { "NONCE=$(", "PUSHED=$(" })
        {
            var address = (await shell.RunAsync(Block(begin))).Trim();
            var callback = await browser.LogInAsync(address, world.Phone);
            await shell.RunAsync($"CODE='{LoginBrowser.Parameter(callback, "code")}'");
            Assert.True((await shell.RunAsync(Block("TOKENS=$("))).Trim().Length > 100);
            Assert.Contains(world.Phone.Enterprise.CreditCode, await shell.RunAsync(Block("/connect/userinfo")), StringComparison.Ordinal);
        }

        Assert.Equal(OpenIdWorld.PostLogout, (await browser.FollowAsync((await shell.RunAsync(Block("/connect/logout"))).Trim())).ToString());
        Assert.DoesNotContain("sub", await shell.RunAsync(Block("/connect/userinfo")), StringComparison.Ordinal);

        static string Block(string containing) => PlatformDocs.Block("openid-connect.md", containing);
    }

    [Fact]
    [Trait("Feature", "X12"), Trait("Surface", "api")]
    public async Task The_commands_of_csc_work()
    {
        using var shell = new Shell();
        using var browser = new LoginBrowser(world.System);
        using var folder = new TemporaryFolder();
        await shell.RunAsync($"cd '{folder.FullName}'; {Settings}");
        var address = (await shell.RunAsync(Block("scope=service"))).Trim();
        await shell.RunAsync($"CODE='{LoginBrowser.Parameter(await browser.LogInAsync(address, world.Phone), "code")}'");
        await shell.RunAsync(Block("TOKEN=$("));
        await shell.RunAsync(Block("CREDENTIAL=$("));
        Assert.Equal(44, (await shell.RunAsync(Block("CURVE="))).Trim().Length);
        Assert.Contains("\"handle\"", await shell.RunAsync(Block("HANDLE=$(")), StringComparison.Ordinal);
        using (var request = await CscTests.OpenPushedAsync(world.Phone))
        {
            Assert.IsType<PinOutcome.Done>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        await Applications.Wait.UntilAsync(() => shell.RunAsync("csc credentials/authorizeCheck \"{\\\"handle\\\":\\\"$HANDLE\\\"}\""), answer => answer.Contains("\"SAD\"", StringComparison.Ordinal));
        Assert.Contains("Verified OK", await shell.RunAsync(Block("SAD=$(")), StringComparison.Ordinal);

        static string Block(string containing) => PlatformDocs.Block("csc.md", containing);
    }

    private string Settings => $"BZT={world.System.Address.GetLeftPart(UriPartial.Authority)} CLIENT_ID={world.Party.Id} CLIENT_SECRET={world.Party.Secret} REDIRECT={OpenIdWorld.Redirect}";
}
