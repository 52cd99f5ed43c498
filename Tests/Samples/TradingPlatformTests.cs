using System.Net;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.TradingPlatforms;

/// <summary>The sample platform, as a browser and a phone meet it; and what it refuses.</summary>
public sealed class TradingPlatformTests(SamplePlatform platform) : IClassFixture<SamplePlatform>
{
    private const string Password = "a password of the tests";
    private static readonly string[] SameOrigin = ["Sec-Fetch-Site", "same-origin"];

    [Fact]
    public async Task An_account_is_registered_and_logs_in_with_its_password_only()
    {
        using var browser = new Browser(platform.Address);
        using var phone = await CertifiedPhone.ReadyAsync(platform.System);
        var user = NewUser();
        foreach (var (code, name, password) in new[] { ("123", user, Password), (phone.Enterprise.CreditCode, "ab", Password), (phone.Enterprise.CreditCode, user, "short") })
        {
            var refused = await browser.SubmitAsync("/register", SameOrigin, ("enterpriseName", phone.Enterprise.Name), ("creditCode", code), ("userName", name), ("password", password));
            Assert.Equal(HttpStatusCode.OK, refused.Status);
            Assert.Contains("role=\"alert\"", refused.Body, StringComparison.Ordinal);
        }

        await RegisterAsync(browser, phone.Enterprise, user);
        Assert.Contains("未绑定", WebUtility.HtmlDecode((await browser.GetAsync("/account")).Body), StringComparison.Ordinal);

        // One account a name.
        using var second = new Browser(platform.Address);
        var taken = await second.SubmitAsync("/register", SameOrigin, ("enterpriseName", phone.Enterprise.Name), ("creditCode", phone.Enterprise.CreditCode), ("userName", user), ("password", Password));
        Assert.Contains("已注册", WebUtility.HtmlDecode(taken.Body), StringComparison.Ordinal);

        var wrong = await second.SubmitAsync("/login", SameOrigin, ("userName", user), ("password", Password + "x"));
        var unknown = await second.SubmitAsync("/login", SameOrigin, ("userName", user + "x"), ("password", Password));
        Assert.All([wrong.Body, unknown.Body], body => Assert.Contains("用户名或密码不正确", WebUtility.HtmlDecode(body), StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Redirect, (await second.GetAsync("/account")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await second.SubmitAsync("/login", SameOrigin, ("userName", user), ("password", Password))).Status);
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/account")).Status);
    }

    /// <summary>Who only types a competitor's credit code does not keep it out, and is out himself when it comes.</summary>
    [Fact]
    public async Task An_enterprise_is_whoever_scans_for_it_first()
    {
        using var phone = await CertifiedPhone.ActiveAsync(platform.System);
        using var squatter = new Browser(platform.Address);
        using var enterprise = new Browser(platform.Address);
        await RegisterAsync(squatter, phone.Enterprise, NewUser());
        var begun = await squatter.StartQrAsync("/qr/bind");
        await RegisterAsync(enterprise, phone.Enterprise, NewUser());
        Assert.Equal("/account", await enterprise.ConfirmAsync(await enterprise.StartQrAsync("/qr/bind"), phone.Client, phone.Certificate));
        Assert.Equal(HttpStatusCode.Redirect, (await squatter.GetAsync("/account")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await squatter.PostAsync("/qr/bind", SameOrigin)).Status);

        // Not even when the enterprise scans a code that was on a squatter's screen.
        Assert.Equal(PinOutcomeDone, await phone.ConfirmAsync(await squatter.ShowAsync(begun, phone.Client), CertifiedPhone.Pin));
        Assert.Equal("ok", await squatter.WaitForEndAsync(begun));
        Assert.Equal(HttpStatusCode.Conflict, (await squatter.PostAsync(begun, SameOrigin)).Status);
        Assert.Equal(HttpStatusCode.OK, (await enterprise.GetAsync("/account")).Status);

        using var late = new Browser(platform.Address);
        var taken = await late.SubmitAsync("/register", SameOrigin, ("enterpriseName", phone.Enterprise.Name), ("creditCode", phone.Enterprise.CreditCode), ("userName", NewUser()), ("password", Password));
        Assert.Contains("已有绑定了证书的账号", WebUtility.HtmlDecode(taken.Body), StringComparison.Ordinal);
        Assert.Equal("/", await late.ConfirmAsync(await late.StartQrAsync("/qr/login"), phone.Client, phone.Certificate));
    }

    [Theory]
    [InlineData("/tenders/YC-2026-0417", "/tenders/YC-2026-0417")]
    [InlineData("https://evil.example/", "/Account")]
    [InlineData("//evil.example/", "/Account")]
    [InlineData("/\\evil.example/", "/Account")]
    public async Task A_login_leads_to_pages_of_this_platform_only(string returnUrl, string location)
    {
        using var browser = new Browser(platform.Address);
        using var phone = await CertifiedPhone.ReadyAsync(platform.System);
        var user = NewUser();
        await RegisterAsync(browser, phone.Enterprise, user);
        using var again = new Browser(platform.Address);
        var logged = await again.SubmitAsync("/login?returnUrl=" + Uri.EscapeDataString(returnUrl), SameOrigin, ("userName", user), ("password", Password));
        Assert.Equal((HttpStatusCode.Redirect, location), (logged.Status, logged.Location));
    }

    [Fact]
    public async Task Nothing_is_changed_for_a_page_of_somebody_else()
    {
        using var browser = new Browser(platform.Address);
        using var phone = await CertifiedPhone.ReadyAsync(platform.System);
        var user = NewUser();
        await RegisterAsync(browser, phone.Enterprise, user);
        string[][] foreign = [["Sec-Fetch-Site", "cross-site"], ["Sec-Fetch-Site", "same-site"], ["Origin", "https://evil.example"], ["Origin", "null"]];
        foreach (var headers in foreign)
        {
            foreach (var path in new[] { "/qr/login", "/qr/bind", "/qr/flows/0123", "/qr/tenders/YC-2026-0417/opening", "/qr/tenders/YC-2026-0417/report", "/login?handler=LogOut" })
            {
                Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await browser.PostAsync(path, headers)).Status));
            }

