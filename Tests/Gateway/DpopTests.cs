using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Gateway;

/// <summary>Each proof is right but for one thing; the last test shows that the right one passes.</summary>
public sealed class DpopTests
{
    [Theory]
    [InlineData("htu of another host")]
    [InlineData("htu of another path")]
    [InlineData("another method")]
    [InlineData("another token's ath")]
    [InlineData("no ath")]
    [InlineData("a nonce that is not ours")]
    [InlineData("alg none")]
    [InlineData("alg HS256 keyed with the public key")]
    [InlineData("a private key in the header")]
    [InlineData("another typ")]
    [InlineData("a broken signature")]
    [InlineData("a signature in DER")]
    [InlineData("a point off the curve")]
    [InlineData("a short jti")]
    [InlineData("no iat")]
    [InlineData("two proofs")]
    [InlineData("no proof")]
    public async Task A_proof_with_one_thing_wrong_is_refused(string fault)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var nonce = await NonceAsync(system);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(system, phone, await Proof.Right(system, phone, nonce).SignAsync(phone.Key)));
        var (code, status) = await AskFaultyAsync(system, phone, nonce, fault);
        Assert.Equal((ErrorCodes.InvalidDpop, HttpStatusCode.Unauthorized), (code, status));
    }

    [Fact]
    public async Task A_proof_is_good_once()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var proof = await Proof.Right(system, phone, await NonceAsync(system)).SignAsync(phone.Key);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(system, phone, proof));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(system, phone, proof));
    }

    [Fact]
    public async Task Another_device_cannot_use_the_token()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        using var thief = new EcdsaDeviceKey();
        var http = new PhoneHttp(system.Gateway, thief, "1.0", system.Clock) { AccessToken = phone.Login!.AccessToken };
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => http.GetAsync(Routes.Phone.Me, BztJson.Default.Me));
        Assert.Equal(ErrorCodes.Unauthenticated, refused.Code);
    }

    [Fact]
    public async Task As_a_bearer_token_it_is_worth_nothing()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Phone.Me) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", phone.Login!.AccessToken) } };
        using var answer = await system.Gateway.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_nonce_a_proof_is_good_for_a_minute_once_the_gateway_remembers_a_minute()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.LoggedInPhoneAsync();

        // Just started: what was used before the start is not known.
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(system, phone, await Proof.Right(system, phone, nonce: null).SignAsync(phone.Key)));
        system.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(system, phone, await Proof.Right(system, phone, nonce: null).SignAsync(phone.Key)));

        foreach (var wrong in (int[])[-120, 120])
        {
            var proof = Proof.Right(system, phone, nonce: null);
            proof.Claims["iat"] = system.Clock.GetUtcNow().ToUnixTimeSeconds() + wrong;
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(system, phone, await proof.SignAsync(phone.Key)));
        }
    }

    [Fact]
    public async Task A_phone_whose_clock_is_wrong_gets_in_with_a_nonce()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var wrong = new ShiftedClock();
        wrong.Advance(TimeSpan.FromDays(-400));
        var http = new PhoneHttp(system.Gateway, phone.Key, "1.0", wrong) { AccessToken = phone.Login!.AccessToken };
        Assert.Equal(phone.Login.UserId, (await http.GetAsync(Routes.Phone.Me, BztJson.Default.Me)).UserId);
    }

    [Fact]
    public async Task A_nonce_is_good_for_a_minute_and_none_of_before_a_restart()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var nonce = await NonceAsync(system);
        system.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(system, phone, await Proof.Right(system, phone, nonce).SignAsync(phone.Key)));

        var before = await NonceAsync(system);
        var used = await Proof.Right(system, phone, before).SignAsync(phone.Key);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(system, phone, used));
        var address = system.Address;
        await system.RestartAsync();
        if (system.Address == address)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(system, phone, used));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(system, phone, await Proof.Right(system, phone, before).SignAsync(phone.Key)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(system, phone, await Proof.Right(system, phone, await NonceAsync(system)).SignAsync(phone.Key)));
    }

    [Fact]
    public async Task An_outdated_app_is_told_so_before_anything_else()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var key = new EcdsaDeviceKey();
        var http = new PhoneHttp(system.Gateway, key, "0.0.1", system.Clock);
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => http.GetAsync(Routes.Phone.Me, BztJson.Default.Me));
        Assert.Equal(ErrorCodes.ClientOutdated, refused.Code);
    }

    [Fact]
    public void The_thumbprint_is_that_of_RFC_7638()
    {
        // The public key of RFC 9449's own example (§4.1) and its thumbprint (§6.1).
        const string Proof9449 =
            "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19."
            + "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ."
            + "2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
        using var keys = new DeviceKeys(1);
        Assert.True(DpopProof.TryRead(Proof9449, keys, out var proof));
        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", proof.Jkt);
        Assert.Equal("https://server.example.com/token", proof.Htu);
        Assert.Equal(65, proof.PublicKey.Length);
    }

    private static async Task<(string Code, HttpStatusCode Status)> AskFaultyAsync(EmbeddedSystem system, TestPhone phone, string nonce, string fault)
    {
        var proof = Proof.Right(system, phone, nonce);
        string[]? sent = null;
        switch (fault)
        {
            case "htu of another host": proof.Claims["htu"] = "https://example.com" + Routes.Phone.Me; break;
            case "htu of another path": proof.Claims["htu"] = new Uri(system.Address, Routes.Phone.Inbox).ToString(); break;
            case "another method": proof.Claims["htm"] = "POST"; break;
            case "another token's ath": proof.Claims["ath"] = Base64Url.EncodeToString(SHA256.HashData("other"u8)); break;
            case "no ath": proof.Claims.Remove("ath"); break;
            case "a nonce that is not ours": proof.Claims["nonce"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(40)); break;
            case "another typ": proof.Header["typ"] = "JWT"; break;
            case "a private key in the header": proof.Header["jwk"]!["d"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)); break;
            case "a point off the curve": proof.Header["jwk"]!["y"] = proof.Header["jwk"]!["x"]!.GetValue<string>(); break;
            case "a short jti": proof.Claims["jti"] = "1"; break;
            case "no iat": proof.Claims.Remove("iat"); break;
            case "no proof": sent = []; break;
            case "two proofs":
                sent = [await proof.SignAsync(phone.Key), await Proof.Right(system, phone, nonce).SignAsync(phone.Key)];
                break;
            case "a broken signature":
                var text = await proof.SignAsync(phone.Key);
                sent = [text[..^5] + (text[^5] == 'A' ? 'B' : 'A') + text[^4..]];
                break;
            case "a signature in DER":
                using (var ecdsa = ECDsa.Create())
                {
                    ecdsa.ImportPkcs8PrivateKey(phone.Key.ExportPkcs8(), out _);
                    sent = [$"{proof.Signed}.{Base64Url.EncodeToString(ecdsa.SignData(Encoding.ASCII.GetBytes(proof.Signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))}"];
                }

                break;
            case "alg none":
                proof.Header["alg"] = "none";
                sent = [proof.Signed + "."];
                break;
            case "alg HS256 keyed with the public key":
                proof.Header["alg"] = "HS256";
                sent = [$"{proof.Signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(phone.Key.PublicKey, Encoding.ASCII.GetBytes(proof.Signed)))}"];
                break;
            default: throw new ArgumentOutOfRangeException(nameof(fault));
        }

        using var answer = await SendAsync(system, phone, sent ?? [await proof.SignAsync(phone.Key)]);
        var problem = await answer.Content.ReadFromJsonAsync(BztJson.Default.Problem);
        return (problem!.Code, answer.StatusCode);
    }

    private static async Task<string> NonceAsync(EmbeddedSystem system)
    {
        using var answer = await system.Gateway.GetAsync(Routes.Phone.Me);
        return answer.Headers.GetValues("DPoP-Nonce").Single();
    }

    private static async Task<HttpStatusCode> AskAsync(EmbeddedSystem system, TestPhone phone, string proof)
    {
        using var answer = await SendAsync(system, phone, [proof]);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(EmbeddedSystem system, TestPhone phone, string[] proofs)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Phone.Me);
        request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", phone.Login!.AccessToken);
        foreach (var proof in proofs)
        {
            request.Headers.TryAddWithoutValidation("DPoP", proof);
        }

        return await system.Gateway.SendAsync(request);
    }

    /// <summary>A proof to be spoilt: written here by hand, not by the client under test.</summary>
    private sealed record Proof(JsonObject Header, JsonObject Claims)
    {
        public string Signed => $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(Header))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(Claims))}";

        public static Proof Right(EmbeddedSystem system, TestPhone phone, string? nonce)
        {
            var claims = new JsonObject
            {
                ["jti"] = Guid.NewGuid().ToString(),
                ["htm"] = "GET",
                ["htu"] = new Uri(system.Address, Routes.Phone.Me).ToString(),
                ["iat"] = system.Clock.GetUtcNow().ToUnixTimeSeconds(),
                ["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(phone.Login!.AccessToken))),
            };
            if (nonce is not null)
            {
                claims["nonce"] = nonce;
            }

            var jwk = new JsonObject
            {
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["x"] = Base64Url.EncodeToString(phone.Key.PublicKey.AsSpan(1, 32)),
                ["y"] = Base64Url.EncodeToString(phone.Key.PublicKey.AsSpan(33, 32)),
            };
            return new Proof(new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = jwk }, claims);
        }

        public async Task<string> SignAsync(EcdsaDeviceKey key) => $"{Signed}.{Base64Url.EncodeToString(await key.SignAsync(Encoding.ASCII.GetBytes(Signed)))}";
    }
}
