using System.Net;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Grains;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
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

        // It is the user's token: the platform's own interface does not take it.
        Assert.Equal(HttpStatusCode.Unauthorized, (await world.GetAsync($"/rp/v1/sessions/{Guid.NewGuid()}", access)).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, world.Party.AccessToken)).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, null)).Status);
    }
}
