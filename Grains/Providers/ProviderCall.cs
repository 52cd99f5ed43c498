using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bzt.Grains.Providers;

/// <summary>What a provider's HTTP interface gave back, as far as anything came back at all.</summary>
readonly record struct ProviderAnswer(int Status, byte[] Body, Func<string, string?> Header);

/// <summary>One HTTP call whose failures are values: a provider's trouble is an expected outcome, our caller's cancellation is not.</summary>
static class ProviderCall
{
    /// <summary>Answers are short; anything longer is not the provider's.</summary>
    const int MaxAnswer = 1 << 20;

    public static async Task<(ProviderAnswer? Answer, string Failure)> SendAsync(HttpClient client, HttpRequestMessage request, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswer, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            var headers = response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
            return (new ProviderAnswer((int)response.StatusCode, body, headers.GetValueOrDefault), "");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "no answer in time");
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException)
        {
            return (null, Reason(failure));
        }
    }

    /// <summary>What broke a connection. While it is being made <see cref="HttpClient"/> may let the socket's own exception through.</summary>
    public static string Reason(Exception failure) =>
        failure is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var error } ? error.ToString() : "connection broken";

    /// <summary>The string properties of a JSON object; null when it is not one.</summary>
    public static Dictionary<string, string>? TryReadStrings(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject()
                    .Where(property => property.Value.ValueKind == JsonValueKind.String)
                    .DistinctBy(property => property.Name)
                    .ToDictionary(property => property.Name, property => property.Value.GetString()!)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static Dictionary<string, string> Strings(JsonObject json) => json
        .Where(property => property.Value?.GetValueKind() == JsonValueKind.String)
        .ToDictionary(property => property.Key, property => property.Value!.GetValue<string>());
}
