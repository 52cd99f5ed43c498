using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bzt.Contracts.Phone;

namespace Bzt.Contracts.Platforms;

/// <summary>
/// The relying party's side of the API: what a trading platform's backend calls. Give it an <see cref="HttpClient"/> whose handler adds
/// the authorization: <see cref="ClientCredentialsHandler"/> for a platform; the bid tool brings its own with a project token.
/// </summary>
/// <exception cref="ApiRefusedException">Every method: the server refused with a problem document.</exception>
public sealed partial class PlatformClient(HttpClient http, TimeProvider clock)
{
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromMinutes(1);

    /// <summary>Opens a session. With the same <paramref name="idempotencyKey"/> the same session comes back.</summary>
    public async Task<OpenedSession> OpenAsync(CreateSessionRequest request, string? idempotencyKey = null, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Routes.Platforms.Sessions)
        {
            Content = JsonContent.Create(request, BztJson.Default.CreateSessionRequest),
        };
        message.Headers.Add(Routes.IdempotencyKeyHeader, idempotencyKey ?? Guid.NewGuid().ToString("N"));
        var created = await SendAsync(message, BztJson.Default.SessionCreated, cancellation);
        return new OpenedSession(created, clock.GetTimestamp(), clock);
    }

    /// <summary>The session now, or at its next change after <paramref name="seen"/>, whichever the wait brings first.</summary>
    /// <param name="wait">At most two minutes; zero answers at once.</param>
    public async Task<SessionStatus> GetAsync(Guid sessionId, SessionState? seen = null, TimeSpan wait = default, CancellationToken cancellation = default)
    {
        var path = Routes.Platforms.Session.Replace("{sessionId}", sessionId.ToString("D"), StringComparison.Ordinal);
        var query = string.Create(CultureInfo.InvariantCulture, $"?timeoutMs={(long)wait.TotalMilliseconds}");
        if (seen is { } state)
        {
            query += "&seen=" + JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());
        }

        using var message = new HttpRequestMessage(HttpMethod.Get, path + query);
        return await SendAsync(message, BztJson.Default.SessionStatus, cancellation);
    }

    /// <summary>Waits for the end of a session. A server that is away for a while, as when it is started again, is asked again for a minute.</summary>
    /// <param name="changed">Told each state on the way.</param>
    public async Task<SessionStatus> WaitAsync(Guid sessionId, Action<SessionStatus>? changed = null, CancellationToken cancellation = default)
    {
        SessionState? seen = null;
        var answered = clock.GetTimestamp();
        while (true)
        {
            SessionStatus status;
            try
            {
                status = await GetAsync(sessionId, seen, TimeSpan.FromSeconds(20), cancellation);
                answered = clock.GetTimestamp();
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException or ApiRefusedException { Code: ErrorCodes.Unavailable or ErrorCodes.KeysUnavailable } && clock.GetElapsedTime(answered) < LongestAbsence)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), clock, cancellation);
                continue;
            }

            if (status.State != seen)
            {
                changed?.Invoke(status);
            }

            if (status.State == SessionState.Completed)
            {
                return status;
            }

            seen = status.State;
        }
    }

    public async Task<SessionStatus> CancelAsync(Guid sessionId, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(
            HttpMethod.Delete, Routes.Platforms.Session.Replace("{sessionId}", sessionId.ToString("D"), StringComparison.Ordinal));
        return await SendAsync(message, BztJson.Default.SessionStatus, cancellation);
    }

    /// <summary>
    /// The browser of a same-device session has come back: checks the value of the return address against the random in the browser's own
    /// cookie, once, and answers the session with its result.
    /// </summary>
    public async Task<SessionStatus> RedeemReturnAsync(Guid sessionId, string value, string nonce, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(
            HttpMethod.Post, Routes.Platforms.SessionReturn.Replace("{sessionId}", sessionId.ToString("D"), StringComparison.Ordinal))
        {
            Content = JsonContent.Create(new ReturnRequest(value, nonce), BztJson.Default.ReturnRequest),
        };
        return await SendAsync(message, BztJson.Default.SessionStatus, cancellation);
    }

    /// <summary>The evidence of a session that ended with a signature or a decryption; keep it, and verify it with <see cref="EvidenceReceipt.Verify"/>.</summary>
    public async Task<EvidenceReceipt> GetEvidenceAsync(Guid sessionId, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(
            HttpMethod.Get, Routes.Platforms.SessionEvidence.Replace("{sessionId}", sessionId.ToString("D"), StringComparison.Ordinal));
        return await SendAsync(message, BztJson.Default.EvidenceReceipt, cancellation);
    }

    /// <summary>会话签章: the session a user asked for at one of the caller's requests (<see cref="SessionStatus.SealingSession"/>).</summary>
    public async Task<SealingSessionStatus> GetSealingSessionAsync(Guid sealingSessionId, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, SealingPath(sealingSessionId));
        return await SendAsync(message, BztJson.Default.SealingSessionStatus, cancellation);
    }

    /// <summary>The PC ends it: what waits in it is cancelled, nothing more is signed. A repeat is done.</summary>
    public async Task<SealingSessionStatus> EndSealingSessionAsync(Guid sealingSessionId, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Delete, SealingPath(sealingSessionId));
        return await SendAsync(message, BztJson.Default.SealingSessionStatus, cancellation);
    }

    private static string SealingPath(Guid sealingSessionId) =>
        Routes.Platforms.SealingSession.Replace("{sealingSessionId}", sealingSessionId.ToString("D"), StringComparison.Ordinal);

    /// <summary>A token for the bid tool of a bidder the platform has logged in.</summary>
    public async Task<ProjectToken> CreateProjectTokenAsync(ProjectTokenRequest request, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Routes.Platforms.ProjectTokens)
        {
            Content = JsonContent.Create(request, BztJson.Default.ProjectTokenRequest),
        };
        return await SendAsync(message, BztJson.Default.ProjectToken, cancellation);
    }

    /// <summary>Certificates, chain and seal picture of an enterprise bound here.</summary>
    public async Task<SignerInfo> GetSignerAsync(string creditCode, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(
            HttpMethod.Get, Routes.Platforms.Signer.Replace("{creditCode}", Uri.EscapeDataString(creditCode), StringComparison.Ordinal));
        return await SendAsync(message, BztJson.Default.SignerInfo, cancellation);
    }

    /// <summary>The picture of one of its seals, a transparent PNG.</summary>
    public async Task<byte[]> GetSealAsync(string creditCode, SealKind kind, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(
            HttpMethod.Get,
            Routes.Platforms.SignerSeal.Replace("{creditCode}", Uri.EscapeDataString(creditCode), StringComparison.Ordinal)
                .Replace("{kind}", JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()), StringComparison.Ordinal));
        using var response = await http.SendAsync(message, cancellation);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(cancellation)
            : throw await Refusals.ReadAsync(response, cancellation);
    }

    /// <summary>One of a bound enterprise's own seals as an electronic seal of GB/T 38540 (SESeal, DER), made for the certificate that <see cref="GetSignerAsync"/> leads with.</summary>
    public Task<byte[]> GetElectronicSealAsync(string creditCode, SealKind kind, CancellationToken cancellation = default) => GetElectronicSealAsync(creditCode, kind, null, cancellation);

    /// <summary>The same for one of the certificates that <see cref="SignerInfo.Certificates"/> names.</summary>
    public async Task<byte[]> GetElectronicSealAsync(string creditCode, SealKind kind, string? signingSerial, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(
            HttpMethod.Get,
            Routes.Platforms.SignerElectronicSeal.Replace("{creditCode}", Uri.EscapeDataString(creditCode), StringComparison.Ordinal)
                .Replace("{kind}", JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()), StringComparison.Ordinal)
            + (signingSerial is null ? "" : "?serial=" + Uri.EscapeDataString(signingSerial)));
        using var response = await http.SendAsync(message, cancellation);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(cancellation)
            : throw await Refusals.ReadAsync(response, cancellation);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage message, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await http.SendAsync(message, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw await Refusals.ReadAsync(response, cancellation);
        }

        return await response.Content.ReadFromJsonAsync(type, cancellation) ?? throw new JsonException("The answer is null.");
    }
}

