using System.Net;
using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>POST /rp/v1/sessions: each kind with what it needs, its bounds, and the idempotency key.</summary>
public sealed class SessionCreationTests
{
    private static readonly ProjectInfo Project = new("YC-1", "滨江路改造", new DateTimeOffset(2040, 1, 1, 1, 30, 0, TimeSpan.Zero));
    private static readonly EnterpriseInfo Enterprise = new("宜昌测试建设有限公司", "91420500MA00000018");

    [Fact]
    public async Task Every_kind_has_what_it_needs_or_is_refused()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var hashes = await RelyingParty.RegisterAsync(system, maySignHashes: true);
        var challenge = RandomNumberGenerator.GetBytes(32);
        var manifest = new DocumentRequest(SigningForms.BidManifest, new BidManifestForm(
            party.Id, Project.ProjectId, Project.Name, Project.OpeningTime, new byte[32], [new BidSection("唱标信息", 10, new byte[32])], ["0B"]).Content);
        var hash = new DocumentRequest(SigningForms.HashOnly, new HashOnlyForm(new byte[32], "合同").Content);
        var keys = Keys(1);
        var login = new CreateSessionRequest(SessionKind.Login) { Challenge = challenge };
        var encrypt = new CreateSessionRequest(SessionKind.Encrypt) { Project = Project, Documents = [manifest] };
        var decrypt = new CreateSessionRequest(SessionKind.Decrypt) { Project = Project, Decryption = keys };
        var sign = new CreateSessionRequest(SessionKind.Sign) { Documents = [hash] };

        await party.Client.OpenAsync(login);
        await party.Client.OpenAsync(login with { Kind = SessionKind.Bind, Enterprise = ValidEnterprise });
        await party.Client.OpenAsync(encrypt);
        await party.Client.OpenAsync(decrypt);
        await hashes.Client.OpenAsync(sign);

