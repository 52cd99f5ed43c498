using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Invoices;

/// <summary>The neutral invoice interface of <c>docs/providers.md</c>.</summary>
sealed class HmacInvoiceIssuer(IHttpClientFactory http, IOptions<InvoiceOptions> options, TimeProvider time) : IInvoiceIssuer
{
    public const string HttpClientName = "invoice";

    public Task<InvoiceResult> IssueAsync(InvoiceOrder order, CancellationToken cancellation) => AskAsync(
        order.Reference, "",
        new
        {
            order.Reference,
            order.BuyerName,
            order.BuyerTaxNumber,
            TotalFen = order.Lines.Sum(line => line.AmountFen),
            order.Lines,
        }, cancellation);

    public Task<InvoiceResult> TakeBackAsync(RedLetterOrder order, CancellationToken cancellation) => AskAsync(order.Reference, "/red-letters", order, cancellation);

    async Task<InvoiceResult> AskAsync<T>(Guid reference, string path, T body, CancellationToken cancellation)
    {
        var settings = options.Value;
        if (settings.Endpoint is null)
        {
            return new InvoiceResult.Unavailable("not configured");
        }

        using var client = http.CreateClient(HttpClientName);
        var (address, content) = (new Uri(settings.Endpoint.AbsoluteUri.TrimEnd('/') + path), JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web));
        return await SignedJson.CallAsync(client, new(settings.AppId, settings.Secret, settings.Timeout), HttpMethod.Post, path.Length == 0 ? settings.Endpoint : address, content, time, cancellation) switch
        {
            SignedAnswer.Ok(var answer) => Read(SignedJson.TryRead<Answer>(answer), reference),
            SignedAnswer.Refused(var error) => new InvoiceResult.Unavailable(error),
            SignedAnswer.Unavailable(var reason) => new InvoiceResult.Unavailable(reason),
            _ => throw new InvalidOperationException("No such answer."),
        };
    }

    static InvoiceResult Read(Answer? answer, Guid reference) => answer switch
    {
        { State: "ISSUED", InvoiceNumber: { Length: > 0 and <= 64 } number, PdfUrl: { } url } when answer.Reference == reference && Uri.TryCreate(url, UriKind.Absolute, out var pdf) && ProviderEndpoint.IsSafe(pdf)
            => new InvoiceResult.Issued(number, pdf),
        { State: "PENDING" } when answer.Reference == reference => new InvoiceResult.Processing(),
        { State: "REJECTED", Reason: { Length: > 0 and <= 200 } reason } when answer.Reference == reference => new InvoiceResult.Rejected(reason),
        _ => new InvoiceResult.Unavailable("unreadable answer"),
    };

    sealed record Answer(Guid Reference, string? State, string? InvoiceNumber, string? PdfUrl, string? Reason);
}
