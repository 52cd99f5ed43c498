using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Bzt.Contracts.Phone;

/// <summary>
/// How a phone talks to the gateway: every request carries the access token, if there is one, and a DPoP proof of the device key; a problem
/// document becomes an <see cref="ApiRefusedException"/>.
/// </summary>
/// <param name="http">Its base address is the system's public address.</param>
/// <param name="key">The device's key.</param>
/// <param name="appVersion">Sent so that an outdated app is told so.</param>
/// <param name="time">The device's clock; it may be wrong, the server then gives a nonce.</param>
public sealed class PhoneHttp(HttpClient http, IDeviceKey key, string appVersion, TimeProvider? time = null)
{
    private readonly TimeProvider clock = time ?? TimeProvider.System;
    private string? nonce;

    /// <summary>From login; null when logged out.</summary>
    public string? AccessToken { get; set; }

    public Uri BaseAddress => http.BaseAddress ?? throw new InvalidOperationException("The client has no base address.");

    public IDeviceKey DeviceKey => key;

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken cancellation = default) =>
        await ReadAsync(await SendAsync(HttpMethod.Get, path, null, null, cancellation), answer, cancellation);

    public async Task<byte[]> GetOctetsAsync(string path, CancellationToken cancellation = default) =>
        await ReadOctetsAsync(await SendAsync(HttpMethod.Get, path, null, null, cancellation), cancellation);

    /// <summary>A command without content.</summary>
    public async Task PostAsync(string path, CancellationToken cancellation = default) =>
        (await SendAsync(HttpMethod.Post, path, null, null, cancellation)).Dispose();

    /// <summary>A command without content that has an answer.</summary>
    public async Task<T> PostAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken cancellation = default) =>
        await ReadAsync(await SendAsync(HttpMethod.Post, path, null, null, cancellation), answer, cancellation);

    public async Task<TAnswer> PostAsync<TContent, TAnswer>(
        string path, TContent content, JsonTypeInfo<TContent> contentType, JsonTypeInfo<TAnswer> answer, CancellationToken cancellation = default) =>
        await ReadAsync(await SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(content, contentType), "application/json", cancellation), answer, cancellation);

    /// <summary>A command without an answer but that it was done.</summary>
    public async Task PostAsync<TContent>(string path, TContent content, JsonTypeInfo<TContent> contentType, CancellationToken cancellation = default) =>
        (await SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(content, contentType), "application/json", cancellation)).Dispose();

    /// <summary>Octets in, octets out: the channel between phone and silo.</summary>
    public Task<byte[]> PostOctetsAsync(string path, byte[] content, CancellationToken cancellation = default) =>
        PostOctetsAsync(path, content, "application/octet-stream", cancellation);

    /// <summary>A command whose answer is a file.</summary>
    public async Task<byte[]> PostOctetsAsync(string path, byte[] content, string mediaType, CancellationToken cancellation = default) =>
        await ReadOctetsAsync(await SendAsync(HttpMethod.Post, path, content, mediaType, cancellation), cancellation);

    /// <summary>Uploads a file as it is.</summary>
    public async Task<T> UploadAsync<T>(string path, byte[] content, string mediaType, JsonTypeInfo<T> answer, CancellationToken cancellation = default) =>
        await ReadAsync(await SendAsync(HttpMethod.Post, path, content, mediaType, cancellation), answer, cancellation);

    /// <exception cref="ApiRefusedException">The server answered a problem.</exception>
    /// <exception cref="HttpRequestException">No answer, or one that is not the gateway's.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? content, string? mediaType, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        var used = nonce;
        var response = await SendOnceAsync(method, path, content, mediaType, used, cancellation);

        // RFC 9449 §8: our proof was not fresh by the server's clock. Nothing was done; once more with the nonce it gave.
        if (response.StatusCode == HttpStatusCode.Unauthorized && response.Headers.TryGetValues("DPoP-Nonce", out var given) && given.FirstOrDefault() is { } fresh && fresh != used
            && await CodeOfAsync(response, cancellation) == ErrorCodes.InvalidDpop)
        {
            nonce = fresh;
            response.Dispose();
            response = await SendOnceAsync(method, path, content, mediaType, fresh, cancellation);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ReadProblemAsync(response, cancellation) is { } problem
                ? new ApiRefusedException(problem)
                : new HttpRequestException("The answer is not from the gateway.", null, response.StatusCode);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, byte[]? content, string? mediaType, string? proofNonce, CancellationToken cancellation)
    {
        var address = new Uri(BaseAddress, path);
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Add(Routes.AppVersionHeader, appVersion);
        request.Headers.Add("DPoP", await DpopProofs.CreateAsync(key, method.Method, address, clock.GetUtcNow(), AccessToken, proofNonce));
        if (AccessToken is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", AccessToken);
        }

        if (content is not null)
        {
            request.Content = new ByteArrayContent(content) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType!) } };
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
    }

    private static async Task<string?> CodeOfAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        (await ReadProblemAsync(response, cancellation))?.Code;

    private static async Task<Problem?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellation), BztJson.Default.Problem);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> answer, CancellationToken cancellation)
    {
        using (response)
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellation), answer)
                ?? throw new HttpRequestException("The answer is empty.");
        }
    }

    private static async Task<byte[]> ReadOctetsAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using (response)
        {
            return await response.Content.ReadAsByteArrayAsync(cancellation);
        }
    }
}
