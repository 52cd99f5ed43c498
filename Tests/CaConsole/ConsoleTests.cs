using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts.Phone;
using Bzt.Gateway.CaConsole;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bzt.Tests.CaConsole;

[Trait("Feature", "M031"), Trait("Surface", "api")]
public sealed partial class ConsoleTests
{
    [Fact]
    public async Task A_reviewer_sees_decides_and_is_audited()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var enterprise = (Name: "<b>宜昌</b>建设", ClaimSteps.NextEnterprise().CreditCode);
        var claim = await phone.SubmitAsync(await phone.ClaimAsync(enterprise));
        using var reviewer = await TestReviewer.LogInAsync(system);
        var number = await reviewer.FindAsync(claim.ApplicationId);

        // The page: facts unmasked, the picture, and nothing of the applicant's that the browser would run.
        var path = $"/hubei-ca/applications/{number}";
        using var page = await reviewer.Http.GetAsync(reviewer.At(path));
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains(phone.Person.IdNumber, html, StringComparison.Ordinal);
        Assert.DoesNotContain(enterprise.Name, html, StringComparison.Ordinal);
        Assert.True(page.Headers.CacheControl?.NoStore);
        Assert.StartsWith("default-src 'none'", string.Join(';', page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        using var picture = await reviewer.Http.GetAsync(reviewer.At(path + "/files/licence"));
        Assert.Equal(ClaimSteps.Picture, await picture.Content.ReadAsByteArrayAsync());
        Assert.Equal(("image/png", true), (picture.Content.Headers.ContentType?.MediaType, picture.Headers.CacheControl?.NoStore));

        // A form without its token is not ours; a rejection needs a reason.
        using var foreign = await reviewer.Http.PostAsync(reviewer.At(path + "/approve"), new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var silent = await reviewer.Http.PostAsync(reviewer.At(path + "/reject"), Form(html, ("reason", " ")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, silent.StatusCode);
        using var turned = await reviewer.Http.PostAsync(reviewer.At(path + "/reject"), Form(html, ("reason", "名称\u202E不符")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, turned.StatusCode);
        Assert.Contains("请填写驳回原因", WebUtility.HtmlDecode(await silent.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        var fault = WebUtility.HtmlDecode(await turned.Content.ReadAsStringAsync());
        Assert.Equal((true, false), (fault.Contains("不可见或改变显示顺序的字符", StringComparison.Ordinal), fault.Contains("请填写驳回原因", StringComparison.Ordinal)));
        using var nobody = TestReviewer.Stranger(system);
        using var unseen = await nobody.LogInAsync("审核\u200B员甲", ClaimSteps.ConsolePassword);
        Assert.False(unseen.IsSuccessStatusCode);
        Assert.Equal(ApplicationState.CaReview, (await phone.ApplicationAsync(claim.ApplicationId)).State);
        using var rejected = await reviewer.Http.PostAsync(reviewer.At(path + "/reject"), Form(html, ("reason", "\t名称与\t执照不符 ")));
        Assert.Equal(HttpStatusCode.SeeOther, rejected.StatusCode);
        Assert.Equal("名称与 执照不符", (await phone.UntilAsync(claim.ApplicationId, ApplicationState.Rejected)).RejectionReason);

        // The other word comes too late; the audit is there after a restart.
        using var late = await reviewer.Http.PostAsync(reviewer.At($"/api/applications/{number}/approve"), null);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        using var picturesque = await reviewer.Http.PostAsync(reviewer.At($"/api/applications/{number}/reject"), new StringContent("""{"reason":"名称不符"}""", System.Text.Encoding.UTF8, "image/png"));
        Assert.Equal(HttpStatusCode.BadRequest, picturesque.StatusCode);
        await system.RestartAsync();
        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        var audit = WebUtility.HtmlDecode(await Wait.UntilAsync(
            () => again.Http.GetStringAsync(again.At("/audit")), text => WebUtility.HtmlDecode(text).Contains("名称与 执照不符", StringComparison.Ordinal)));
        Assert.Contains("审核员甲", audit, StringComparison.Ordinal);
        Assert.Contains("查看", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_gets_in_without_the_password()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var stranger = TestReviewer.Stranger(system);
        using var page = await stranger.Http.GetAsync(stranger.At("/hubei-ca/applications/1"));
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        using var json = await stranger.Http.GetAsync(stranger.At("/api/applications"));
        Assert.Equal(HttpStatusCode.Unauthorized, json.StatusCode);
        using var wrong = await stranger.LogInAsync("审核员甲", ClaimSteps.ConsolePassword + "1");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);

        // Nor from another site's page, even with the right one; and not by trying on and on.
        using var foreign = new HttpRequestMessage(HttpMethod.Post, stranger.At("/api/login")) { Content = JsonContent.Create(new { reviewer = "审核员甲", password = ClaimSteps.ConsolePassword }) };
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var refused = await stranger.Http.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 30; i++)
        {
            using var guess = await stranger.LogInAsync("审核员甲", $"guess number {i}");
            answers.Add(guess.StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    [Fact]
    public async Task A_login_ends_with_its_logout_a_new_password_and_after_half_a_day()
    {
        var password = ClaimSteps.ConsolePassword;
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Configuration["CaConsole:Password"] = password);
        Assert.Equal(HttpStatusCode.Unauthorized, await DeskAsync(""));

        // 1. Whoever kept a copy of the cookie has nothing after the logout.
        var (first, second) = (await CookieAsync(), await CookieAsync());
        Assert.Equal(HttpStatusCode.OK, await DeskAsync(first));
        using (var page = await SendAsync(HttpMethod.Get, "/ca-console", first))
        {
            var form = Form(await page.Content.ReadAsStringAsync());
            var token = page.Headers.TryGetValues("Set-Cookie", out var set) ? string.Join("; ", set.Select(cookie => cookie.Split(';')[0])) : "";
            using var loggedOut = await SendAsync(HttpMethod.Post, "/ca-console/logout", $"{first}; {token}", form);
            Assert.Equal(HttpStatusCode.SeeOther, loggedOut.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await DeskAsync(first));
        Assert.Equal(HttpStatusCode.OK, await DeskAsync(second));

        // 2. However often it is used, a login ends.
        using var reviewer = await TestReviewer.LogInAsync(system);
        var used = 0;
        while (used < 60)
        {
            using var answer = await reviewer.Http.GetAsync(reviewer.At("/api/applications"));
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                break;
            }

            used++;
            system.Clock.Advance(TimeSpan.FromMinutes(20));
        }

        Assert.Equal(36, used);

        // 3. Another password, other logins.
        var third = await CookieAsync();
        Assert.Equal(HttpStatusCode.OK, await DeskAsync(third));
        system.Services.GetRequiredService<IOptions<CaConsoleOptions>>().Value.Password = "another-password-of-the-reviewers";
        Assert.Equal(HttpStatusCode.Unauthorized, await DeskAsync(third));

        async Task<string> CookieAsync()
        {
            using var answer = await SendAsync(HttpMethod.Post, "/ca-console/api/login", "", JsonContent.Create(new { reviewer = "审核员甲", password }));
            answer.EnsureSuccessStatusCode();
            return answer.Headers.GetValues("Set-Cookie").Select(set => set.Split(';')[0]).Single(cookie => cookie.Contains("ca-console=", StringComparison.Ordinal));
        }

        async Task<HttpStatusCode> DeskAsync(string cookie)
        {
            using var answer = await SendAsync(HttpMethod.Get, "/ca-console/api/applications", cookie);
            return answer.StatusCode;
        }

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string cookie, HttpContent? content = null)
        {
            using var http = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = system.Address };
            using var request = new HttpRequestMessage(method, path) { Content = content };
            request.Headers.Add("Bzt-Console", "tests");
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            return await http.SendAsync(request);
        }
    }

    [Fact]
    public async Task Guesses_of_one_address_are_counted_for_all_gateways()
    {
        await using var system = await ClaimSteps.StartAsync();

        // As another gateway counts the same address.
        var address = system.Grains.Address(system.Services.GetRequiredService<IKeyProtector>().KeyedHash("ca-console-address", "127.0.0.1"));
        for (var i = 0; i < ConsoleBrake.LoginsPerMinute; i++)
        {
            await address.Take(AddressUse.Login, new AddressLimits(ConsoleBrake.LoginsPerMinute, 0));
        }

        using var stranger = TestReviewer.Stranger(system);
        using var refused = await stranger.LogInAsync("审核员甲", ClaimSteps.ConsolePassword);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        using var later = await stranger.LogInAsync("审核员甲", ClaimSteps.ConsolePassword);
        Assert.Equal(HttpStatusCode.NoContent, later.StatusCode);
    }

    /// <summary>A /48 is one customer's as often as a /64: its 65536 networks guess no faster than sixteen addresses.</summary>
    [Fact]
    public async Task Whoever_has_a_whole_network_guesses_no_faster()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["CaConsole:Password"] = ClaimSteps.ConsolePassword;
            builder.Configuration["Gateway:TrustedProxies:0"] = "127.0.0.0/8";
        });
        using var guesser = TestReviewer.Stranger(system);
        var refused = 0;
        for (var network = 1; network <= 16 * ConsoleBrake.LoginsPerMinute + 20; network++)
        {
            refused += await GuessAsync($"2001:db8:1:{network:x}::1") == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        Assert.InRange(refused, 1, 20);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await GuessAsync("2001:db8:2:1::1"));

        async Task<HttpStatusCode> GuessAsync(string from)
        {
            guesser.Http.DefaultRequestHeaders.Remove("X-Forwarded-For");
            guesser.Http.DefaultRequestHeaders.Add("X-Forwarded-For", from);
            using var answer = await guesser.LogInAsync("审核员甲", "a guess");
            return answer.StatusCode;
        }
    }

    private static FormUrlEncodedContent Form(string html, params (string Name, string Value)[] fields) => new(
        fields.Append((Name: "__RequestVerificationToken", Value: Token().Match(html).Groups[1].Value)).ToDictionary(field => field.Name, field => field.Value));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
