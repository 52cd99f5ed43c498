using System.Text.Json;
using Bzt.Protocol.Forms;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.BankCards;

/// <summary>The neutral bank-card interface of <c>docs/providers.md</c>.</summary>
sealed class HmacBankCardVerifier(IHttpClientFactory http, IOptions<BankCardOptions> options, TimeProvider time) : IBankCardVerifier
{
    public const string HttpClientName = "bank-card";

    public bool IsOffered => options.Value.Offered;

    public async Task<BankCardResult> VerifyAsync(string name, string idNumber, string cardNumber, string phone, string requestId, CancellationToken cancellation)
    {
        var settings = options.Value;
        using var client = http.CreateClient(HttpClientName);
        var answer = await SignedJson.CallAsync(
            client, new(settings.AppId, settings.Secret, settings.Timeout), HttpMethod.Post, settings.Endpoint!,
            JsonSerializer.SerializeToUtf8Bytes(new { requestId, name, idNumber, cardNumber, phone }), time, cancellation);
        return answer switch
        {
            SignedAnswer.Ok(var body) => Read(ProviderCall.TryReadStrings(body), requestId),
            SignedAnswer.Refused(var error) => new BankCardResult.Refused(BankCardRefusal.Account, error),
            SignedAnswer.Unavailable(var reason) => new BankCardResult.Unavailable(reason),
            _ => throw new InvalidOperationException("No such answer."),
        };
    }

    static BankCardResult Read(Dictionary<string, string>? fields, string requestId) =>
        fields?.GetValueOrDefault("requestId") != requestId
            ? new BankCardResult.Unavailable("answer to another request")
            : (fields.GetValueOrDefault("result"), fields.GetValueOrDefault("receiptId")) switch
            {
                ("MATCH", { } receiptId) => new BankCardResult.Ok(receiptId, ReadBank(fields)),
                ("MISMATCH", _) => new BankCardResult.Refused(BankCardRefusal.Mismatch, "MISMATCH"),
                ("CARD_UNUSABLE", _) => new BankCardResult.Refused(BankCardRefusal.CardUnusable, "CARD_UNUSABLE"),
                ("CARD_UNSUPPORTED", _) => new BankCardResult.Refused(BankCardRefusal.CardUnsupported, "CARD_UNSUPPORTED"),
                ("TOO_MANY", _) => new BankCardResult.Refused(BankCardRefusal.TooMany, "TOO_MANY"),
                ({ } other, _) => new BankCardResult.Refused(BankCardRefusal.Other, other),
                _ => new BankCardResult.Unavailable("answer without a result"),
            };

    // Shown as it comes: anything longer or stranger than a bank's name is none.
    static string? ReadBank(Dictionary<string, string> fields) =>
        fields.GetValueOrDefault("bankName")?.Trim() is { Length: > 0 and <= 40 } bank && VisibleText.Is(bank) ? bank : null;
}
