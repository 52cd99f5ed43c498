using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Bzt.Simulators;

/// <summary>The product's account at a provider of the neutral interface.</summary>
public sealed record NeutralAccount(string AppId, string Secret)
{
    internal static NeutralAccount Draw(string prefix) => new(prefix + RandomNumberGenerator.GetString(SimulatorKeys.Digits, 12), RandomNumberGenerator.GetHexString(64, lowercase: true));
}

/// <summary>The provider's side of the neutral interface of docs/providers.md: JSON, both directions signed with HMAC-SHA256.</summary>
static class SignedJson
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>The body of an authentic and new request, or what is wrong with it.</summary>
    public static async Task<(byte[] Body, string? Error)> ReadAsync(HttpRequest request, NeutralAccount account, SimulatorState state, DateTimeOffset now)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        var body = buffer.ToArray();

        // 1. A known caller, a signature over method, path, time, nonce and body.
        var (timestamp, nonce) = (request.Headers["X-Timestamp"].ToString(), request.Headers["X-Nonce"].ToString());
        if (request.Headers["X-App-Id"] != account.AppId)
        {
            return (body, "APP_UNKNOWN");
        }

        var expected = Mac(account, $"{request.Method}\n{request.Path}\n{timestamp}\n{nonce}\n{Hash(body)}");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(request.Headers["X-Signature"].ToString())))
        {
            return (body, "SIGNATURE_INVALID");
        }

        // 2. Fresh, and its nonce new.
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > Window.TotalSeconds)
        {
            return (body, "TIMESTAMP_SKEWED");
        }

        return (body, nonce.Length == 32 && state.TryUseNonce($"{account.AppId}/{nonce}", now, Window) ? null : "NONCE_REUSED");
    }

    /// <summary>Null when it is not such an object.</summary>
    public static T? Read<T>(byte[] body) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The answer's signature covers the request's nonce: it cannot be an answer to anything else.
    public static IResult Answer<T>(HttpContext context, T answer, NeutralAccount account, DateTimeOffset now)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, JsonSerializerOptions.Web);
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-Timestamp"] = timestamp;
        context.Response.Headers["X-Signature"] = Mac(account, $"{timestamp}\n{context.Request.Headers["X-Nonce"]}\n{Hash(body)}");
        return Results.Bytes(body, "application/json");
    }

    public static IResult Unauthorised(string error) => Error(error, StatusCodes.Status401Unauthorized);

    public static IResult Error(string code, int status) => Results.Json(new { error = code }, statusCode: status);

    /// <summary>A notification of ours.</summary>
    public static HttpRequestMessage Notification<T>(Uri url, T content, NeutralAccount account, DateTimeOffset now)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(content, JsonSerializerOptions.Web);
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        return new(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "X-App-Id", account.AppId },
                { "X-Timestamp", timestamp },
                { "X-Nonce", nonce },
                { "X-Signature", Mac(account, $"POST\n{url.AbsolutePath}\n{timestamp}\n{nonce}\n{Hash(body)}") },
            },
        };
    }

    static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    static string Mac(NeutralAccount account, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(account.Secret), Encoding.UTF8.GetBytes(text)));
}
