using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Documents.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Tests.KeyProtection;

namespace Bzt.Tests.Journey;

// M066: whom a CA lock's login lets in, and who may use up its PIN's last try.
public sealed partial class ToolTests
{
    [Fact]
    [Trait("Feature", "M066"), Trait("Surface", "tool")]
    public async Task A_challenge_that_was_passed_on_to_a_bidders_tool_lets_nobody_else_in()
    {
        var stop = TestContext.Current.CancellationToken;
        using var key = RSA.Create(2048);
        var der = bench.LockCa.Issue(key, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode);
        Assert.True(LockCertificate.TryParse(der, out var certificate));
        using var http = new HttpClient { BaseAddress = bench.PlatformAddress };
        string Thumbprint() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var (thief, bidder) = (Thumbprint(), Thumbprint());

        // The thief asks with a key of his own, and has the bidder's tool answer for another platform or for this one: it signs for itself.
        Assert.Equal("LockSignature", await EndAsync(await AskAsync(), challenge => ForTool(challenge, bidder)));
        Assert.Equal("LockSignature", await EndAsync(await AskAsync(), challenge => challenge));
        Assert.Equal("LockSignature", await EndAsync(await AskAsync(), challenge => ForTool(challenge, thief), platform: "another"));
        Assert.Equal("LockSignature", await EndAsync(await AskAsync(), challenge => ForTool(challenge, thief), purpose: LoginPurpose.Bind));

        // For the key that asked it is good, once; and for no other challenge.
        var own = await AskAsync();
        var signed = Answer(own, challenge => ForTool(challenge, thief));
        Assert.Equal("LockSignature", await SendAsync((await AskAsync()).GetProperty("id").GetString()!, signed));
        Assert.Equal("Ok", await SendAsync(own.GetProperty("id").GetString()!, signed));
        Assert.Equal("TimedOut", await SendAsync(own.GetProperty("id").GetString()!, signed));

        byte[] ForTool(byte[] challenge, string thumbprint) => SHA256.HashData([.. challenge, .. Encoding.ASCII.GetBytes(thumbprint)]);

        async Task<JsonElement> AskAsync()
        {
            using var answer = await http.PostAsJsonAsync("bidtool/locks", new { tenderId = ToolBench.Tender, toolKeyThumbprint = thief }, stop);
            return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(stop);
        }

        object Answer(JsonElement asked, Func<byte[], byte[]> challenge, string? platform = null, LoginPurpose purpose = LoginPurpose.Login)
        {
            var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            var form = new LoginForm(
                purpose, platform ?? asked.GetProperty("platformId").GetString()!, asked.GetProperty("platformName").GetString()!, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode,
                certificate.Serial, challenge(asked.GetProperty("challenge").GetBytesFromBase64()), now, now.AddMinutes(2));
            return new { form = form.Content, signature = key.SignData(form.Content, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), certificates = new[] { der, bench.LockCa.Issuing } };
        }

        async Task<string?> SendAsync(string id, object answer)
        {
            using var ended = await http.PostAsJsonAsync($"bidtool/locks/{id}", answer, stop);
            return (await ended.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("end").GetString();
        }

        Task<string?> EndAsync(JsonElement asked, Func<byte[], byte[]> challenge, string? platform = null, LoginPurpose purpose = LoginPurpose.Login) =>
            SendAsync(asked.GetProperty("id").GetString()!, Answer(asked, challenge, platform, purpose));
    }

    [Fact]
    [Trait("Feature", "M066"), Trait("Surface", "tool")]
    public async Task The_last_try_of_a_locks_pin_is_a_persons_and_no_scripts()
    {
        using var key = RSA.Create(2048);
        var locks = await new TestLocks(bench.Folder, "tries").PlugInAsync("tries", key, bench.LockCa.Issue(key, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode), bench.LockCa.Issuing);
        var token = new TokenTries(locks.Tokens);
        Task<ToolRun> LogInAsync(string pin) => bench.RunAsync(
            null, [.. LockLogin, "--platform", bench.PlatformAddress.ToString(), "--profile", bench.Folder["tries.json"], "--config", bench.Folder["tries-config.json"]], locks: locks, input: pin);

        Assert.Equal((1, "wrong_pin"), Of(await LogInAsync(TestLocks.WrongPin)));
        Assert.True(token.Has(TokenTries.Few));

        // A pipe may hold the wrong one: the lock does not hear of it, the right one's owner types it himself.
        token.Leave(TokenTries.Last);
        Assert.Equal((1, "last_try"), Of(await LogInAsync(TestLocks.WrongPin)));
        Assert.Equal((1, "last_try"), Of(await LogInAsync(TestLocks.Pin)));
        Assert.False(token.Has(TokenTries.Few));
        token.Leave(TokenTries.None);
        Assert.Equal((1, "locked"), Of(await LogInAsync(TestLocks.Pin)));
        token.Leave(0);
        var login = await LogInAsync(TestLocks.Pin);
        Assert.True(login.ExitCode == 0, login.ToString());
    }
}
