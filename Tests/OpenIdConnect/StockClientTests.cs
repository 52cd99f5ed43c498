using System.Net;
using System.Security.Claims;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Tests.Peers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.OpenIdConnect;

/// <summary>X11: clients of others, as they come, log a user in and refuse nothing of ours.</summary>
public sealed partial class StockClientTests(OpenIdWorld world) : IClassFixture<OpenIdWorld>
{
    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task Npm_openid_client_logs_in_with_and_without_a_pushed_request_and_out()
    {
        using var browser = new LoginBrowser(world.System);
        foreach (var way in new[] { "query", "par" })
        {
            var begun = await OpenIdClientAsync(null, "begin", way);
            Assert.Equal(way == "par", begun.GetProperty("url").GetString()!.Contains("request_uri=", StringComparison.Ordinal));
            var callback = await browser.LogInAsync(begun.GetProperty("url").GetString()!, world.Phone);
            var finished = await OpenIdClientAsync(With(begun, callback), "finish");
            Assert.False(finished.TryGetProperty("error", out var error), error.ToString());
            Assert.Equal(world.Phone.Enterprise.CreditCode, finished.GetProperty("claims").GetProperty("credit_code").GetString());
            Assert.Equal(world.Phone.Enterprise.Name, finished.GetProperty("info").GetProperty("enterprise_name").GetString());
            Assert.Equal(OpenIdWorld.PostLogout, (await browser.FollowAsync(finished.GetProperty("logout").GetString()!)).ToString());
            Assert.NotEqual(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, finished.GetProperty("accessToken").GetString())).Status);

