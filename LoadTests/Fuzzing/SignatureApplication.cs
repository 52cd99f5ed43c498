using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.LoadTests.Flows;

namespace Bzt.LoadTests.Fuzzing;

/// <param name="Id">A platform that may have hashes signed.</param>
/// <param name="Redirect">One of its registered addresses; nobody has to listen there.</param>
internal sealed record CscClientId(string Id, string Secret, string Redirect);

/// <summary>Who confirms on his phone; his certificate is bound at the platform.</summary>
internal sealed record CscUser(PhoneClient Phone, Guid Certificate, string Pin);

/// <summary>
/// A signature application of the CSC's API, whose user let it in by a scan: tokens, a handle and a SAD that are good, so that a spoilt request is
/// refused for what is spoilt in it and not at the door.
/// </summary>
internal sealed partial class SignatureApplication : IDisposable
{
    private const string Sm3 = "1.2.156.10197.1.401";
    private const string Sm2WithSm3 = "1.2.156.10197.1.501";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Uri gateway;
    private readonly CscClientId client;
    private readonly CscUser user;
    private readonly HttpClient browser;

    public SignatureApplication(Uri gateway, CscClientId client, CscUser user)
    {
        (this.gateway, this.client, this.user) = (gateway, client, user);
        browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = gateway, Timeout = Patience };
    }

    /// <summary>Of scope service (CSC §8.4.2).</summary>
    public string ServiceToken { get; private set; } = "";

    /// <summary>Of scope credential: good for the hashes the user confirmed, and its own SAD.</summary>
    public string CredentialToken { get; private set; } = "";

    /// <summary>What stands in right requests, by the members' names. A renewal puts new values into the same lists.</summary>
    public IReadOnlyDictionary<string, string[]> Known { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["credentialID"] = [""], ["handle"] = [""], ["SAD"] = ["", ""], ["hashes"] = ["", ""],
        ["hashAlgorithmOID"] = [Sm3], ["signAlgo"] = [Sm2WithSm3], ["operationMode"] = ["S"], ["certificates"] = ["none", "single", "chain"], ["token"] = [""],
    };

    /// <summary>The user lets the application in, confirms two hashes that it asks for, and two more by a scan; the first of each is signed.</summary>
    public async Task AuthoriseAsync(CancellationToken stop)
    {
        ServiceToken = await GrantAsync([KeyValuePair.Create("scope", "service")], stop);
        var credential = (await PostAsync(Routes.Csc.ListCredentials, [], stop))["credentialIDs"]![0]!.GetValue<string>();
        string[] hashes = [Hash(), Hash()];
        var asked = await PostAsync(Routes.Csc.AuthorizeCredential, new JsonObject { ["credentialID"] = credential, ["numSignatures"] = 2, ["hashes"] = Array(hashes), ["hashAlgorithmOID"] = Sm3 }, stop);
        var handle = asked["handle"]!.GetValue<string>();
        await ConfirmAsync(await PushedAsync(stop), stop);
        var sad = await UntilAsync(async () => (await PostAsync(Routes.Csc.AuthorizeCheck, new JsonObject { ["handle"] = handle }, stop))["SAD"]?.GetValue<string>(), "the SAD", stop);
        await SignAsync(credential, sad, hashes[0], stop);
        CredentialToken = await GrantAsync([
            new("scope", "credential"), new("credentialID", credential), new("numSignatures", "2"), new("hashes", string.Join(',', hashes.Select(hash => hash.TrimEnd('=').Replace('+', '-').Replace('/', '_')))), new("hashAlgorithmOID", Sm3)], stop);
        await SignAsync(credential, CredentialToken, hashes[0], stop);
        foreach (var (name, values) in new Dictionary<string, string[]> { ["credentialID"] = [credential], ["handle"] = [handle], ["SAD"] = [sad, CredentialToken], ["hashes"] = [hashes[1], Hash()], ["token"] = [sad] })
        {
            values.CopyTo(Known[name], 0);
        }
    }

    public void Dispose() => browser.Dispose();

    private static string Hash() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static JsonArray Array(params string[] texts) => new([.. texts.Select(text => (JsonNode)text)]);

    /// <summary>The code flow at the CSC's own paths, by a browser and a phone.</summary>
    private async Task<string> GrantAsync(IReadOnlyList<KeyValuePair<string, string>> asked, CancellationToken stop)
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        KeyValuePair<string, string>[] parameters = [
            new("response_type", "code"), new("client_id", client.Id), new("redirect_uri", client.Redirect), new("code_challenge", challenge), new("code_challenge_method", "S256"), new("state", "12345678"), .. asked];
        var html = await browser.GetStringAsync($"{Routes.Csc.Authorize}?{string.Join('&', parameters.Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}"))}", stop);
        var state = $"{Routes.Connect.LoginState}?login={WebUtility.HtmlDecode(Name().Match(html).Groups[1].Value)}";
        var scanned = await UntilAsync(async () =>
        {
            try
            {
                return await LookAsync(state, stop) is { } look ? await user.Phone.ScanAsync(look["link"]!.GetValue<string>(), stop) : null;
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.QrStale)
            {
                // The next code.
                return null;
            }
        }, "a fresh code", stop);
        await ConfirmAsync(scanned, stop);
        await UntilAsync(async () => (await LookAsync(state, stop))?["state"]!.GetValue<string>() == "completed" ? state : null, "the page", stop);
        using var back = await browser.GetAsync(WebUtility.HtmlDecode(Continue().Match(html).Groups[1].Value), stop);
        var code = Code().Match(back.Headers.Location?.Query ?? "").Groups[1].Value;
        using var answer = await browser.PostAsync(Routes.Csc.Token, new FormUrlEncodedContent([
            new("grant_type", "authorization_code"), new("code", Uri.UnescapeDataString(code)), new("client_id", client.Id), new("client_secret", client.Secret), new("redirect_uri", client.Redirect), new("code_verifier", verifier)]), stop);
        return (await ReadAsync(Routes.Csc.Token, answer, stop))["access_token"]!.GetValue<string>();
    }

    /// <summary>Null when the page has been asked too often just now.</summary>
    private async Task<JsonObject?> LookAsync(string state, CancellationToken stop)
    {
        using var answer = await browser.GetAsync(state, stop);
        return answer.StatusCode == HttpStatusCode.TooManyRequests ? null : await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>(stop);
    }

    private async Task<ScannedSession> PushedAsync(CancellationToken stop)
    {
        var session = await UntilAsync(async () => (await user.Phone.GetInboxAsync(cancellation: stop)).Messages.FirstOrDefault(message => message.Kind == MessageKind.SignatureAsked)?.Subject, "the request", stop);
        return new ScannedSession(await user.Phone.GetSessionAsync(Guid.Parse(session), cancellation: stop), null);
    }

    private async Task ConfirmAsync(ScannedSession scanned, CancellationToken stop)
    {
        if (await user.Phone.OpenRequestAsync(scanned, user.Certificate, stop) is not RequestOpening.Opened(var request))
        {
            throw new FlowFailedException("a request of the CSC's API could not be opened");
        }

        using (request)
        {
            if (await user.Phone.ConfirmAsync(request, user.Pin, stop) is var outcome and not PinOutcome.Done)
            {
                throw new FlowFailedException($"a confirmation ended with {outcome}");
            }
        }
    }

    private async Task SignAsync(string credential, string sad, string hash, CancellationToken stop)
    {
        var body = new JsonObject { ["credentialID"] = credential, ["SAD"] = sad, ["hashes"] = Array(hash), ["hashAlgorithmOID"] = Sm3, ["signAlgo"] = Sm2WithSm3 };
        if ((await PostAsync(Routes.Csc.SignHash, body, stop))["signatures"] is not JsonArray { Count: 1 })
        {
            throw new FlowFailedException("signHash gave another number of signatures than hashes");
        }
    }

    private async Task<JsonObject> PostAsync(string path, JsonObject body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", ServiceToken) } };
        using var answer = await browser.SendAsync(request, stop);
        return await ReadAsync(path, answer, stop);
    }

    private static async Task<JsonObject> ReadAsync(string path, HttpResponseMessage answer, CancellationToken stop)
    {
        var text = await answer.Content.ReadAsStringAsync(stop);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)!.AsObject() : throw new FlowFailedException($"{path}: {(int)answer.StatusCode} {text}");
    }

    private static Task<T> UntilAsync<T>(Func<Task<T?>> look, string what, CancellationToken stop)
        where T : class => Polling.UntilAsync(look, what, Patience, stop);

    [GeneratedRegex("data-login=\"([^\"]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex("data-continue=\"([^\"]*)\"")]
    private static partial Regex Continue();

    [GeneratedRegex("[?&]code=([^&]*)")]
    private static partial Regex Code();
}
