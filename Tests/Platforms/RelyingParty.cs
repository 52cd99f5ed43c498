using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>A trading platform of its own, registered for one test, and what its backend sends.</summary>
internal sealed class RelyingParty : IDisposable
{
    private readonly EmbeddedSystem system;
    private HttpClient http = new();

    private RelyingParty(EmbeddedSystem system, string id, string name) => (this.system, Id, Name) = (system, id, name);

    public string Id { get; }

    public string Name { get; }

    public string Secret { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public PlatformClient Client { get; private set; } = null!;

    public string AccessToken { get; set; } = "";

    public static async Task<RelyingParty> RegisterAsync(EmbeddedSystem system, string group = "hubei", bool maySignHashes = false, string? id = null, string name = "测试交易平台",
        string[]? redirectUris = null, string[]? postLogoutRedirectUris = null)
    {
        var party = new RelyingParty(system, id ?? $"platform-{Guid.NewGuid():N}", name);
        Assert.IsType<Done<Nothing>>(await system.Grains.GetGrain<IPlatformGrain>(party.Id).Register(new RegisterPlatform(name, group, party.Secret, maySignHashes)
        {
            RedirectUris = redirectUris ?? [],
            PostLogoutRedirectUris = postLogoutRedirectUris ?? [],
        }));
        await party.ConnectAsync();
        return party;
    }

    /// <summary>Fetches a token and talks to the system as it is now.</summary>
    public async Task ConnectAsync()
    {
        AccessToken = await TokenAsync();
        Reconnect();
    }

    /// <summary>After a restart of the system: with the token it has.</summary>
    public void Reconnect()
    {
        http.Dispose();
        http = new HttpClient { BaseAddress = system.Address, Timeout = TimeSpan.FromSeconds(100) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        Client = new PlatformClient(http, system.Clock);
    }

    public Task<HttpResponseMessage> RequestTokenAsync(params (string Name, string Value)[] members) =>
        system.Gateway.PostAsync(Routes.Token, new FormUrlEncodedContent(members.Select(member => KeyValuePair.Create(member.Name, member.Value))));

    public Task<OpenedSession> OpenLoginAsync(byte[]? challenge = null, int? timeoutSeconds = null) => Client.OpenAsync(Login(challenge, timeoutSeconds));

    public static CreateSessionRequest Login(byte[]? challenge = null, int? timeoutSeconds = null) =>
        new(SessionKind.Login) { Challenge = challenge ?? RandomNumberGenerator.GetBytes(32), TimeoutSeconds = timeoutSeconds };

    public static CreateSessionRequest Bind(EnterpriseInfo enterprise) =>
        new(SessionKind.Bind) { Challenge = RandomNumberGenerator.GetBytes(32), Enterprise = enterprise };

    /// <summary>The session once it has heard of a wrong PIN: the certificate tells it after it has told the phone.</summary>
    public Task<SessionStatus> AfterWrongPinAsync(OpenedSession opened) => Client.GetAsync(opened.SessionId, SessionState.Confirmed, TimeSpan.FromSeconds(100));

    /// <summary>A session as its creation would be sent by hand.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostSessionAsync(CreateSessionRequest request, string? idempotencyKey)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Routes.Platforms.Sessions) { Content = JsonContent.Create(request, BztJson.Default.CreateSessionRequest) };
        if (idempotencyKey is not null)
        {
            message.Headers.TryAddWithoutValidation(Routes.IdempotencyKeyHeader, idempotencyKey);
        }

        using var answer = await http.SendAsync(message);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path)
    {
        using var answer = await http.GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<(string? MediaType, string Text)> GetTextAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await http.SendAsync(request);
        return (answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync());
    }

    public Task<HttpResponseMessage> PostRawAsync(string path, HttpContent content) => http.PostAsync(path, content);

    public void Dispose() => http.Dispose();

    private async Task<string> TokenAsync()
    {
        using var answer = await RequestTokenAsync(("grant_type", "client_credentials"), ("client_id", Id), ("client_secret", Secret));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }
}

internal static class Refusal
{
    /// <summary>The code with which the call is refused.</summary>
    public static async Task<string> OfAsync(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;
}