            // The callback once more, and a state of another's.
            Assert.Equal("invalid_grant", (await OpenIdClientAsync(With(begun, callback), "finish")).GetProperty("error").GetString());
            Assert.True((await OpenIdClientAsync(With(begun, new Uri(callback.ToString().Replace("state=", "state=x", StringComparison.Ordinal))), "finish")).TryGetProperty("error", out _));
        }

        Task<JsonElement> OpenIdClientAsync(string? input, params string[] arguments) =>
            NodeAsync("openid-client.mjs", input, [world.System.Address.ToString(), world.Party.Id, world.Party.Secret, OpenIdWorld.Redirect, OpenIdWorld.PostLogout, .. arguments]);
    }

    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task Npm_oauth4webapi_finds_every_answer_as_the_rfcs_want_it()
    {
        using var browser = new LoginBrowser(world.System);
        var begun = await AskAsync(null, OpenIdWorld.Redirect, "begin");
        var callback = await browser.LogInAsync(begun.GetProperty("url").GetString()!, world.Phone);

        // A downgrade: no verifier, another one. Neither uses the code up.
        Assert.Equal("invalid_request", (await AskAsync(With(begun, callback, ""), OpenIdWorld.Redirect, "finish")).GetProperty("error").GetString());
        Assert.Equal("invalid_grant", (await AskAsync(With(begun, callback, OpenIdWorld.Pkce().Verifier), OpenIdWorld.Redirect, "finish")).GetProperty("error").GetString());
        Assert.Equal("invalid_grant", (await AskAsync(With(begun, callback), OpenIdWorld.Redirect + "2", "finish")).GetProperty("error").GetString());

        var finished = await AskAsync(With(begun, callback), OpenIdWorld.Redirect, "finish");
        Assert.False(finished.TryGetProperty("error", out var error), error.ToString());
        Assert.Equal(world.Phone.Enterprise.CreditCode, finished.GetProperty("claims").GetProperty("credit_code").GetString());
        Assert.Equal(finished.GetProperty("claims").GetProperty("sub").GetString(), finished.GetProperty("info").GetProperty("sub").GetString());
        Assert.Equal(401, finished.GetProperty("revoked").GetInt32());
        Assert.Equal("invalid_grant", (await AskAsync(With(begun, callback), OpenIdWorld.Redirect, "finish")).GetProperty("error").GetString());

        // A redirect URI that is not registered, and the plain method, end at a page.
        var wrong = await AskAsync(null, "http://127.0.0.1:9/elsewhere", "begin");
        foreach (var address in new[] { wrong.GetProperty("url").GetString()!, begun.GetProperty("url").GetString()!.Replace("S256", "plain", StringComparison.Ordinal) })
        {
            using var answer = await browser.Http.GetAsync(address);
            Assert.Equal((HttpStatusCode.BadRequest, null), (answer.StatusCode, answer.Headers.Location));
        }

        Task<JsonElement> AskAsync(string? input, string redirect, string command) =>
            NodeAsync("oauth4webapi.mjs", input, world.System.Address.ToString(), world.Party.Id, world.Party.Secret, redirect, command);
    }

    /// <summary>ASP.NET Core's own middleware with nothing set but who it is: it pushes its request, uses PKCE, and asks for form_post.</summary>
    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task Stock_middleware_of_aspnet_core_logs_in()
    {
        await using var host = await StockHostAsync();
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var party = await RelyingParty.RegisterAsync(world.System, id: StockId, redirectUris: [address + "/signin-oidc"], postLogoutRedirectUris: [address + "/signout-callback-oidc"]);
        settings.Secret = party.Secret;
        await world.Phone.BindToAsync(party.Client);
        using var browser = new LoginBrowser(world.System);

        var challenge = await browser.FollowAsync(address + "/");
        Assert.Contains("request_uri=", challenge.Query, StringComparison.Ordinal);
        var page = await browser.OpenAsync(challenge.ToString());
        await browser.ConfirmAsync(page, world.Phone);
        using var posting = await browser.Http.GetAsync(page.Continue);
        var html = await posting.Content.ReadAsStringAsync();
        Assert.True(posting.StatusCode == HttpStatusCode.OK, html);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        var form = Inputs().Matches(html).Select(input => KeyValuePair.Create(WebUtility.HtmlDecode(input.Groups[1].Value), WebUtility.HtmlDecode(input.Groups[2].Value)));
        using var signedIn = await browser.Http.PostAsync(WebUtility.HtmlDecode(Action().Match(html).Groups[1].Value), new FormUrlEncodedContent(form));
        Assert.True(signedIn.Headers.Location is not null, $"{signedIn.StatusCode} {string.Join('\n', failures)} {await signedIn.Content.ReadAsStringAsync()}");
        Assert.Equal($"{world.Phone.Enterprise.Name}|{world.Phone.Enterprise.CreditCode}|True", await browser.Http.GetStringAsync(address + "/"));

        // Out again, by the middleware's own way.
        var leaving = await browser.FollowAsync(address + "/out");
        Assert.Equal(Routes.Connect.EndSession, leaving.AbsolutePath);
        Assert.StartsWith(address + "/signout-callback-oidc", (await browser.FollowAsync(leaving.ToString())).ToString(), StringComparison.Ordinal);
        Assert.Equal(world.System.Address.Authority, (await browser.FollowAsync(address + "/")).Authority);
    }

    private const string StockId = "stock-middleware";
    private readonly StockSettings settings = new();
    private readonly List<Exception?> failures = [];

    private async Task<WebApplication> StockHostAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(options =>
        {
            options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
        })
            .AddCookie()
            .AddOpenIdConnect(options =>
            {
                options.Authority = world.System.Address.ToString();
                // Both hosts speak plain http here, on loopback.
                options.RequireHttpsMetadata = false;
                options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.ClientId = StockId;
                options.ResponseType = "code";
                options.SaveTokens = true;
                options.Events.OnAuthorizationCodeReceived = context =>
                {
                    context.TokenEndpointRequest!.ClientSecret = settings.Secret;
                    return Task.CompletedTask;
                };
                options.Events.OnRemoteFailure = context =>
                {
                    failures.Add(context.Failure);
                    return Task.CompletedTask;
                };
                options.Events.OnPushAuthorization = context =>
                {
                    context.ProtocolMessage.ClientSecret = settings.Secret;
                    return Task.CompletedTask;
                };
            });
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", (ClaimsPrincipal user) => $"{user.FindFirstValue("name")}|{user.FindFirstValue("credit_code")}|{user.IsInRole("administrator")}").RequireAuthorization();
        app.MapGet("/out", () => Results.SignOut(null, [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]));
        await app.StartAsync();
        return app;
    }

    /// <summary>The platform is registered once the host's address is known, and only then is there a secret.</summary>
    private sealed class StockSettings
    {
        public string Secret { get; set; } = "";
    }

    private static string With(JsonElement begun, Uri callback, string? verifier = null) => JsonSerializer.Serialize(new
    {
        callback = callback.ToString(),
        verifier = verifier ?? begun.GetProperty("verifier").GetString(),
        state = begun.GetProperty("state").GetString(),
        nonce = begun.GetProperty("nonce").GetString(),
    });

    private static async Task<JsonElement> NodeAsync(string script, string? input, params string[] arguments)
    {
        var folder = PeerProcess.Sources("node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openid-client")))
        {
            throw new DirectoryNotFoundException("openid-client is missing: run npm ci in Tests/Peers/node, as ./test.sh does.");
        }

        return JsonDocument.Parse((await PeerProcess.Run("node", [script, .. arguments], folder, input)).OrFail().Output).RootElement;
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Inputs();

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]*)\">")]
    private static partial Regex Action();
}
