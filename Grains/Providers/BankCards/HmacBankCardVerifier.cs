using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.BankCards;

/// <summary>
/// The neutral bank-card interface of <c>docs/providers.md</c>: JSON, request and answer signed with HMAC-SHA256.
/// An answer counts only when its signature covers our nonce: nobody on the way can turn a no into a yes.
/// </summary>
sealed class HmacBankCardVerifier(IHttpClientFactory http, IOptions<BankCardOptions> options, TimeProvider time) : IBankCardVerifier
{
    public const string HttpClientName = "bank-card";
    static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public async Task<BankCardResult> VerifyAsync(string name, string idNumber, string cardNumber, string phone, string requestId, CancellationToken cancellation)
    {
        var settings = options.Value;
        var nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using var request = Sign(settings, nonce, JsonSerializer.SerializeToUtf8Bytes(new { requestId, name, idNumber, cardNumber, phone }));
        using var client = http.CreateClient(HttpClientName);
        var (answer, failure) = await ProviderCall.SendAsync(client, request, settings.Timeout, time, cancellation);
        if (answer is not { } received)
        {
            return new BankCardResult.Unavailable(failure);
        }

        var fields = ProviderCall.TryReadStrings(received.Body);
        if (received.Status != 200)
        {
            // Unsigned, so it may say only that we get no answer, never anything about the person.
            return fields?.GetValueOrDefault("error") is { } error && received.Status is >= 400 and < 500
                ? new BankCardResult.Refused(BankCardRefusal.Account, error)
                : new BankCardResult.Unavailable($"HTTP {received.Status}");
        }

        if (fields is null || !IsAuthentic(settings, nonce, received))
        {
            return new BankCardResult.Unavailable("answer without a valid signature");
        }

        return fields.GetValueOrDefault("requestId") != requestId
            ? new BankCardResult.Unavailable("answer to another request")
            : (fields.GetValueOrDefault("result"), fields.GetValueOrDefault("receiptId")) switch
            {
                ("MATCH", { } receiptId) => new BankCardResult.Ok(receiptId),
                ("MISMATCH", _) => new BankCardResult.Refused(BankCardRefusal.Mismatch, "MISMATCH"),
                ("CARD_UNUSABLE", _) => new BankCardResult.Refused(BankCardRefusal.CardUnusable, "CARD_UNUSABLE"),
                ("CARD_UNSUPPORTED", _) => new BankCardResult.Refused(BankCardRefusal.CardUnsupported, "CARD_UNSUPPORTED"),
                ("TOO_MANY", _) => new BankCardResult.Refused(BankCardRefusal.TooMany, "TOO_MANY"),
                ({ } other, _) => new BankCardResult.Refused(BankCardRefusal.Other, other),
                _ => new BankCardResult.Unavailable("answer without a result"),
            };
    }

    HttpRequestMessage Sign(BankCardOptions settings, string nonce, byte[] body)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Mac(settings, $"POST\n{settings.Endpoint!.AbsolutePath}\n{timestamp}\n{nonce}\n{Hash(body)}");
        return new(HttpMethod.Post, settings.Endpoint)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "X-App-Id", settings.AppId },
                { "X-Timestamp", timestamp },
                { "X-Nonce", nonce },
                { "X-Signature", signature },
            },
        };
    }

    bool IsAuthentic(BankCardOptions settings, string nonce, ProviderAnswer answer)
    {
        var timestamp = answer.Header("X-Timestamp") ?? "";
        var expected = Mac(settings, $"{timestamp}\n{nonce}\n{Hash(answer.Body)}");
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(answer.Header("X-Signature") ?? ""))
            && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) <= Window.TotalSeconds;
    }

    static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    static string Mac(BankCardOptions settings, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(settings.Secret), Encoding.UTF8.GetBytes(text)));
}