/// <summary>A session and when its answer was received: with its age then, what the dynamic QR counts from.</summary>
public sealed class OpenedSession(SessionCreated session, long receivedAt, TimeProvider clock)
{
    public SessionCreated Session { get; } = session;

    public Guid SessionId => Session.SessionId;

    /// <summary>The link to show now; ask again every second.</summary>
    public string Link(string? fragment = null) => DynamicQr.Link(Session, Session.ServerTime - Session.CreatedAt + clock.GetElapsedTime(receivedAt), fragment);
}

/// <summary>OAuth 2.0 client credentials (RFC 6749 §4.4): fetches the access token and renews it a minute before it expires.</summary>
/// <param name="token">A client of the same server, without this handler.</param>
public sealed class ClientCredentialsHandler(HttpClient token, string clientId, string clientSecret, TimeProvider clock) : DelegatingHandler
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private string accessToken = "";
    private DateTimeOffset renewAt;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await GetTokenAsync(cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }

    private async Task<string> GetTokenAsync(CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (clock.GetUtcNow() < renewAt)
            {
                return accessToken;
            }

            using var form = new FormUrlEncodedContent([
                new("grant_type", "client_credentials"), new("client_id", clientId), new("client_secret", clientSecret)]);
            using var response = await token.PostAsync(Routes.Token, form, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                throw await Refusals.ReadAsync(response, cancellation);
            }

            using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
            accessToken = answer.RootElement.GetProperty("access_token").GetString()!;
            renewAt = clock.GetUtcNow().AddSeconds(answer.RootElement.GetProperty("expires_in").GetInt32() - 60);
            return accessToken;
        }
        finally
        {
            gate.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            gate.Dispose();
        }

        base.Dispose(disposing);
    }
}
