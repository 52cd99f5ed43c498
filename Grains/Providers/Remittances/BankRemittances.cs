using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Bzt.Grains.Remittances;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Remittances;

/// <summary>The neutral remittance interface of <c>docs/providers.md</c>.</summary>
sealed class BankRemittances(IHttpClientFactory http, IOptions<RemittanceOptions> options, TimeProvider time) : IRemittances
{
    public const string HttpClientName = "remittance";
    const string NotConfigured = "not configured";
    const string Unreadable = "unreadable answer";

    SignedJsonAccount Account => new(options.Value.AppId, options.Value.Secret, options.Value.Timeout);

    public async Task<RemittanceResult> ExpectAsync(Guid reference, DateTimeOffset expiresAt, Uri notifyUrl, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { reference, expiresAt = expiresAt.ToUniversalTime(), notifyUrl });
        return await CallAsync(HttpMethod.Post, "accounts", body, cancellation) switch
        {
            SignedAnswer.Ok(var answer) => SignedJson.TryRead<AccountAnswer>(answer) is { PayeeName.Length: > 0, PayeeBank.Length: > 0, PayeeAccount.Length: > 0 } account && account.Reference == reference
                ? new RemittanceResult.Ok(new PayeeAccount(account.PayeeName, account.PayeeBank, account.PayeeAccount))
                : new RemittanceResult.Unavailable(Unreadable),
            SignedAnswer.Refused(var error) => new RemittanceResult.Refused(error),
            SignedAnswer.Unavailable(var reason) => new RemittanceResult.Unavailable(reason),
            _ => throw new InvalidOperationException("No such answer."),
        };
    }

    public async Task<RemittanceQuery> GetAsync(Guid reference, CancellationToken cancellation) =>
        await CallAsync(HttpMethod.Get, $"accounts/{reference:D}/remittances", [], cancellation) switch
        {
            SignedAnswer.Ok(var answer) => Read(answer) is { } statement && statement.Reference == reference
                ? new RemittanceQuery.Ok(statement.Remittances)
                : new RemittanceQuery.Unavailable(Unreadable),
            SignedAnswer.Refused(var error) => new RemittanceQuery.Refused(error),
            SignedAnswer.Unavailable(var reason) => new RemittanceQuery.Unavailable(reason),
            _ => throw new InvalidOperationException("No such answer."),
        };

    public bool TryReadNotification(SignedMessage message, [NotNullWhen(true)] out RemittanceNotification? notification)
    {
        notification = SignedJson.IsAuthentic(message, Account, time.GetUtcNow()) ? Read(message.Body) : null;
        return notification is not null;
    }

    async Task<SignedAnswer> CallAsync(HttpMethod method, string path, byte[] body, CancellationToken cancellation)
    {
        if (options.Value.Endpoint is null)
        {
            return new SignedAnswer.Unavailable(NotConfigured);
        }

        using var client = http.CreateClient(HttpClientName);
        var address = new Uri($"{options.Value.Endpoint!.AbsoluteUri.TrimEnd('/')}/{path}");
        return await SignedJson.CallAsync(client, Account, method, address, body, time, cancellation);
    }

    // All or nothing: half a statement would judge the second of two remittances as the first.
    static RemittanceNotification? Read(byte[] body) =>
        SignedJson.TryRead<Statement>(body) is { Remittances: { } lines } statement && lines.All(line => line is
        {
            Serial.Length: > 0 and <= 64, PayerName.Length: > 0 and <= 200, PayerAccountTail.Length: > 0 and <= 32, AmountFen: > 0,
        })
            ? new(statement.Reference, [.. lines.Select(line => new IncomingRemittance(line!.Serial!, line.PayerName!, line.PayerAccountTail!, line.AmountFen, line.ReceivedAt.ToUniversalTime()))])
            : null;

    sealed record AccountAnswer(Guid Reference, string? PayeeName, string? PayeeBank, string? PayeeAccount);

    sealed record Statement(Guid Reference, IReadOnlyList<Line?>? Remittances);

    sealed record Line(string? Serial, string? PayerName, string? PayerAccountTail, long AmountFen, DateTimeOffset ReceivedAt);
}