        Dictionary<string, CreateSessionRequest[]> refused = new()
        {
            [ErrorCodes.InvalidRequest] =
            [
                login with { Challenge = null },
                login with { Challenge = new byte[31] },
                login with { Challenge = new byte[65] },
                login with { Documents = [hash] },
                login with { TimeoutSeconds = 29 },
                login with { TimeoutSeconds = 601 },
                login with { Kind = SessionKind.Bind },
                encrypt with { Project = null },
                encrypt with { Documents = [manifest, manifest] },
                encrypt with { Documents = [] },
                encrypt with { Project = Project with { Name = new string('长', 201) } },
                encrypt with { Project = Project with { ProjectId = "" } },
                decrypt with { Project = null },
                decrypt with { Decryption = null },
                decrypt with { Decryption = keys with { Keys = [] } },
                decrypt with { Decryption = keys with { ToolKey = new byte[64] } },
                new CreateSessionRequest(SessionKind.Seal),
                sign with { Documents = [new DocumentRequest(SigningForms.HashOnly, [])] },
                sign with { Documents = [new DocumentRequest(SigningForms.HashOnly, new byte[8193])] },
            ],
            [ErrorCodes.CreditCodeInvalid] = [login with { Kind = SessionKind.Bind, Enterprise = Enterprise with { CreditCode = "91420500MA00000010" } }],
            [ErrorCodes.KindNotAllowed] =
            [
                sign,
                encrypt with { Documents = [new DocumentRequest(SigningForms.Login, manifest.ToBeSigned)] },
                new CreateSessionRequest(SessionKind.Seal) { Documents = [manifest] },
                encrypt with { Documents = [new DocumentRequest("anything", [1])] },
            ],
            [ErrorCodes.DocumentRefused] =
            [
                encrypt with { Documents = [manifest with { ToBeSigned = [.. manifest.ToBeSigned, 0] }] },
                encrypt with { Project = Project with { ProjectId = "YC-2" } },
                new CreateSessionRequest(SessionKind.Seal) { Documents = [new DocumentRequest(SigningForms.CmsPdf, [0x31, 0])] },
                decrypt with { Decryption = keys with { ToolKey = [4, .. new byte[64]] } },
                decrypt with { Decryption = keys with { Keys = [new WrappedKey("投标文件", new byte[150])] } },
            ],
        };
        foreach (var (code, requests) in refused)
        {
            foreach (var request in requests)
            {
                Assert.Equal((request.ToString(), code), (request.ToString(), await Refusal.OfAsync(() => party.Client.OpenAsync(request))));
            }
        }
    }

    [Fact]
    public async Task Bodies_documents_and_keys_have_bounds_that_real_requests_stay_under()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system, maySignHashes: true);

        // 500 keys with long names open; 501 do not. A body is 768 KiB at most.
        var many = Keys(500);
        await party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = Project, Decryption = many });
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.OpenAsync(
            new CreateSessionRequest(SessionKind.Decrypt) { Project = Project, Decryption = many with { Keys = [.. many.Keys, many.Keys[0]] } })));

        var documents = Enumerable.Range(0, 51).Select(i => new DocumentRequest(SigningForms.HashOnly, new HashOnlyForm(SHA256.HashData([(byte)i]), $"文件{i}").Content)).ToList();
        await party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Sign) { Documents = documents[..50] });
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Sign) { Documents = documents })));

        using var answer = await party.PostRawAsync(Routes.Platforms.Sessions, new StringContent(new string(' ', (768 * 1024) + 1), Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("""{"kind":"login"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"kind":"steal","challenge":"AAAA"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"kind":1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"kind":"login","challenge":"not base64!"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"kind":"sign","documents":[null]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"kind":"sign","documents":[{"form":"hash-only"}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"kind":"decrypt","project":{"projectId":"1","name":"n","openingTime":"2040-01-01T00:00:00Z"},"decryption":{"toolKey":"AA==","recipient":"this_pc","encryptionSerial":"1","keys":[null]}}""", HttpStatusCode.BadRequest)]
    [InlineData("[1]", HttpStatusCode.BadRequest)]
    [InlineData("{", HttpStatusCode.BadRequest)]
    public async Task Content_that_cannot_be_read_is_a_problem(string body, HttpStatusCode status)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var answer = await party.PostRawAsync(Routes.Platforms.Sessions, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal((body, status), (body, answer.StatusCode));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_idempotency_key_names_one_request_of_one_platform()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var other = await RelyingParty.RegisterAsync(system);
        var request = RelyingParty.Login();
        var key = Guid.NewGuid().ToString();

        // At once and again: one session, with one secret.
        var first = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => party.Client.OpenAsync(request, key)));
        var again = await party.Client.OpenAsync(request, key);
        Assert.All(first, opened => Assert.Equal(again.SessionId, opened.SessionId));
        Assert.All(first, opened => Assert.Equal(again.Session.SessionSecret, opened.Session.SessionSecret));

        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refusal.OfAsync(() => party.Client.OpenAsync(RelyingParty.Login(), key)));
        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refusal.OfAsync(() => party.Client.OpenAsync(request with { TimeoutSeconds = 60 }, key)));

        // Another platform's key is another key.
        var foreign = await other.Client.OpenAsync(request, key);
        Assert.NotEqual(again.SessionId, foreign.SessionId);
        Assert.Equal(SessionState.Created, (await party.Client.GetAsync(again.SessionId)).State);

        // A refused request does not use the key up.
        var fresh = Guid.NewGuid().ToString();
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.OpenAsync(request with { TimeoutSeconds = 1 }, fresh)));
        await party.Client.OpenAsync(request, fresh);
    }

    [Fact]
    public async Task An_idempotency_key_has_bounds()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        var request = RelyingParty.Login();
        Assert.Equal(HttpStatusCode.Created, (await party.PostSessionAsync(request, new string('k', 100))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await party.PostSessionAsync(request, new string('k', 101))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await party.PostSessionAsync(request, "two words")).Status);

        // Without one, each request is a new session.
        var (_, one) = await party.PostSessionAsync(request, null);
        var (_, two) = await party.PostSessionAsync(request, null);
        Assert.NotEqual(one.GetProperty("sessionId").GetGuid(), two.GetProperty("sessionId").GetGuid());
    }

    private static EnterpriseInfo ValidEnterprise { get; } = WithCheckCharacter();

    private static EnterpriseInfo WithCheckCharacter()
    {
        const string Body = "91420500MA0000001";
        return new EnterpriseInfo(Enterprise.Name, Body + Grains.Enterprises.CreditCodes.CheckCharacter(Body));
    }

    private static DecryptionRequest Keys(int count)
    {
        using var tool = SecretScalar.Random(SystemRandom.Instance);
        var key = Sm2Group.MultiplyBase(tool.Value);
        var wrapped = Sm2Ciphertext.Encrypt(key, new byte[16], SystemRandom.Instance).ToDer();
        return new DecryptionRequest(
            key.Encode(), DecryptionRecipient.ThisPc, "0B", [.. Enumerable.Range(0, count).Select(i => new WrappedKey($"宜昌测试建设有限公司的投标文件.bztb / 第{i}部分", wrapped))]);
    }
}
