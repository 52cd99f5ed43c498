using System.Net;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.OpenIdConnect;
using Bzt.Tests.Peers;
using Bzt.Tests.Platforms;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Csc;

/// <summary>X12: the API of the Cloud Signature Consortium, version 2, as a signature application meets it.</summary>
public sealed class CscTests(OpenIdWorld world) : IClassFixture<OpenIdWorld>
{
    [Fact]
    [Trait("Feature", "X12"), Trait("Surface", "api")]
    public async Task Hashes_go_to_the_phone_as_only_digests_and_come_back_signed_once()
    {
        var client = await CscClient.AuthorisedAsync(world.System, world.Party, world.Phone);
        var credential = Assert.Single(await client.CredentialsAsync());
        var certificate = await client.CertificateAsync(credential);
        byte[][] messages = [Encoding.UTF8.GetBytes("第一份合同"), Encoding.UTF8.GetBytes("第二份合同")];
        var hashes = messages.Select(message => CscClient.Hash(certificate, message)).ToArray();

        // 1. Asked: the phone is told, and shows what it is, and what it is not.
        var handle = await client.AskAsync(credential, hashes);
        Assert.Equal(HttpStatusCode.Accepted, (await client.CheckAsync(handle)).Status);
        using var request = await OpenPushedAsync(world.Phone);
        Assert.Equal(["合同 1.pdf", "合同 2.pdf"], request.Forms.Cast<HashOnlyForm>().Select(form => form.Label));
        Assert.Equal(hashes, request.Forms.Cast<HashOnlyForm>().Select(form => Convert.ToBase64String(form.Hash)));
        Assert.Equal(world.Party.Name, request.Session.PlatformName);

        // 2. Confirmed with the PIN: the SAD.
        Assert.IsType<PinOutcome.Done>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        var sad = await SadAsync(client, handle);

        // 3. One hash that was not confirmed spoils the call and uses nothing up.
        var foreign = CscClient.Hash(certificate, [1, 2, 3]);
        Assert.Equal((HttpStatusCode.BadRequest, "Hash is not authorized by the SAD"), await client.RefusedAsync(Routes.Csc.SignHash, client.SignHash(credential, sad, hashes[0], foreign)));
        Assert.Equal((HttpStatusCode.BadRequest, "Invalid parameter credentialID"), await client.RefusedAsync(Routes.Csc.SignHash, client.SignHash(Guid.NewGuid().ToString(), sad, hashes[0])));

        // 4. In any order; others verify it over the message itself.
        var signatures = await client.SignAsync(credential, sad, hashes[1], hashes[0]);
        var key = certificate.PublicKey.Encode();
        foreach (var (message, signature) in messages.Reverse().Zip(signatures))
        {
            Assert.True(await OpenSsl.VerifySignature(await DerOfAsync(client, credential), message, signature));
            Assert.True(await SmCrypto.VerifySignature(key, message, signature, der: true));
        }

        Assert.False(await SmCrypto.VerifySignature(key, messages[0], signatures[0], der: true));

        // 5. Once.
        var (status, error) = await client.RefusedAsync(Routes.Csc.SignHash, client.SignHash(credential, sad, hashes[0]));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("signed before", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_many_requests_of_one_platform_wait_for_one_holder()
    {
        using var phone = await CertifiedPhone.ActiveAsync(world.System);
        await phone.BindToAsync(world.Party.Client);
        var client = await CscClient.AuthorisedAsync(world.System, world.Party, phone);
        var credential = Assert.Single(await client.CredentialsAsync());
        var hash = CscClient.Hash(await client.CertificateAsync(credential), [1]);
        for (var i = 0; i < 16; i++)
        {
            await client.AskAsync(credential, hash);
        }

        var one = new { credentialID = credential, numSignatures = 1, hashes = new[] { hash }, hashAlgorithmOID = CscClient.Sm3 };
        Assert.Equal((HttpStatusCode)429, (await client.PostAsync(Routes.Csc.AuthorizeCredential, one)).Status);

        // One that was answered waits no more.
        using (var request = await OpenPushedAsync(phone))
        {
            Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        await Wait.UntilAsync(async () => (await client.PostAsync(Routes.Csc.AuthorizeCredential, one)).Status, status => status == HttpStatusCode.Accepted);
        Assert.Equal((HttpStatusCode)429, (await client.PostAsync(Routes.Csc.AuthorizeCredential, one)).Status);
    }

    [Fact]
    [Trait("Feature", "X12"), Trait("Surface", "api")]
    public async Task A_credential_is_described_as_the_specification_wants_it_and_nobody_elses_is_seen()
    {
        using var stranger = await CertifiedPhone.ActiveAsync(world.System);
        await stranger.BindToAsync(world.Party.Client);
        var (mine, theirs) = (await CscClient.AuthorisedAsync(world.System, world.Party, world.Phone), await CscClient.AuthorisedAsync(world.System, world.Party, stranger));
        var (credential, foreign) = (Assert.Single(await mine.CredentialsAsync()), Assert.Single(await theirs.CredentialsAsync()));
        Assert.NotEqual(credential, foreign);

        var (_, list) = await mine.PostAsync(Routes.Csc.ListCredentials, new { credentialInfo = true, certificates = "chain", certInfo = true, authInfo = true, onlyValid = true });
        var described = list.GetProperty("credentialInfos")[0];
        Assert.Equal((credential, "2", 50), (described.GetProperty("credentialID").GetString(), described.GetProperty("SCAL").GetString(), described.GetProperty("multisign").GetInt32()));
        Assert.Equal(("enabled", CscClient.Sm2WithSm3, 256), (described.GetProperty("key").GetProperty("status").GetString(), described.GetProperty("key").GetProperty("algo")[0].GetString(), described.GetProperty("key").GetProperty("len").GetInt32()));
        var cert = described.GetProperty("cert");
        Assert.Equal("valid", cert.GetProperty("status").GetString());
        Assert.True(await OpenSsl.VerifyChain([.. cert.GetProperty("certificates").EnumerateArray().Select(entry => Convert.FromBase64String(entry.GetString()!))]));
        Assert.Contains($"CN={world.Phone.Enterprise.Name}", cert.GetProperty("subjectDN").GetString(), StringComparison.Ordinal);
        Assert.Matches("^[0-9]{14}Z$", cert.GetProperty("validTo").GetString());
        Assert.Equal(("explicit", 0), (described.GetProperty("auth").GetProperty("mode").GetString(), described.GetProperty("auth").GetProperty("objects").GetArrayLength()));

        var (_, info) = await mine.PostAsync(Routes.Csc.CredentialInfo, new { credentialID = credential, certificates = "none" });
        Assert.False(info.TryGetProperty("credentialID", out _) || info.GetProperty("cert").TryGetProperty("certificates", out _) || info.GetProperty("cert").TryGetProperty("subjectDN", out _));

        // The other's: neither looked at, nor asked for, nor signed with, by any door.
        var hash = CscClient.Hash(await theirs.CertificateAsync(foreign), [7]);
        foreach (var (path, body) in new (string, object)[]
        {
            (Routes.Csc.CredentialInfo, new { credentialID = foreign }),
            (Routes.Csc.AuthorizeCredential, new { credentialID = foreign, numSignatures = 1, hashes = new[] { hash }, hashAlgorithmOID = CscClient.Sm3 }),
        })
        {
            Assert.Equal((path, (HttpStatusCode.BadRequest, "Invalid parameter credentialID")), (path, await mine.RefusedAsync(path, body)));
        }

        Assert.Equal("userID parameter MUST be null", (await mine.RefusedAsync(Routes.Csc.ListCredentials, new { userID = "somebody" })).Error);

        // Another bearer's handle and SAD: of another user, and of the same user at another platform.
        var handle = await theirs.AskAsync(foreign, hash);
        Assert.Equal((HttpStatusCode.BadRequest, "Invalid parameter handle"), await mine.RefusedAsync(Routes.Csc.AuthorizeCheck, new { handle }));
        using (var request = await OpenPushedAsync(stranger))
        {
            Assert.IsType<PinOutcome.Done>(await stranger.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        var sad = await SadAsync(theirs, handle);
        Assert.Equal((HttpStatusCode.BadRequest, "Invalid parameter SAD"), await mine.RefusedAsync(Routes.Csc.SignHash, mine.SignHash(foreign, sad, hash)));
        Assert.Equal((HttpStatusCode.BadRequest, "Invalid parameter SAD"), await theirs.RefusedAsync(Routes.Csc.SignHash, theirs.SignHash(foreign, handle, hash)));
        using var elsewhere = await RelyingParty.RegisterAsync(world.System, maySignHashes: true, redirectUris: [OpenIdWorld.Redirect]);
        await stranger.BindToAsync(elsewhere.Client);
        var there = await CscClient.AuthorisedAsync(world.System, elsewhere, stranger);
        Assert.Equal((HttpStatusCode.BadRequest, "Invalid parameter SAD"), await there.RefusedAsync(Routes.Csc.SignHash, there.SignHash(foreign, sad, hash)));
        Assert.Single(await theirs.SignAsync(foreign, sad, hash));
    }

    [Fact]
    [Trait("Feature", "X12"), Trait("Surface", "api")]
    public async Task A_scan_authorises_exactly_the_hashes_of_a_credential_request()
    {
        var client = await CscClient.AuthorisedAsync(world.System, world.Party, world.Phone);
        var credential = Assert.Single(await client.CredentialsAsync());
        var certificate = await client.CertificateAsync(credential);
        string[] hashes = [CscClient.Hash(certificate, [1]), CscClient.Hash(certificate, [2])];
        string Urlsafe(string hash) => hash.TrimEnd('=').Replace('+', '-').Replace('/', '_');

        // By parameters: the token is its own SAD, with or without a service token beside it.
        var granted = await client.GrantAsync(world.Phone, ("scope", "credential"), ("credentialID", credential), ("numSignatures", "2"), ("hashes", string.Join(',', hashes.Select(Urlsafe))), ("hashAlgorithmOID", CscClient.Sm3));
        Assert.Equal((credential, "Bearer"), (granted.GetProperty("credentialID").GetString(), granted.GetProperty("token_type").GetString()));
        Assert.InRange(granted.GetProperty("expires_in").GetInt32(), 200, 300);
        var sad = granted.GetProperty("access_token").GetString()!;
        Assert.Single(await client.SignAsync(credential, sad, hashes[0]));
        var alone = new CscClient(world.System, world.Party) { Token = sad };
        Assert.Single(await alone.SignAsync(credential, null, hashes[1]));
        Assert.Equal(HttpStatusCode.BadRequest, (await alone.RefusedAsync(Routes.Csc.SignHash, alone.SignHash(credential, null, hashes[1]))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await alone.RefusedAsync(Routes.Csc.ListCredentials, new { })).Status);

        // By authorization_details, with labels; somebody else's phone cannot serve it.
        var details = JsonSerializer.Serialize(new[] { new { type = "credential", credentialID = credential, documentDigests = new[] { new { hash = hashes[0], label = "保密协议.pdf" } }, hashAlgorithmOID = CscClient.Sm3 } });
        using var browser = new LoginBrowser(world.System);
        using var stranger = await CertifiedPhone.ActiveAsync(world.System);
        await stranger.BindToAsync(world.Party.Client);
        var page = await browser.OpenAsync(client.Authorize(OpenIdWorld.Pkce().Challenge, ("authorization_details", details)));
        Assert.Contains("仅摘要", WebUtility.HtmlDecode(page.Html), StringComparison.Ordinal);
        var scanned = await browser.ScanAsync(page, stranger);
        Assert.Equal(ErrorCodes.CertificateNotEligible, scanned.Session.NotEligibleCode);
        Assert.Equal(ErrorCodes.CertificateNotEligible, await Refusal.OfAsync(() => stranger.Client.OpenRequestAsync(scanned, stranger.Certificate)));
        await client.GrantAsync(world.Phone, ("authorization_details", details));

        // What is not as §8.4.2 says goes back to the platform as such.
        foreach (var wrong in new (string, string)[][]
        {
            [("scope", "credential"), ("credentialID", credential), ("numSignatures", "1"), ("hashes", "AAAA"), ("hashAlgorithmOID", CscClient.Sm3)],
            [("scope", "credential"), ("credentialID", credential), ("numSignatures", "2"), ("hashes", Urlsafe(hashes[0])), ("hashAlgorithmOID", CscClient.Sm3)],
            [("scope", "credential"), ("credentialID", credential), ("numSignatures", "1"), ("hashes", Urlsafe(hashes[0])), ("hashAlgorithmOID", "2.16.840.1.101.3.4.2.1")],
            [("scope", "credential"), ("credentialID", Guid.NewGuid().ToString()), ("numSignatures", "1"), ("hashes", Urlsafe(hashes[0])), ("hashAlgorithmOID", CscClient.Sm3)],
            [("scope", "credential")],
            [("authorization_details", "[{\"type\":\"payment\"}]")],
            [("authorization_details", "{")],
        })
        {
            var back = await browser.FollowAsync(client.Authorize(OpenIdWorld.Pkce().Challenge, wrong));
            Assert.Equal(("invalid_request", "12345678"), (LoginBrowser.Parameter(back, "error"), LoginBrowser.Parameter(back, "state")));
        }
    }

    [Fact]
    [Trait("Feature", "X12"), Trait("Surface", "api")]
    public async Task What_is_not_asked_rightly_is_refused_in_cscs_own_words()
    {
        var client = await CscClient.AuthorisedAsync(world.System, world.Party, world.Phone);
        var credential = Assert.Single(await client.CredentialsAsync());
        var hash = CscClient.Hash(await client.CertificateAsync(credential), [3]);
        var before = (await world.Phone.Client.GetInboxAsync()).Messages.Count;

        var anonymous = new CscClient(world.System, world.Party);
        var (status, info) = await anonymous.PostAsync(Routes.Csc.Info, new { lang = "zh-CN" });
        Assert.Equal((HttpStatusCode.OK, world.System.Address.ToString()), (status, info.GetProperty("oauth2Issuer").GetString()));
        Assert.Contains("signatures/signHash", info.GetProperty("methods").EnumerateArray().Select(method => method.GetString()));
        foreach (var path in new[] { Routes.Csc.ListCredentials, Routes.Csc.CredentialInfo, Routes.Csc.AuthorizeCredential, Routes.Csc.AuthorizeCheck, Routes.Csc.SignHash })
        {
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, (await anonymous.PostAsync(path, new { })).Status));
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, (await anonymous.PostRawAsync(path, Json("{}"), $"Bearer {world.Party.AccessToken}")).Status));
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, (await anonymous.PostRawAsync(path, Json("{}"), "Bearer nonsense")).Status));
            Assert.Equal((path, HttpStatusCode.BadRequest), (path, (await anonymous.PostRawAsync(path, Json("{}"), "Basic eDp5")).Status));
            foreach (var text in new[] { "", "{", "[]", "null", "7", "{\"a\":1,\"a\":2}", "{\"credentialID\":\"\\ud800\"}", "{\"\\udc00\\ud800\":1}", "{\"a\":[{\"b\":\"\\ud800\"}]}", new string('[', 200), "\u0000" })
            {
                Assert.Equal((path, text, HttpStatusCode.BadRequest), (path, text, (await client.PostRawAsync(path, Json(text))).Status));
            }

            Assert.Equal((path, HttpStatusCode.BadRequest), (path, (await client.PostRawAsync(path, new StringContent("{}", Encoding.UTF8, "text/plain"))).Status));
            Assert.Equal((path, HttpStatusCode.RequestEntityTooLarge), (path, (await client.PostRawAsync(path, Json("{\"a\":\"" + new string('a', 10 * 1024 * 1024) + "\"}"))).Status));
        }

