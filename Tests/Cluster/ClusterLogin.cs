using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Samples.Demo;
using Bzt.Tests.OpenIdConnect;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Bzt.Tests.Cluster;

/// <summary>A login with OpenID Connect over two gateways: whoever is asked next is the other one.</summary>
[SupportedOSPlatform("linux")]
internal static class ClusterLogin
{
    public static async Task IsOneOverBothAsync(RunningCluster cluster, ClusterPhone holder, int first, int second)
    {
        var at = first;
        using var browser = new LoginBrowser(cluster.Deployment.Gateway, cluster.Carrier(() => at));
        var redirect = new Uri(cluster.Deployment.TradingPlatform, "signin-bzt").ToString();
        var (verifier, challenge) = OpenIdWorld.Pkce();

        // Asked for at the first; the page's code is shown, scanned and confirmed at the second; the browser comes back to the first.
        var page = await browser.OpenAsync(QueryHelpers.AddQueryString(Routes.Connect.Authorize, new Dictionary<string, string?>
        {
            ["client_id"] = Deployment.PlatformId, ["response_type"] = "code", ["redirect_uri"] = redirect, ["scope"] = "openid profile",
            ["state"] = "state-1", ["nonce"] = "nonce-1", ["code_challenge"] = challenge, ["code_challenge_method"] = "S256",
        }));
        at = second;
        using (var request = Assert.IsType<RequestOpening.Opened>(await holder.Client.OpenRequestAsync(await browser.ScanAsync(page, holder.Client), holder.Certificate)).Request)
        {
            Assert.IsType<PinOutcome.Done>(await holder.ConfirmAsync(request));
        }

        at = first;
        await browser.WaitAsync(page, "ok");
        var code = LoginBrowser.Parameter(await browser.FollowAsync(page.Continue), "code");

        // Nobody redeems it without its verifier; at the second it is redeemed, and at the first it is then used up.
        at = second;
        Assert.Equal(HttpStatusCode.BadRequest, (await RedeemAsync(OpenIdWorld.Pkce().Verifier)).Status);
        var (status, tokens) = await RedeemAsync(verifier);
        Assert.True(status == HttpStatusCode.OK, tokens.ToString());
        var access = tokens.GetProperty("access_token").GetString()!;
        foreach (var gateway in (int[])[first, second])
        {
            at = gateway;
            Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(access));
            var keys = new JsonWebKeySet(await browser.Http.GetStringAsync(Routes.Connect.Keys)).Keys;
            var checkedToken = await new JsonWebTokenHandler().ValidateTokenAsync(tokens.GetProperty("id_token").GetString(), new TokenValidationParameters
            {
                IssuerSigningKeys = keys, ValidIssuer = cluster.Deployment.Gateway.ToString(), ValidAudience = Deployment.PlatformId,
            });
            Assert.True(checkedToken.IsValid, checkedToken.Exception?.Message);
            Assert.Equal(holder.Enterprise.CreditCode, checkedToken.Claims["credit_code"]);
        }

        at = first;
        var (again, refused) = await RedeemAsync(verifier);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (again, refused.GetProperty("error").GetString()));
        at = second;
        Assert.NotEqual(HttpStatusCode.OK, await UserInfoAsync(access));

        async Task<(HttpStatusCode Status, JsonElement Body)> RedeemAsync(string with)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "authorization_code", ["client_id"] = Deployment.PlatformId, ["client_secret"] = cluster.Deployment.Secrets.PlatformSecret,
                ["code"] = code, ["redirect_uri"] = redirect, ["code_verifier"] = with,
            });
            using var answer = await browser.Http.PostAsync(Routes.Token, form);
            return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
        }

        async Task<HttpStatusCode> UserInfoAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Connect.UserInfo) { Headers = { Authorization = new("Bearer", token) } };
            using var answer = await browser.Http.SendAsync(request);
            return answer.StatusCode;
        }
    }
}
