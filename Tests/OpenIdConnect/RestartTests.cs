using System.Net;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.OpenIdConnect;
using Bzt.Tests.Certificates;
using Bzt.Tests.Csc;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace Bzt.Tests.OpenIdConnect;

/// <summary>X11 and X12 over restarts, and over a change of the signing key.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly OpenIdWorld world = new();

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    [Trait("Feature", "X11"), Trait("Feature", "X12"), Trait("Surface", "api")]
    public async Task Pages_codes_and_tokens_hold_over_a_restart_and_what_is_used_up_stays_so()
    {
        var (system, phone) = (world.System, world.Phone);
        using var browser = new LoginBrowser(system);
        var (verifier, challenge) = OpenIdWorld.Pkce();
        var page = await browser.OpenAsync(world.Authorize(challenge));
        var csc = await CscClient.AuthorisedAsync(system, world.Party, phone);
        var credential = Assert.Single(await csc.CredentialsAsync());
        var certificate = await csc.CertificateAsync(credential);
        string[] hashes = [CscClient.Hash(certificate, [1]), CscClient.Hash(certificate, [2])];
        var handle = await csc.AskAsync(credential, hashes);
        var keys = await KeysAsync();

        // A page that is open, and a request that was pushed, go on.
        await RestartAsync();
        await browser.ConfirmAsync(page, phone);
        var code = LoginBrowser.Parameter(await browser.FollowAsync(page.Continue), "code");
        using (var request = await CscTests.OpenPushedAsync(phone))
        {
            Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        var sad = await CscTests.SadAsync(csc, handle);

        // A code and a SAD from before are good, once.
        await RestartAsync();
        var (status, tokens) = await world.RedeemAsync(code, verifier);
        Assert.True(status == HttpStatusCode.OK, tokens.ToString());
        Assert.Single(await csc.SignAsync(credential, sad, hashes[0]));
        Assert.Equal(keys.Select(key => key.Kid), (await KeysAsync()).Select(key => key.Kid));
        await RestartAsync();
        var access = tokens.GetProperty("access_token").GetString();
        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, access)).Status);
        Assert.Contains("signed before", (await csc.RefusedAsync(Routes.Csc.SignHash, csc.SignHash(credential, sad, hashes[1], hashes[0]))).Error, StringComparison.Ordinal);
        Assert.Single(await csc.SignAsync(credential, sad, hashes[1]));

        // The code once more ends the login, and that holds as well.
        Assert.Equal("invalid_grant", (await world.RedeemAsync(code, verifier)).Body.GetProperty("error").GetString());
        await RestartAsync();
        Assert.NotEqual(HttpStatusCode.OK, (await world.GetAsync(Routes.Connect.UserInfo, access)).Status);

        // Time ends a SAD.
        var late = await csc.AskAsync(credential, hashes[0]);
        using (var request = await CscTests.OpenPushedAsync(phone))
        {
            Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        var expiring = await CscTests.SadAsync(csc, late);
        system.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("SAD expired", (await csc.RefusedAsync(Routes.Csc.SignHash, csc.SignHash(credential, expiring, hashes[0]))).Error);
        system.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(HttpStatusCode.Unauthorized, (await csc.PostAsync(Routes.Csc.ListCredentials, new { })).Status);
    }

    [Fact]
    [Trait("Feature", "X11"), Trait("Surface", "api")]
    public async Task A_signing_key_is_published_before_it_signs_and_after()
    {
        var first = Assert.Single(await KeysAsync());
        var (old, _) = await LogInAsync();
        Assert.Equal(first.Kid, old.Kid);
        Assert.True(await VerifiesAsync(old));

        // Beside this gateway another one, which keeps its own copy of the keys and looks only every few minutes.
        using var beside = ActivatorUtilities.CreateInstance<SigningKeys>(world.System.Services);
        await beside.RefreshAsync();
        Assert.Equal([first.Kid], Besides());

        world.System.Clock.Advance(TimeSpan.FromDays(84));
        var both = await KeysAsync();
        Assert.Equal((2, first.Kid), (both.Count, both[0].Kid));

        // It learns the new key when it looks, long before that signs.
        Assert.Equal([first.Kid], Besides());
        await beside.RefreshAsync();
        Assert.Equal(both.Select(key => key.Kid).Order(), Besides().Order());

        // From its day on the new one signs; what the old one signed still verifies for a while, at a gateway that has just started too.
        world.System.Clock.Advance(TimeSpan.FromDays(7));
        await world.Phone.Phone.LogInAsync();
        await RestartAsync();
        var (renewed, subject) = await LogInAsync();
        Assert.Equal((both[1].Kid, old.Subject), (renewed.Kid, subject));
        Assert.True(await VerifiesAsync(old));
        Assert.True(await VerifiesAsync(renewed));

        world.System.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(both[1].Kid, Assert.Single(await KeysAsync()).Kid);

        IEnumerable<string> Besides()
        {
            var options = new OpenIddictServerOptions();
            beside.Configure(options);
            return options.SigningCredentials.Select(credential => credential.Kid);
        }
    }

    private async Task<(JsonWebToken Token, string Subject)> LogInAsync()
    {
        using var browser = new LoginBrowser(world.System);
        var (verifier, challenge) = OpenIdWorld.Pkce();
        var code = LoginBrowser.Parameter(await browser.LogInAsync(world.Authorize(challenge), world.Phone), "code");
        var token = new JsonWebToken((await world.RedeemAsync(code, verifier)).Body.GetProperty("id_token").GetString());
        return (token, token.Subject);
    }

    private async Task<bool> VerifiesAsync(JsonWebToken token) => (await new JsonWebTokenHandler().ValidateTokenAsync(token.EncodedToken, new TokenValidationParameters
    {
        IssuerSigningKeys = await KeysAsync(), ValidIssuer = world.System.Address.ToString(), ValidAudience = world.Party.Id, ValidateLifetime = false,
    })).IsValid;

    private async Task<IList<JsonWebKey>> KeysAsync() => new JsonWebKeySet(await world.System.Gateway.GetStringAsync(Routes.Connect.Keys)).Keys;

    private async Task RestartAsync()
    {
        await world.System.RestartAsync();
        await world.Phone.ReconnectAsync();
        world.Party.Reconnect();
    }
}
