using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Bzt.Contracts.Platforms;

// Beyond opening and waiting: server-sent events, callbacks, verification, mock phones.
public sealed partial class PlatformClient
{
    private static readonly TimeSpan StreamRetry = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The session now and at each of its changes, over server-sent events, the end as the last. A stream that breaks is taken up again
    /// where it broke.
    /// </summary>
    /// <exception cref="ApiRefusedException">There is no such session of the caller's.</exception>
    public async IAsyncEnumerable<SessionStatus> WatchAsync(Guid sessionId, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? last = null;
        while (true)
        {
            await foreach (var (id, status) in ReadStreamAsync(sessionId, last, cancellation))
            {
                last = id;
                yield return status;
                if (status.State == SessionState.Completed)
                {
                    yield break;
                }
            }

            await Task.Delay(StreamRetry, clock, cancellation);
        }
    }

    /// <summary>One connection: ends when the server or the network ends it.</summary>
    private async IAsyncEnumerable<(string Id, SessionStatus Status)> ReadStreamAsync(Guid sessionId, string? last, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Platforms.SessionEvents.Replace("{sessionId}", sessionId.ToString("D"), StringComparison.Ordinal));
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        using var response = await TryAsync<HttpResponseMessage>(async () => await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation));
        if (response is null)
        {
            yield break;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await Refusals.ReadAsync(response, cancellation);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await using var events = SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize(data, BztJson.Default.SessionStatus)!).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (await TryAsync(async () => await events.MoveNextAsync() ? events : null) is not null)
        {
            yield return (events.Current.EventId ?? "", events.Current.Data);
        }
    }

    /// <summary>Null when the connection broke; while it is being made <see cref="HttpClient"/> may let the socket's own exception through.</summary>
    private static async Task<T?> TryAsync<T>(Func<Task<T?>> read) where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception broken) when (broken is HttpRequestException or SocketException or IOException)
        {
            return null;
        }
    }

    /// <summary>Where callbacks go; null when the platform has no endpoint.</summary>
    public async Task<CallbackEndpoint?> GetCallbackEndpointAsync(CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, Routes.Platforms.CallbackEndpoint);
        try
        {
            return await SendAsync(message, BztJson.Default.CallbackEndpoint, cancellation);
        }
        catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Sets or moves the endpoint. The first call makes its secret, which is shown this once.</summary>
    public async Task<CallbackEndpointSaved> SetCallbackEndpointAsync(string url, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Put, Routes.Platforms.CallbackEndpoint)
        {
            Content = JsonContent.Create(new CallbackEndpointRequest(url), BztJson.Default.CallbackEndpointRequest),
        };
        return await SendAsync(message, BztJson.Default.CallbackEndpointSaved, cancellation);
    }

    /// <summary>A new secret; the old one signs beside it for <paramref name="overlap"/>, a week at most.</summary>
    public async Task<CallbackEndpointSaved> RotateCallbackSecretAsync(TimeSpan overlap, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Routes.Platforms.CallbackSecrets)
        {
            Content = JsonContent.Create(new CallbackRotationRequest((int)overlap.TotalSeconds), BztJson.Default.CallbackRotationRequest),
        };
        return await SendAsync(message, BztJson.Default.CallbackEndpointSaved, cancellation);
    }

    /// <summary>No more callbacks; those under way are dropped.</summary>
    public Task RemoveCallbackEndpointAsync(CancellationToken cancellation = default) => SendAsync(HttpMethod.Delete, Routes.Platforms.CallbackEndpoint, cancellation);

    /// <summary>What was tried for two days and never taken.</summary>
    public async Task<DeadLetters> GetDeadLettersAsync(CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, Routes.Platforms.DeadLetters);
        return await SendAsync(message, BztJson.Default.DeadLetters, cancellation);
    }

    /// <summary>Tries it anew, with the same id.</summary>
    public Task RedeliverAsync(string messageId, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, Routes.Platforms.DeadLetterRedelivery.Replace("{messageId}", Uri.EscapeDataString(messageId), StringComparison.Ordinal), cancellation);

    /// <summary>What a signature, a certificate or the seal of a document is worth (docs/platforms/verify.md).</summary>
    public async Task<VerifyResult> VerifyAsync(VerifyRequest request, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Routes.Platforms.Verify) { Content = JsonContent.Create(request, BztJson.Default.VerifyRequest) };
        return await SendAsync(message, BztJson.Default.VerifyResult, cancellation);
    }

    /// <summary>In a sandbox: the mock phone of that number scans the link (docs/platforms/sandbox.md).</summary>
    public async Task<MockScan> ScanWithMockPhoneAsync(string number, string link, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Routes.Platforms.MockScans)
        {
            Content = JsonContent.Create(new MockScanRequest(number, link), BztJson.Default.MockScanRequest),
        };
        return await SendAsync(message, BztJson.Default.MockScan, cancellation);
    }

    private async Task SendAsync(HttpMethod method, string path, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(method, path);
        using var response = await http.SendAsync(message, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw await Refusals.ReadAsync(response, cancellation);
        }
    }
}
