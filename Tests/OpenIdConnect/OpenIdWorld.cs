using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using Microsoft.AspNetCore.WebUtilities;

namespace Bzt.Tests.OpenIdConnect;

/// <summary>A system, a platform that logs its users in with OpenID Connect, and a phone that is bound there.</summary>
public sealed class OpenIdWorld : IAsyncLifetime
{
    public const string Redirect = "http://127.0.0.1:9/callback";
    public const string PostLogout = "http://127.0.0.1:9/bye";

    public EmbeddedSystem System { get; private set; } = null!;

    internal RelyingParty Party { get; private set; } = null!;

    internal CertifiedPhone Phone { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        System = await EmbeddedSystem.StartAsync();
        Party = await RelyingParty.RegisterAsync(System, maySignHashes: true, redirectUris: [Redirect], postLogoutRedirectUris: [PostLogout]);
        Phone = await CertifiedPhone.ActiveAsync(System);
        await Phone.BindToAsync(Party.Client);
    }

    public ValueTask DisposeAsync()
    {
        Phone.Dispose();
        Party.Dispose();
        return System.DisposeAsync();
    }

    internal static (string Verifier, string Challenge) Pkce()
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (verifier, Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))));
    }

    /// <summary>An authorization request with everything right, but for what is changed: a null leaves a parameter out.</summary>
    internal string Authorize(string challenge, params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = Party.Id,
            ["response_type"] = "code",
            ["redirect_uri"] = Redirect,
            ["scope"] = "openid profile",
            ["state"] = "state-1",
            ["nonce"] = "nonce-1",
            ["code_challenge"] = challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            parameters[name] = value;
        }

        return QueryHelpers.AddQueryString(Routes.Connect.Authorize, parameters.Where(parameter => parameter.Value is not null));
    }

    internal async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, params (string Name, string? Value)[] form)
    {
        using var answer = await System.Gateway.PostAsync(path, new FormUrlEncodedContent(form.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(member.Name, member.Value!))));
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    internal Task<(HttpStatusCode Status, JsonElement Body)> RedeemAsync(string code, string? verifier, string? redirect = Redirect, RelyingParty? party = null) => PostAsync(
        Routes.Token, ("grant_type", "authorization_code"), ("client_id", (party ?? Party).Id), ("client_secret", (party ?? Party).Secret),
        ("code", code), ("redirect_uri", redirect), ("code_verifier", verifier));

    internal async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        using var answer = await System.Gateway.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default);
    }
}