        Assert.Equal(HttpStatusCode.NotImplemented, (await client.PostAsync(Routes.Csc.Base + "/signatures/signDoc", new { })).Status);
        foreach (var (body, description) in new (object, string)[]
        {
            (new { }, "Missing (or invalid type) string parameter credentialID"),
            (new { credentialID = 7 }, "Missing (or invalid type) string parameter credentialID"),
            (new { credentialID = credential }, "Missing (or invalid type) integer parameter numSignatures"),
            (new { credentialID = credential, numSignatures = "1" }, "Missing (or invalid type) integer parameter numSignatures"),
            (new { credentialID = credential, numSignatures = 1 }, "Missing (or invalid type) array parameter hashes"),
            (new { credentialID = credential, numSignatures = 1, hashes = hash }, "Missing (or invalid type) array parameter hashes"),
            (new { credentialID = credential, numSignatures = 1, hashes = Array.Empty<string>() }, "Empty hash array"),
            (new { credentialID = credential, numSignatures = 1, hashes = new[] { "AAAA" } }, "Invalid Base64 hash string parameter"),
            (new { credentialID = credential, numSignatures = 1, hashes = new[] { hash } }, "Missing (or invalid type) string parameter hashAlgorithmOID"),
            (new { credentialID = credential, numSignatures = 1, hashes = new[] { hash }, hashAlgorithmOID = "2.16.840.1.101.3.4.2.1" }, "Invalid parameter hashAlgorithmOID"),
            (new { credentialID = credential, numSignatures = 2, hashes = new[] { hash }, hashAlgorithmOID = CscClient.Sm3 }, "Invalid value for parameter numSignatures"),
            (new { credentialID = credential, numSignatures = 0, hashes = new[] { hash }, hashAlgorithmOID = CscClient.Sm3 }, "Invalid value for parameter numSignatures"),
            (new { credentialID = credential, numSignatures = 51, hashes = Enumerable.Repeat(hash, 51), hashAlgorithmOID = CscClient.Sm3 }, "Numbers of signatures is too high"),
            (new { credentialID = credential.ToUpperInvariant() + "0", numSignatures = 1, hashes = new[] { hash }, hashAlgorithmOID = CscClient.Sm3 }, "Invalid parameter credentialID"),
        })
        {
            Assert.Equal((HttpStatusCode.BadRequest, description), await client.RefusedAsync(Routes.Csc.AuthorizeCredential, body));
        }

