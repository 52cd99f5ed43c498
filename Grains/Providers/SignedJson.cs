using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Grains.Remittances;

namespace Bzt.Grains.Providers;

/// <summary>One account at a provider that speaks the neutral interface.</summary>
readonly record struct SignedJsonAccount(string AppId, string Secret, TimeSpan Timeout);

/// <summary>What came back of one call.</summary>
abstract record SignedAnswer
{
    SignedAnswer() { }

    /// <summary>Signed, over our nonce.</summary>
    public sealed record Ok(byte[] Body) : SignedAnswer;

    /// <summary>The provider takes nothing of this call. Unsigned, so it says nothing about anybody.</summary>
    public sealed record Refused(string Error) : SignedAnswer;

    public sealed record Unavailable(string Reason) : SignedAnswer;
}

/// <summary>
/// The neutral interface of <c>docs/providers.md</c>: JSON, signed in both directions with HMAC-SHA256. An answer counts only when its
/// signature covers our nonce: nobody on the way can turn a no into a yes.
/// </summary>
static class SignedJson
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static async Task<SignedAnswer> CallAsync(
        HttpClient client, SignedJsonAccount account, HttpMethod method, Uri address, byte[] body, TimeProvider time, CancellationToken cancellation)
    {
        var nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using var request = Sign(account, method, address, nonce, body, time.GetUtcNow());
        var (answer, failure) = await ProviderCall.SendAsync(client, request, account.Timeout, time, cancellation);
        if (answer is not { } received)
        {
            return new SignedAnswer.Unavailable(failure);
        }

        if (received.Status != 200)
        {
            return received.Status is >= 400 and < 500 && ProviderCall.TryReadStrings(received.Body)?.GetValueOrDefault("error") is { } error
                ? new SignedAnswer.Refused(error)
                : new SignedAnswer.Unavailable($"HTTP {received.Status}");
        }

        var timestamp = received.Header("X-Timestamp") ?? "";
        return IsSigned(account, $"{timestamp}\n{nonce}\n{Hash(received.Body)}", received.Header("X-Signature") ?? "") && IsFresh(timestamp, time.GetUtcNow())
            ? new SignedAnswer.Ok(received.Body)
            : new SignedAnswer.Unavailable("answer without a valid signature");
    }

    /// <summary>Whether the provider sent this, to us, lately. Sent again within minutes it passes again: what it says must be idempotent.</summary>
    public static bool IsAuthentic(SignedMessage message, SignedJsonAccount account, DateTimeOffset now) =>
        account.AppId.Length > 0 && message.AppId == account.AppId
        && IsSigned(account, $"POST\n{message.Path}\n{message.Timestamp}\n{message.Nonce}\n{Hash(message.Body)}", message.Signature)
        && IsFresh(message.Timestamp, now);

    /// <summary>Null when it is not such an object.</summary>
    public static T? TryRead<T>(ReadOnlySpan<byte> json) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static HttpRequestMessage Sign(SignedJsonAccount account, HttpMethod method, Uri address, string nonce, byte[] body, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new(method, address)
        {
            Content = body.Length == 0 ? null : new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "X-App-Id", account.AppId },
                { "X-Timestamp", timestamp },
                { "X-Nonce", nonce },
                { "X-Signature", Mac(account, $"{method}\n{address.AbsolutePath}\n{timestamp}\n{nonce}\n{Hash(body)}") },
            },
        };
    }

    static bool IsSigned(SignedJsonAccount account, string text, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Mac(account, text)), Encoding.UTF8.GetBytes(signature));

    static bool IsFresh(string timestamp, DateTimeOffset now) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= Window.TotalSeconds;

    static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    static string Mac(SignedJsonAccount account, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(account.Secret), Encoding.UTF8.GetBytes(text)));
}
