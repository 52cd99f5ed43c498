using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;

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
        Assert.Equal(ApplicationState.CaReview, (await phone.ApplicationAsync(claim.ApplicationId)).State);
        using var rejected = await reviewer.Http.PostAsync(reviewer.At(path + "/reject"), Form(html, ("reason", "名称与执照不符")));
        Assert.Equal(HttpStatusCode.SeeOther, rejected.StatusCode);
        Assert.Equal("名称与执照不符", (await phone.UntilAsync(claim.ApplicationId, ApplicationState.Rejected)).RejectionReason);

        // The other word comes too late; the audit is there after a restart.
        using var late = await reviewer.Http.PostAsync(reviewer.At($"/api/applications/{number}/approve"), null);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        using var picturesque = await reviewer.Http.PostAsync(reviewer.At($"/api/applications/{number}/reject"), new StringContent("""{"reason":"名称不符"}""", System.Text.Encoding.UTF8, "image/png"));
        Assert.Equal(HttpStatusCode.BadRequest, picturesque.StatusCode);
        await system.RestartAsync();
        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        var audit = WebUtility.HtmlDecode(await Wait.UntilAsync(
            () => again.Http.GetStringAsync(again.At("/audit")), text => WebUtility.HtmlDecode(text).Contains("名称与执照不符", StringComparison.Ordinal)));
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

    private static FormUrlEncodedContent Form(string html, params (string Name, string Value)[] fields) => new(
        fields.Append((Name: "__RequestVerificationToken", Value: Token().Match(html).Groups[1].Value)).ToDictionary(field => field.Name, field => field.Value));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
