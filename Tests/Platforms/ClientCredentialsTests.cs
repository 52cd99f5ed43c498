using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>OAuth 2.0 client credentials: refusals as RFC 6749 §5.2 wants them, and what a token is good for.</summary>
public sealed class ClientCredentialsTests
{
    [Fact]
    public async Task A_secret_gets_a_bearer_token()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var answer = await party.RequestTokenAsync(("grant_type", "client_credentials"), ("client_id", party.Id), ("client_secret", party.Secret));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Bearer", body.GetProperty("token_type").GetString());
        Assert.InRange(body.GetProperty("expires_in").GetInt32(), 1700, 1800);
        Assert.True(answer.Headers.CacheControl!.NoStore);

        // §2.3.1: also as HTTP Basic.
        using var basic = new HttpRequestMessage(HttpMethod.Post, Routes.Token) { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        basic.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{party.Id}:{party.Secret}")));
        using var answered = await system.Gateway.SendAsync(basic);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_client_are_told_apart_by_nobody()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        var answers = new List<string>();
        foreach (var (id, secret) in new[] { (party.Id, new string('x', 64)), ("no-such-platform", party.Secret), (party.Id, party.Secret + "x"), (party.Id.ToUpperInvariant(), party.Secret) })
        {
            using var answer = await party.RequestTokenAsync(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            answers.Add(await answer.Content.ReadAsStringAsync());
        }

        Assert.Single(answers.Distinct());
        using var body = JsonDocument.Parse(answers[0]);
        Assert.Equal("invalid_client", body.RootElement.GetProperty("error").GetString());

        using var basic = new HttpRequestMessage(HttpMethod.Post, Routes.Token) { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        basic.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{party.Id}:wrong")));
        using var challenged = await system.Gateway.SendAsync(basic);
        Assert.Equal(HttpStatusCode.Unauthorized, challenged.StatusCode);
        Assert.NotEmpty(challenged.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData("password", "unsupported_grant_type")]
    [InlineData("refresh_token", "unsupported_grant_type")]
    [InlineData("authorization_code", "invalid_request")]
    [InlineData(null, "invalid_request")]
    public async Task Another_grant_type_is_refused(string? grantType, string error)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        List<(string, string)> members = [("client_id", party.Id), ("client_secret", party.Secret), ("username", "u"), ("password", "p"), ("code", "c")];
        if (grantType is not null)
        {
            members.Add(("grant_type", grantType));
        }

        using var answer = await party.RequestTokenAsync([.. members]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Without_a_token_of_ours_nothing_is_answered()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        foreach (var authorization in new AuthenticationHeaderValue?[]
        {
            null,
            new("Bearer", "nonsense"),
            new("Bearer", phone.Login!.AccessToken),
            new("DPoP", phone.Login.AccessToken),
            new("Basic", "eDp5"),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/rp/v1/sessions/{Guid.NewGuid()}");
            request.Headers.Authorization = authorization;
            using var answer = await system.Gateway.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.First().Scheme);
            Assert.Equal(ErrorCodes.Unauthenticated, (await answer.Content.ReadFromJsonAsync(BztJson.Default.Problem))!.Code);
        }
    }

    [Fact]
    public async Task A_token_counts_in_the_header_and_nowhere_else()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        var session = $"/rp/v1/sessions/{Guid.NewGuid()}";
        Assert.Equal(HttpStatusCode.NotFound, (await party.GetAsync(session)).Item1);

        // An address is in logs, and a form is sent by any page.
        using var inAddress = await system.Gateway.GetAsync($"{session}?access_token={Uri.EscapeDataString(party.AccessToken)}");
        Assert.Equal(HttpStatusCode.Unauthorized, inAddress.StatusCode);
        using var form = new FormUrlEncodedContent([new("access_token", party.AccessToken)]);
        using var inForm = await system.Gateway.PostAsync(Routes.Platforms.DeadLetterRedelivery.Replace("{messageId}", "unknown", StringComparison.Ordinal), form);
        Assert.Equal(HttpStatusCode.Unauthorized, inForm.StatusCode);
    }

    [Fact]
    public async Task A_platforms_token_is_nothing_to_the_phones_side()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        var (status, body) = await party.GetAsync(Routes.Phone.Me);
        Assert.Equal((HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated), (status, body.GetProperty("code").GetString()));
    }
}