        // Out of order: signing before anybody confirmed, with nothing, with rubbish, with the handle.
        Assert.Equal("Missing (or invalid type) string parameter SAD", (await client.RefusedAsync(Routes.Csc.SignHash, client.SignHash(credential, null, hash))).Error);
        Assert.Equal("Invalid parameter SAD", (await client.RefusedAsync(Routes.Csc.SignHash, client.SignHash(credential, "AAAA", hash))).Error);
        Assert.Equal("Invalid parameter SAD", (await client.RefusedAsync(Routes.Csc.SignHash, client.SignHash(credential, client.Token, hash))).Error);
        Assert.Equal("Invalid parameter handle", (await client.RefusedAsync(Routes.Csc.AuthorizeCheck, new { handle = "AAAA" })).Error);
        Assert.Equal("Invalid parameter signAlgo", (await client.RefusedAsync(Routes.Csc.SignHash, new { credentialID = credential, SAD = "AAAA", hashes = new[] { hash }, signAlgo = "1.2.840.113549.1.1.1" })).Error);
        Assert.Equal("Invalid parameter operationMode", (await client.RefusedAsync(Routes.Csc.SignHash, new { credentialID = credential, SAD = "AAAA", hashes = new[] { hash }, signAlgo = CscClient.Sm2WithSm3, operationMode = "A" })).Error);
        Assert.Equal(before, (await world.Phone.Client.GetInboxAsync()).Messages.Count);