            Assert.Equal(HttpStatusCode.Forbidden, (await browser.SubmitAsync("/login", headers, ("userName", user), ("password", Password))).Status);
        }

        // Our own address, by whichever of its names.
        foreach (var origin in new[] { "http://localhost", platform.Address.GetLeftPart(UriPartial.Authority) })
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/qr/login", "Origin", origin)).Status);
        }

        // A form without its token is refused too; with it, the user is logged out.
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostFormAsync("/login?handler=LogOut", SameOrigin)).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account")).Status);
        using var stranger = new Browser(platform.Address);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync("/qr/bind", SameOrigin)).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.LogOutAsync()).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/account")).Status);
    }

    [Fact]
    [Trait("Feature", "M063"), Trait("Feature", "M064"), Trait("Surface", "api")]
    public async Task A_certificate_is_bound_and_logs_in_by_qr()
    {
        using var browser = new Browser(platform.Address);
        var phone = platform.Phone;
        await RegisterAsync(browser, phone.Enterprise, NewUser());

        // Refused on the phone: nothing is bound.
        var refused = await browser.StartQrAsync("/qr/bind");
        await phone.Client.RefuseAsync((await browser.ShowAsync(refused, phone.Client)).Session.SessionId);
        Assert.Equal("refused", await browser.WaitForEndAsync(refused));
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsync(refused, SameOrigin)).Status);

        // Given up on the page: the phone is told.
        var given = await browser.StartQrAsync("/qr/bind");
        var scanned = await browser.ShowAsync(given, phone.Client);
        await browser.DeleteAsync(given);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(given)).Status);
        Assert.Equal(ErrorCodes.SessionEnded, await Refusal.OfAsync(() => phone.Client.OpenRequestAsync(scanned, phone.Certificate)));

        var bind = await browser.StartQrAsync("/qr/bind");
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsync(bind, SameOrigin)).Status);
        Assert.Equal(PinOutcomeDone, await phone.ConfirmAsync(await browser.ShowAsync(bind, phone.Client), CertifiedPhone.Pin));
        Assert.Equal("ok", await browser.WaitForEndAsync(bind));

        // Another browser cannot see or finish it, nor can a guessed id.
        using var other = new Browser(platform.Address);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync(bind, SameOrigin)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(bind)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(Changed(bind), SameOrigin)).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync(bind, SameOrigin)).Status);
        Assert.Contains("已绑定", WebUtility.HtmlDecode((await browser.GetAsync("/account")).Body), StringComparison.Ordinal);

        // A page that tells where it came from is led back there; to another site it is not.
        foreach (var (returnUrl, next) in new[] { ("/tenders/YC-2026-0417", "/tenders/YC-2026-0417"), ("//evil.example/", "/") })
        {
            var login = await other.StartQrAsync("/qr/login?returnUrl=" + Uri.EscapeDataString(returnUrl));
            Assert.Equal(next, await other.ConfirmAsync(login, phone.Client, phone.Certificate));
            Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/account")).Status);

            // Once.
            Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync(login, SameOrigin)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(login)).Status);
        }

        // The account says which certificate that is: whose, by whom, until when. A colleague's stands beside it; the same one again is the same.
        using var colleague = await phone.ColleagueAsync();
        var now = platform.System.Clock.GetUtcNow();
        Assert.IsType<Done<Nothing>>(await platform.System.Grains.Enterprise(new CreditCode(phone.Enterprise.CreditCode)).Grant(new GrantAuthorisation(
            Guid.NewGuid(), new UserId(colleague.Phone.Login!.UserId), new PlatformId(platform.Party.Id), [Bzt.Contracts.Phone.AuthorisationScope.Login], new CertificateId(colleague.Certificate), now.AddMinutes(-1), now.AddYears(1), null, null)));
        foreach (var bound in new[] { colleague, phone })
        {
            Assert.Equal("/account", await browser.ConfirmAsync(await browser.StartQrAsync("/qr/bind"), bound.Client, bound.Certificate));
        }

        var (own, theirs) = (await phone.Client.GetCertificateAsync(phone.Certificate), await colleague.Client.GetCertificateAsync(colleague.Certificate));
        await platform.Pages.RestartAsync();
        using var later = new Browser(platform.Address);
        Assert.Equal("/", await later.ConfirmAsync(await later.StartQrAsync("/qr/login"), phone.Client, phone.Certificate));
        var page = await AccountAsync(later);
        Assert.Equal(2, page.Split("<article").Length - 1);
        foreach (var certificate in new[] { own, theirs })
        {
            Assert.Contains($"<dd class=\"mono\">{certificate.SigningSerial}</dd>", page, StringComparison.Ordinal);
            Assert.Contains($"{certificate.NotAfter!.Value.ToOffset(TimeSpan.FromHours(8)):yyyy年M月d日}", page, StringComparison.Ordinal);
        }

        Assert.Contains($"<b>{phone.Enterprise.Name}</b>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>颁发机构</dt>", page, StringComparison.Ordinal);

        // Unbound, one logs in no more and the other does; a form of somebody else's page and another account's user change nothing.
        Assert.Equal(HttpStatusCode.Forbidden, (await later.SubmitAsync("/account?handler=Unbind", ["Sec-Fetch-Site", "cross-site"], ("serial", own.SigningSerial!))).Status);
        using var stranger = new Browser(platform.Address);
        using var another = await CertifiedPhone.ReadyAsync(platform.System);
        await RegisterAsync(stranger, another.Enterprise, NewUser());
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.SubmitAsync("/account?handler=Unbind", SameOrigin, ("serial", own.SigningSerial!))).Status);
        Assert.Equal(2, (await AccountAsync(later)).Split("<article").Length - 1);
        Assert.Equal(HttpStatusCode.Redirect, (await later.SubmitAsync("/account?handler=Unbind", SameOrigin, ("serial", own.SigningSerial!))).Status);
        Assert.Equal(1, (await AccountAsync(later)).Split("<article").Length - 1);
        await platform.Pages.RestartAsync();
        using var again = new Browser(platform.Address);
        var unbound = await again.StartQrAsync("/qr/login");
        Assert.Equal(PinOutcomeDone, await phone.ConfirmAsync(await again.ShowAsync(unbound, phone.Client), CertifiedPhone.Pin));
        Assert.Equal("ok", await again.WaitForEndAsync(unbound));
        var answer = await again.PostAsync(unbound, SameOrigin);
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("请用密码登录后绑定", System.Text.RegularExpressions.Regex.Unescape(answer.Body), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await again.GetAsync("/account")).Status);
        Assert.Equal("/", await again.ConfirmAsync(await again.StartQrAsync("/qr/login"), colleague.Client, colleague.Certificate));

        static async Task<string> AccountAsync(Browser browser) => WebUtility.HtmlDecode((await browser.GetAsync("/account")).Body);
    }

    [Fact]
    public async Task A_login_by_qr_of_an_enterprise_without_an_account_and_one_that_took_too_long_are_refused()
    {
        using var phone = await CertifiedPhone.ActiveAsync(platform.System);
        await phone.BindToAsync(platform.Party.Client);
        using var browser = new Browser(platform.Address);
        var login = await browser.StartQrAsync("/qr/login");
        Assert.Equal(PinOutcomeDone, await phone.ConfirmAsync(await browser.ShowAsync(login, phone.Client), CertifiedPhone.Pin));
        Assert.Equal("ok", await browser.WaitForEndAsync(login));
        var (status, _, body) = await browser.PostAsync(login, SameOrigin);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("尚未在本平台注册", System.Text.RegularExpressions.Regex.Unescape(body), StringComparison.Ordinal);

        var late = await browser.StartQrAsync("/qr/login");
        platform.System.Clock.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal("timed_out", await browser.WaitForEndAsync(late));
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsync(late, SameOrigin)).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/account")).Status);
        await browser.StartQrAsync("/qr/login");
    }

    private static readonly PinOutcome PinOutcomeDone = new PinOutcome.Done();

    private static string NewUser() => "user-" + Guid.NewGuid().ToString("N")[..12];

    private static string Changed(string flow) => flow[..^1] + (flow[^1] == '0' ? '1' : '0');

    private static async Task RegisterAsync(Browser browser, EnterpriseInfo enterprise, string user)
    {
        var (status, location, _) = await browser.SubmitAsync(
            "/register", SameOrigin, ("enterpriseName", enterprise.Name), ("creditCode", enterprise.CreditCode), ("userName", user), ("password", Password));
        Assert.Equal((HttpStatusCode.Redirect, "/Account"), (status, location));
    }
}
