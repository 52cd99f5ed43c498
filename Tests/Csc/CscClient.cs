using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.OpenIdConnect;
using Bzt.Tests.Platforms;
using Microsoft.AspNetCore.WebUtilities;

namespace Bzt.Tests.Csc;

/// <summary>A signature application written after the specification's examples, with nothing but HTTP and JSON.</summary>
internal sealed class CscClient(EmbeddedSystem system, RelyingParty party)
{
    public const string Sm3 = "1.2.156.10197.1.401";
    public const string Sm2WithSm3 = "1.2.156.10197.1.501";

    /// <summary>The access token its calls carry.</summary>
    public string Token { get; set; } = "";

    /// <summary>§8.4.2, §8.4.4: the user authorises this application by a scan.</summary>
    public static Task<CscClient> AuthorisedAsync(EmbeddedSystem system, RelyingParty party, CertifiedPhone phone) => AuthorisedAsync(system, party, phone.Client, phone.Certificate);

    public static async Task<CscClient> AuthorisedAsync(EmbeddedSystem system, RelyingParty party, PhoneClient phone, Guid certificate)
    {
        var client = new CscClient(system, party);
        client.Token = (await client.GrantAsync(phone, certificate, ("scope", "service"))).GetProperty("access_token").GetString()!;
        return client;
    }

    /// <summary>The code flow at CSC's own paths; what the token endpoint answers.</summary>
    public Task<JsonElement> GrantAsync(CertifiedPhone phone, params (string Name, string Value)[] parameters) => GrantAsync(phone.Client, phone.Certificate, parameters);

    public async Task<JsonElement> GrantAsync(PhoneClient phone, Guid certificate, params (string Name, string Value)[] parameters)
    {
        using var browser = new LoginBrowser(system);
        var (verifier, challenge) = OpenIdWorld.Pkce();
        var callback = await browser.LogInAsync(Authorize(challenge, parameters), phone, certificate);
        using var answer = await system.Gateway.PostAsync(Routes.Csc.Token, new FormUrlEncodedContent([
            new("grant_type", "authorization_code"), new("code", LoginBrowser.Parameter(callback, "code")), new("client_id", party.Id), new("client_secret", party.Secret),
            new("redirect_uri", OpenIdWorld.Redirect), new("code_verifier", verifier)]));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    public string Authorize(string challenge, params (string Name, string Value)[] parameters) => QueryHelpers.AddQueryString(
        Routes.Csc.Authorize,
        new Dictionary<string, string?>
        {
            ["response_type"] = "code", ["client_id"] = party.Id, ["redirect_uri"] = OpenIdWorld.Redirect, ["code_challenge"] = challenge, ["code_challenge_method"] = "S256", ["state"] = "12345678",
        }.Concat(parameters.Select(parameter => KeyValuePair.Create(parameter.Name, (string?)parameter.Value))));

    public Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object body) => PostRawAsync(path, new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"));

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostRawAsync(string path, HttpContent content, string? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.ExpectContinue = content.Headers.ContentLength > 100_000;
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
        else if (Token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        using var answer = await system.Gateway.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(text.StartsWith('{'), $"{path}: {answer.StatusCode} {text}");
        return (answer.StatusCode, JsonDocument.Parse(text).RootElement);
    }

    public async Task<(HttpStatusCode Status, string Error)> RefusedAsync(string path, object body)
    {
        var (status, answer) = await PostAsync(path, body);
        return (status, answer.TryGetProperty("error_description", out var description) ? description.GetString()! : answer.ToString());
    }

    public async Task<IReadOnlyList<string>> CredentialsAsync()
    {
        var (status, list) = await PostAsync(Routes.Csc.ListCredentials, new { });
        Assert.Equal(HttpStatusCode.OK, status);
        return [.. list.GetProperty("credentialIDs").EnumerateArray().Select(id => id.GetString()!)];
    }

    public async Task<Sm2Certificate> CertificateAsync(string credential)
    {
        var (_, info) = await PostAsync(Routes.Csc.CredentialInfo, new { credentialID = credential });
        Assert.True(Sm2Certificate.TryParse(Convert.FromBase64String(info.GetProperty("cert").GetProperty("certificates")[0].GetString()!), out var certificate), info.ToString());
        return certificate;
    }

    /// <summary>e of a message, as GB/T 32918.2 takes it: SM3(Z ‖ M).</summary>
    public static string Hash(Sm2Certificate certificate, byte[] message) => Convert.ToBase64String(Sm2Signature.Digest(certificate.PublicKey, message));

    public async Task<string> AskAsync(string credential, params string[] hashes)
    {
        var (status, body) = await PostAsync(Routes.Csc.AuthorizeCredential, new
        {
            credentialID = credential,
            numSignatures = hashes.Length,
            documentDigests = hashes.Select((hash, index) => new { hash, label = $"合同 {index + 1}.pdf" }),
            hashAlgorithmOID = Sm3,
        });
        Assert.True(status == HttpStatusCode.Accepted, body.ToString());
        return body.GetProperty("handle").GetString()!;
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> CheckAsync(string handle) => PostAsync(Routes.Csc.AuthorizeCheck, new { handle });

    public object SignHash(string credential, string? sad, params string[] hashes) =>
        new JsonObject { ["credentialID"] = credential, ["SAD"] = sad, ["hashes"] = new JsonArray([.. hashes.Select(hash => (JsonNode?)hash)]), ["hashAlgorithmOID"] = Sm3, ["signAlgo"] = Sm2WithSm3 };

    public async Task<IReadOnlyList<byte[]>> SignAsync(string credential, string? sad, params string[] hashes)
    {
        var (status, body) = await PostAsync(Routes.Csc.SignHash, SignHash(credential, sad, hashes));
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        return [.. body.GetProperty("signatures").EnumerateArray().Select(signature => Convert.FromBase64String(signature.GetString()!))];
    }
}