        // A platform without the permission gets nowhere.
        using var plain = await RelyingParty.RegisterAsync(world.System, redirectUris: [OpenIdWorld.Redirect]);
        using var browser = new LoginBrowser(world.System);
        using var page = await browser.Http.GetAsync(new CscClient(world.System, plain).Authorize(OpenIdWorld.Pkce().Challenge, ("scope", "service")));
        Assert.Equal((HttpStatusCode.BadRequest, null), (page.StatusCode, page.Headers.Location));

        // The user's no.
        var handle = await client.AskAsync(credential, hash);
        await world.Phone.Client.RefuseAsync(await PushedAsync(world.Phone));
        Assert.Equal((HttpStatusCode.BadRequest, "The user did not confirm"), await client.RefusedAsync(Routes.Csc.AuthorizeCheck, new { handle }));
    }

    [Fact]
    [Trait("Feature", "X12"), Trait("Surface", "api")]
    public async Task A_persons_own_certificate_is_a_credential_too()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var person = await Applying.PersonAsync(system);
        var application = await person.Client.ApplyAsync(new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Personal) { PlatformId = "yichang-ggzy", CaId = "hubei-ca", Years = 1 });
        var personal = await person.ApprovedPaidAndDownloadedAsync(reviewer, application.ApplicationId);
        using var party = await RelyingParty.RegisterAsync(system, maySignHashes: true, redirectUris: [OpenIdWorld.Redirect]);
        var binding = await person.Client.ScanAsync(await party.Client.OpenAsync(RelyingParty.Bind(new(personal.EnterpriseName, ""))));
        await ConfirmAsync(binding);

        // Nobody else's stands in the same list: a person has no code, and the binding is the certificate's own.
        var client = await CscClient.AuthorisedAsync(system, party, person.Client, personal.CertificateId);
        var credential = Assert.Single(await client.CredentialsAsync());
        Assert.Equal(personal.CertificateId.ToString(), credential);
        var certificate = await client.CertificateAsync(credential);
        var message = Encoding.UTF8.GetBytes("评标报告");
        var handle = await client.AskAsync(credential, CscClient.Hash(certificate, message));
        await ConfirmAsync(new ScannedSession(await person.Client.GetSessionAsync(await PushedAsync(person.Client)), null));
        var signature = Assert.Single(await client.SignAsync(credential, await SadAsync(client, handle), CscClient.Hash(certificate, message)));
        Assert.True(await OpenSsl.VerifySignature(await DerOfAsync(client, credential), message, signature));

        // Not bound, it is none.
        using var elsewhere = await RelyingParty.RegisterAsync(system, maySignHashes: true, redirectUris: [OpenIdWorld.Redirect]);
        var (facts, there) = (await system.Grains.Certificate(new CertificateId(personal.CertificateId)).GetFacts(), await system.Grains.Platform(new PlatformId(elsewhere.Id)).GetFacts());
        Assert.False(await Bzt.Gateway.Csc.HashRequest.ServesAsync(((Done<CertificateFacts>)facts).Value, ((Done<PlatformFacts>)there).Value, system.Grains));

        async Task ConfirmAsync(ScannedSession scanned)
        {
            using var request = Assert.IsType<RequestOpening.Opened>(await person.Client.OpenRequestAsync(scanned, personal.CertificateId)).Request;
            Assert.IsType<PinOutcome.Done>(await person.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }
    }

    internal static Task<Guid> PushedAsync(CertifiedPhone phone) => PushedAsync(phone.Client);

    private static async Task<Guid> PushedAsync(PhoneClient phone) =>
        Guid.Parse((await phone.GetInboxAsync()).Messages.First(message => message.Kind == MessageKind.SignatureAsked).Subject!);

    internal static async Task<OpenedRequest> OpenPushedAsync(CertifiedPhone phone) =>
        await phone.OpenAsync(new ScannedSession(await phone.Client.GetSessionAsync(await PushedAsync(phone)), null));

    internal static async Task<string> SadAsync(CscClient client, string handle)
    {
        var (_, body) = await Wait.UntilAsync(() => client.CheckAsync(handle), answer => answer.Status != HttpStatusCode.Accepted);
        return body.GetProperty("SAD").GetString()!;
    }

    private static async Task<byte[]> DerOfAsync(CscClient client, string credential)
    {
        var (_, info) = await client.PostAsync(Routes.Csc.CredentialInfo, new { credentialID = credential });
        return Convert.FromBase64String(info.GetProperty("cert").GetProperty("certificates")[0].GetString()!);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
