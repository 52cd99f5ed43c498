using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Samples.Demo;
using Bzt.Tests.OpenIdConnect;
using Bzt.Tests.Peers;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace Bzt.Tests.Cluster;

/// <summary>The keys of ID tokens change while two gateways, each with its own copy of them, serve a platform that has a third.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class ClusterKeys(RunningCluster cluster, ClusterPhone holder, string database)
{
    private readonly string redirect = new Uri(cluster.Deployment.TradingPlatform, "signin-bzt").ToString();
    private string before = "";
    private JsonElement known;

    /// <summary>A login while there is one key; the platform keeps the list it fetched.</summary>
    public async Task BeginAsync(int gateway)
    {
        (before, known, var fetched) = await LogInAsync(gateway, null);
        Assert.Equal(1, fetched);
        Assert.Equal([KeyOf(before)], await PublishedAsync(gateway));
    }

    /// <summary>The present key's last week begins, before both gateways start anew.</summary>
    public Task LastWeekBeginsAsync() => PassAsync(TimeSpan.FromDays(84));

    /// <summary>Both have the next key in their lists before anything is signed with it, and both still sign with the old one.</summary>
    public async Task NextIsPublishedAsync(int[] gateways)
    {
        var published = await PublishedAsync(gateways[0]);
        Assert.Equal((2, KeyOf(before)), (published.Count, published[0]));
        foreach (var gateway in gateways)
        {
            Assert.Equal(published.Order(), (await PublishedAsync(gateway)).Order());
            Assert.True(await VerifiesAsync(before, gateway));
        }
    }

    /// <summary>
    /// The next key signs at the first gateway; the second has looked at the keys when it did not yet, and knows it all the same. The platform's list is
    /// from before, and its client comes after.
    /// </summary>
    public async Task NextSignsAsync(int first, int second)
    {
        await PassAsync(TimeSpan.FromDays(7));
        await cluster.Deployment.ReplaceGatewayAsync(first, TestContext.Current.CancellationToken);
        var (after, list, fetched) = await LogInAsync(first, known);
        Assert.NotEqual(KeyOf(before), KeyOf(after));
        Assert.Equal((1, 2), (fetched, list.GetProperty("keys").GetArrayLength()));
        foreach (var gateway in (int[])[first, second])
        {
            Assert.True(await VerifiesAsync(before, gateway));
            Assert.True(await VerifiesAsync(after, gateway));
        }

        // Whoever alters what was signed is found out, by either's list.
        var parts = after.Split('.');
        Assert.False(await VerifiesAsync($"{before.Split('.')[0]}.{parts[1]}.{parts[2]}", second));
    }

    private async Task<(string IdToken, JsonElement Keys, int Fetched)> LogInAsync(int gateway, JsonElement? keys)
    {
        using var browser = new LoginBrowser(cluster.Deployment.Gateway, cluster.Carrier(() => gateway));
        var (verifier, challenge) = OpenIdWorld.Pkce();
        var page = await browser.OpenAsync(QueryHelpers.AddQueryString(Routes.Connect.Authorize, new Dictionary<string, string?>
        {
            ["client_id"] = Deployment.PlatformId, ["response_type"] = "code", ["redirect_uri"] = redirect, ["scope"] = "openid profile",
            ["state"] = "state-1", ["nonce"] = "nonce-1", ["code_challenge"] = challenge, ["code_challenge_method"] = "S256",
        }));
        using (var request = Assert.IsType<RequestOpening.Opened>(await holder.Client.OpenRequestAsync(await browser.ScanAsync(page, holder.Client), holder.Certificate)).Request)
        {
            Assert.IsType<PinOutcome.Done>(await holder.ConfirmAsync(request));
        }

        await browser.WaitAsync(page, "ok");
        var input = JsonSerializer.Serialize(new { callback = (await browser.FollowAsync(page.Continue)).ToString(), verifier, state = "state-1", nonce = "nonce-1", keys });
        var answer = await PeerProcess.Run(
            "node", ["openid-keys.mjs", cluster.Deployment.Gateway.ToString(), Deployment.PlatformId, cluster.Deployment.Secrets.PlatformSecret, redirect, cluster.Deployment.Gateways[gateway].ToString()],
            PeerProcess.Sources("node"), input);
        var finished = JsonDocument.Parse(answer.OrFail().Output).RootElement;
        return (finished.GetProperty("idToken").GetString()!, finished.GetProperty("keys"), finished.GetProperty("fetched").GetInt32());
    }

    private static string KeyOf(string token) => new JsonWebToken(token).Kid;

    private async Task<JsonWebKeySet> KeysAsync(int gateway)
    {
        using var http = cluster.ThroughGateway(() => gateway);
        return new JsonWebKeySet(await http.GetStringAsync(Routes.Connect.Keys));
    }

    private async Task<IReadOnlyList<string>> PublishedAsync(int gateway) => [.. (await KeysAsync(gateway)).Keys.Select(key => key.Kid)];

    private async Task<bool> VerifiesAsync(string token, int gateway) => (await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
    {
        IssuerSigningKeys = (await KeysAsync(gateway)).Keys, ValidIssuer = cluster.Deployment.Gateway.ToString(), ValidAudience = Deployment.PlatformId, ValidateLifetime = false,
    })).IsValid;

    /// <summary>For the keys alone time passes: each of their days comes so much earlier, in the store, while no silo has them in its memory.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        await cluster.PutDownAsync(grains => grains.OpenIdKeys());
        await using var source = NpgsqlDataSource.Create(database);
        await using var read = source.CreateCommand("SELECT PayloadBinary FROM OrleansStorage WHERE GrainTypeString = 'openid-keys/openid-keys'");
        var payload = Encoding.Latin1.GetString((byte[])(await read.ExecuteScalarAsync())!);
        var earlier = Day().Replace(payload, day => $"\"{day.Groups[1].Value}\":\"{DateTimeOffset.Parse(day.Groups[2].Value, CultureInfo.InvariantCulture) - time:O}\"");
        Assert.NotEqual(payload, earlier);
        await using var write = source.CreateCommand("UPDATE OrleansStorage SET PayloadBinary = $1 WHERE GrainTypeString = 'openid-keys/openid-keys'");
        write.Parameters.AddWithValue(Encoding.Latin1.GetBytes(earlier));
        Assert.Equal(1, await write.ExecuteNonQueryAsync());
    }

    [GeneratedRegex("\"(signsFrom|signsUntil)\":\"([^\"]+)\"")]
    private static partial Regex Day();
}
