using System.Net;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Grains;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Bzt.Tests.OpenIdConnect;

/// <summary>X11 by hand: the request, the page, the code, the tokens, and every way to get one that is not one's own.</summary>
public sealed class CodeFlowTests(OpenIdWorld world) : IClassFixture<OpenIdWorld>
{
    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task A_confirmed_scan_is_a_login_with_the_certificates_facts()
    {
        using var browser = new LoginBrowser(world.System);
        var (verifier, challenge) = OpenIdWorld.Pkce();
        var back = await browser.LogInAsync(world.Authorize(challenge), world.Phone);
        Assert.StartsWith(OpenIdWorld.Redirect + "?", back.ToString(), StringComparison.Ordinal);
        Assert.Equal(("state-1", world.System.Address.ToString()), (LoginBrowser.Parameter(back, "state"), LoginBrowser.Parameter(back, "iss")));

        var (status, tokens) = await world.RedeemAsync(LoginBrowser.Parameter(back, "code"), verifier);
        Assert.True(status == HttpStatusCode.OK, tokens.ToString());
        var id = new JsonWebToken(tokens.GetProperty("id_token").GetString());
        Assert.Equal(("RS256", "nonce-1", world.Party.Id), (id.Alg, id.GetClaim("nonce").Value, id.Audiences.Single()));
        Assert.Equal((world.Phone.Enterprise.Name, world.Phone.Enterprise.CreditCode, "administrator"), (id.GetClaim("enterprise_name").Value, id.GetClaim("credit_code").Value, id.GetClaim("role").Value));
        Assert.Equal(("urn:bzt:acr:certificate", "yichang-ca"), (id.GetClaim("acr").Value, id.GetClaim("ca_id").Value));
        Assert.Equal(["swk", "pin", "mfa"], id.Claims.Where(claim => claim.Type == "amr").Select(claim => claim.Value));
        var certificate = (await world.Phone.Client.GetCertificatesAsync()).Single();
        Assert.Equal(certificate.SigningSerial, id.GetClaim("certificate_serial").Value);
        Assert.DoesNotContain(id.Claims, claim => claim.Type.StartsWith("bzt/", StringComparison.Ordinal));

        var access = tokens.GetProperty("access_token").GetString()!;
        var (_, info) = await world.GetAsync(Routes.Connect.UserInfo, access);
        Assert.Equal((id.Subject, world.Phone.Enterprise.CreditCode), (info.GetProperty("sub").GetString(), info.GetProperty("credit_code").GetString()));

        // The same token, where it would be in logs, or where any page can send it.
        Assert.Equal(HttpStatusCode.BadRequest, (await world.GetAsync($"{Routes.Connect.UserInfo}?access_token={Uri.EscapeDataString(access)}", null)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await world.GetAsync($"{Routes.Connect.UserInfo}?access_token={Uri.EscapeDataString(access)}", access)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await world.PostAsync(Routes.Connect.UserInfo, ("access_token", access))).Status);

        // It is the user's token: the platform's own interface does not take it.
        Assert.Equal(HttpStatusCode.Unauthorized, (await world.GetAsync($"/rp/v1/sessions/{Guid.NewGuid()}", access)).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, world.Party.AccessToken)).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, null)).Status);
    }

    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task A_request_that_is_not_right_sends_nobody_anywhere()
    {
        using var browser = new LoginBrowser(world.System);
        var (_, challenge) = OpenIdWorld.Pkce();
        foreach (var changes in new (string, string?)[][]
        {
            [("redirect_uri", OpenIdWorld.Redirect + "/")],
            [("redirect_uri", OpenIdWorld.Redirect + "?a=1")],
            [("redirect_uri", "http://127.0.0.1:10/callback")],
            [("redirect_uri", "https://evil.example/callback")],
            [("redirect_uri", null)],
            [("client_id", "no-such-platform")],
            [("client_id", " ")],
            [("client_id", "a\u0000b")],
            [("client_id", null)],
            [("response_type", "token")],
            [("response_type", "id_token token")],
            [("response_mode", "fragment")],
            [("code_challenge", null), ("code_challenge_method", null)],
            [("code_challenge_method", "plain")],
            [("code_challenge_method", null)],
            [("scope", "openid service")],
            [("scope", "profile")],
            [("scope", "openid offline_access")],
            [("scope", "openid everything")],
            [("request_uri", "urn:ietf:params:oauth:request_uri:nothing")],
        })
        {
            using var answer = await browser.Http.GetAsync(world.Authorize(challenge, changes));
            Assert.Equal((changes[0], HttpStatusCode.BadRequest), (changes[0], answer.StatusCode));
            Assert.Null(answer.Headers.Location);
            Assert.Contains("无法继续", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        }

        // There is no login that lasts.
        var silent = await browser.FollowAsync(world.Authorize(challenge, ("prompt", "none")));
        Assert.Equal(("login_required", "state-1"), (LoginBrowser.Parameter(silent, "error"), LoginBrowser.Parameter(silent, "state")));
        Assert.StartsWith(OpenIdWorld.Redirect, silent.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task A_request_as_long_as_an_address_may_be_comes_to_its_end_and_a_longer_one_does_not_begin()
    {
        using var browser = new LoginBrowser(world.System);
        var (verifier, challenge) = OpenIdWorld.Pkce();
        var state = new string('s', 7600);
        using (var page = await browser.Http.GetAsync(world.Authorize(challenge, ("state", state))))
        {
            Assert.All(page.Headers.GetValues("Set-Cookie"), cookie => Assert.InRange(cookie.Length, 1, 4096));
        }

        var back = await browser.LogInAsync(world.Authorize(challenge, ("state", state)), world.Phone);
        Assert.Equal(state, LoginBrowser.Parameter(back, "state"));
        Assert.Equal(HttpStatusCode.OK, (await world.RedeemAsync(LoginBrowser.Parameter(back, "code"), verifier)).Status);

        // As an address, and posted: said to the platform, and no session is made.
        var rest = world.Authorize(challenge, ("state", "")).Length - Routes.Connect.Authorize.Length;
        state = new string('s', 8140 - rest);
        using var posted = new FormUrlEncodedContent(QueryHelpers.ParseQuery(new Uri(world.System.Address, world.Authorize(challenge, ("state", state + state))).Query).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToString())));
        foreach (var answer in new[] { await browser.Http.GetAsync(world.Authorize(challenge, ("state", state))), await browser.Http.PostAsync(Routes.Connect.Authorize, posted) })
        {
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            Assert.Equal("invalid_request", LoginBrowser.Parameter(new Uri(world.System.Address, answer.Headers.Location!), "error"));
            answer.Dispose();
        }
    }

    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task A_code_is_its_clients_its_requests_and_good_once_for_a_minute()
    {
        using var browser = new LoginBrowser(world.System);
        using var other = await RelyingParty.RegisterAsync(world.System, redirectUris: [OpenIdWorld.Redirect]);
        var (verifier, challenge) = OpenIdWorld.Pkce();
        var code = LoginBrowser.Parameter(await browser.LogInAsync(world.Authorize(challenge), world.Phone), "code");

        async Task RefusedAsync(string error, Task<(HttpStatusCode Status, JsonElement Body)> redeeming)
        {
            var (status, body) = await redeeming;
            Assert.Equal((HttpStatusCode.BadRequest, error), (status, body.GetProperty("error").GetString()));
            Assert.False(body.TryGetProperty("access_token", out _));
        }

        // None of these uses it up.
        await RefusedAsync("invalid_grant", world.RedeemAsync(code, verifier, party: other));
        await RefusedAsync("invalid_grant", world.RedeemAsync(code, OpenIdWorld.Pkce().Verifier));
        await RefusedAsync("invalid_request", world.RedeemAsync(code, null));
        await RefusedAsync("invalid_grant", world.RedeemAsync(code, verifier, "http://127.0.0.1:9/other"));
        await RefusedAsync("invalid_grant", world.RedeemAsync(code[..^2] + (code[^2] == 'A' ? 'B' : 'A') + code[^1], verifier));
        var (unauthorised, _) = await world.PostAsync(
            Routes.Token, ("grant_type", "authorization_code"), ("client_id", world.Party.Id), ("code", code), ("redirect_uri", OpenIdWorld.Redirect), ("code_verifier", verifier));
        Assert.NotEqual(HttpStatusCode.OK, unauthorised);

        // Of ten at once one wins; that the others came ends what it got.
        var redeemed = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => world.RedeemAsync(code, verifier)));
        var won = Assert.Single(redeemed, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(redeemed.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("invalid_grant", answer.Body.GetProperty("error").GetString()));
        Assert.NotEqual(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, won.Body.GetProperty("access_token").GetString())).Status);

        // A minute later it would have been too late anyway.
        var late = LoginBrowser.Parameter(await browser.LogInAsync(world.Authorize(challenge), world.Phone), "code");
        world.System.Clock.Advance(TimeSpan.FromSeconds(61));
        await RefusedAsync("invalid_grant", world.RedeemAsync(late, verifier));
    }

    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task A_confirmation_serves_the_browser_and_the_request_it_was_given_for()
    {
        using var browser = new LoginBrowser(world.System);
        using var thief = new LoginBrowser(world.System);
        var (_, challenge) = OpenIdWorld.Pkce();
        var page = await browser.OpenAsync(world.Authorize(challenge));

        // The page: readable by a screen reader, with a policy that runs nothing but its own.
        Assert.Contains("<html lang=\"zh-CN\">", page.Html, StringComparison.Ordinal);
        Assert.Contains("role=\"status\" aria-live=\"polite\"", page.Html, StringComparison.Ordinal);
        Assert.Contains(world.Party.Name, WebUtility.HtmlDecode(page.Html), StringComparison.Ordinal);
        using (var served = await browser.Http.GetAsync(page.Address))
        {
            var policy = served.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'; script-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.True(served.Headers.CacheControl!.NoStore);
            Assert.Contains(served.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase) && cookie.Contains("samesite=lax", StringComparison.OrdinalIgnoreCase));
        }

        page = await browser.OpenAsync(page.Address);
        var fresh = await browser.StateAsync(page);
        Assert.Equal(("created", JsonValueKind.Null), (fresh.GetProperty("state").GetString(), fresh.GetProperty("end").ValueKind));
        Assert.True(fresh.GetProperty("qr").GetProperty("path").GetString()!.Length > 500);

        // Before anybody confirmed there is no way on; without the cookie there never is, nor with another request.
        Assert.Equal(Routes.Connect.Authorize, (await browser.FollowAsync(page.Continue)).AbsolutePath);
        page = await browser.OpenAsync(page.Address);
        using var request = await world.Phone.OpenAsync(await browser.ScanAsync(page, world.Phone));
        var scanned = await browser.StateAsync(page);
        Assert.Equal(("scanned", JsonValueKind.Null, JsonValueKind.Null), (scanned.GetProperty("state").GetString(), scanned.GetProperty("qr").ValueKind, scanned.GetProperty("link").ValueKind));
        Assert.IsType<Contracts.Phone.PinOutcome.Done>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        await browser.WaitAsync(page, "ok");
        Assert.Equal(HttpStatusCode.NotFound, (await world.GetAsync($"{Routes.Connect.LoginState}?login={page.Name}", null)).Status);
        Assert.Equal(Routes.Connect.Authorize, (await thief.FollowAsync(page.Continue)).AbsolutePath);
        Assert.Equal(Routes.Connect.Authorize, (await browser.FollowAsync(page.Continue.Replace("state-1", "state-2", StringComparison.Ordinal))).AbsolutePath);
        Assert.NotEqual("", LoginBrowser.Parameter(await browser.FollowAsync(page.Continue), "code"));
        Assert.Equal(Routes.Connect.Authorize, (await browser.FollowAsync(page.Continue)).AbsolutePath);

        // The user's no, on the phone or on the page, is the platform's access_denied.
        var refused = await browser.OpenAsync(page.Address);
        await world.Phone.Client.RefuseAsync((await browser.ScanAsync(refused, world.Phone)).Session.SessionId);
        await browser.WaitAsync(refused, "refused");
        Assert.Equal("access_denied", LoginBrowser.Parameter(await browser.FollowAsync(refused.Continue), "error"));
        var cancelled = await browser.OpenAsync(page.Address);
        var back = await browser.FollowAsync(cancelled.Cancel);
        Assert.Equal(("access_denied", "state-1"), (LoginBrowser.Parameter(back, "error"), LoginBrowser.Parameter(back, "state")));
    }

    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task A_pushed_request_is_the_clients_and_a_subject_is_the_platforms()
    {
        using var browser = new LoginBrowser(world.System);
        using var other = await RelyingParty.RegisterAsync(world.System, redirectUris: [OpenIdWorld.Redirect]);
        await world.Phone.BindToAsync(other.Client);
        var (verifier, challenge) = OpenIdWorld.Pkce();
        Task<(HttpStatusCode Status, JsonElement Body)> PushAsync(RelyingParty party, string secret, string redirect = OpenIdWorld.Redirect, string method = "S256") => world.PostAsync(
            Routes.Connect.PushedAuthorization, ("client_id", party.Id), ("client_secret", secret), ("response_type", "code"), ("redirect_uri", redirect),
            ("scope", "openid"), ("state", "s"), ("code_challenge", challenge), ("code_challenge_method", method));

        Assert.Equal("invalid_client", (await PushAsync(world.Party, other.Secret)).Body.GetProperty("error").GetString());
        Assert.Equal("invalid_request", (await PushAsync(world.Party, world.Party.Secret, "https://evil.example/")).Body.GetProperty("error").GetString());
        Assert.Equal("invalid_request", (await PushAsync(world.Party, world.Party.Secret, method: "plain")).Body.GetProperty("error").GetString());
        var (status, pushed) = await PushAsync(other, other.Secret);
        Assert.Equal(HttpStatusCode.Created, status);
        var uri = Uri.EscapeDataString(pushed.GetProperty("request_uri").GetString()!);

        // Another client cannot use it; its own cannot add to it.
        using (var foreign = await browser.Http.GetAsync($"{Routes.Connect.Authorize}?client_id={world.Party.Id}&request_uri={uri}"))
        {
            Assert.Equal((HttpStatusCode.BadRequest, null), (foreign.StatusCode, foreign.Headers.Location));
        }

        var back = await browser.LogInAsync($"{Routes.Connect.Authorize}?client_id={other.Id}&request_uri={uri}", world.Phone);
        var theirs = await world.RedeemAsync(LoginBrowser.Parameter(back, "code"), verifier, party: other);
        var (mine, again) = (await SubjectAsync(), await SubjectAsync());
        Assert.Equal(mine, again);
        Assert.NotEqual(mine, new JsonWebToken(theirs.Body.GetProperty("id_token").GetString()).Subject);

        async Task<string> SubjectAsync()
        {
            var code = LoginBrowser.Parameter(await browser.LogInAsync(world.Authorize(challenge), world.Phone), "code");
            return new JsonWebToken((await world.RedeemAsync(code, verifier)).Body.GetProperty("id_token").GetString()).Subject;
        }
    }

    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task Logging_out_ends_what_was_issued_and_returns_to_registered_addresses_only()
    {
        using var browser = new LoginBrowser(world.System);
        var (verifier, challenge) = OpenIdWorld.Pkce();
        async Task<(string Access, string Id)> TokensAsync()
        {
            var code = LoginBrowser.Parameter(await browser.LogInAsync(world.Authorize(challenge), world.Phone), "code");
            var (_, tokens) = await world.RedeemAsync(code, verifier);
            return (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("id_token").GetString()!);
        }

        var (access, id) = await TokensAsync();
        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, access)).Status);
        using (var wrong = await browser.Http.GetAsync($"{Routes.Connect.EndSession}?id_token_hint={id}&post_logout_redirect_uri={Uri.EscapeDataString(OpenIdWorld.PostLogout + "/x")}"))
        {
            Assert.Equal((HttpStatusCode.BadRequest, null), (wrong.StatusCode, wrong.Headers.Location));
        }

        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, access)).Status);
        Assert.Equal(32, new JsonWebToken(id).GetClaim("sid").Value.Length);
        var bye = await browser.FollowAsync($"{Routes.Connect.EndSession}?id_token_hint={id}&post_logout_redirect_uri={Uri.EscapeDataString(OpenIdWorld.PostLogout)}&state=z");
        Assert.Equal(OpenIdWorld.PostLogout + "?state=z", bye.ToString());
        Assert.NotEqual(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, access)).Status);
        Assert.Equal(Routes.Connect.LoggedOut, (await browser.FollowAsync(Routes.Connect.EndSession)).AbsolutePath);

        // RFC 7009: by its own client only; to another it is as if there were no such token.
        var (second, _) = await TokensAsync();
        using var other = await RelyingParty.RegisterAsync(world.System);
        await world.PostAsync(Routes.Connect.Revocation, ("client_id", other.Id), ("client_secret", other.Secret), ("token", second));
        Assert.Equal(HttpStatusCode.Unauthorized, (await world.PostAsync(Routes.Connect.Revocation, ("client_id", world.Party.Id), ("client_secret", other.Secret), ("token", second))).Status);
        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, second)).Status);
        Assert.Equal(HttpStatusCode.OK, (await world.PostAsync(Routes.Connect.Revocation, ("client_id", world.Party.Id), ("client_secret", world.Party.Secret), ("token", second))).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, second)).Status);
    }

    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task Nothing_is_taken_from_a_host_header_and_what_is_too_large_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Connect.Discovery);
        request.Headers.Host = "evil.example";
        using var answer = await world.System.Gateway.SendAsync(request);
        var document = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("evil", document, StringComparison.Ordinal);
        var metadata = JsonDocument.Parse(document).RootElement;
        Assert.Equal(world.System.Address.ToString(), metadata.GetProperty("issuer").GetString());
        Assert.Equal(world.System.Address + "connect/authorize", metadata.GetProperty("authorization_endpoint").GetString());
        Assert.Equal(["S256"], metadata.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(method => method.GetString()));
        Assert.Equal(["code"], metadata.GetProperty("response_types_supported").EnumerateArray().Select(type => type.GetString()));
        Assert.Equal(["pairwise"], metadata.GetProperty("subject_types_supported").EnumerateArray().Select(type => type.GetString()));
        Assert.Contains("credit_code", metadata.GetProperty("claims_supported").EnumerateArray().Select(claim => claim.GetString()));

        foreach (var path in new[] { Routes.Token, Routes.Connect.PushedAuthorization, Routes.Connect.Revocation })
        {
            using var upload = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("client_id=" + new string('a', 10 * 1024 * 1024), global::System.Text.Encoding.ASCII, "application/x-www-form-urlencoded") };
            upload.Headers.ExpectContinue = true;
            using var huge = await world.System.Gateway.SendAsync(upload);
            Assert.Equal((path, HttpStatusCode.RequestEntityTooLarge), (path, huge.StatusCode));
        }

        foreach (var name in new[] { "", "-", new string('a', 5000), "%00", "bzt" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await world.GetAsync($"{Routes.Connect.LoginState}?login={name}", null)).Status);
        }

        foreach (var (asset, status) in new[] { ("login.js", HttpStatusCode.OK), ("connect.css", HttpStatusCode.OK), ("tokens.css", HttpStatusCode.OK), ("form-post.js", HttpStatusCode.OK), ("..%2fca-console.css", HttpStatusCode.NotFound) })
        {
            Assert.Equal((asset, status), (asset, (await world.GetAsync($"{Routes.Connect.Assets}/{asset}", null)).Status));
        }
    }
}
