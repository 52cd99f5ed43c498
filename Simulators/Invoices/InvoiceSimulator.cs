using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bzt.Simulators.Invoices;

public sealed record InvoiceLine(string Subject, long AmountFen);

/// <param name="State">PENDING, ISSUED or REJECTED.</param>
/// <param name="Token">What its PDF is fetched by.</param>
public sealed record Invoice(
    Guid Reference, string BuyerName, string? BuyerTaxNumber, long TotalFen, ImmutableArray<InvoiceLine> Lines, string State, string? Number, string Token, string? Reason, DateTimeOffset AskedAt);

/// <summary>An issuer of electronic invoices. One is taken first and issued when it is asked about again, unless its operator rejects it.</summary>
sealed class InvoiceSimulator(SimulatorState state, TimeProvider time)
{
    /// <summary>Null when the reference stands for other data.</summary>
    public Invoice? Ask(Guid reference, string buyerName, string? taxNumber, long totalFen, IReadOnlyList<InvoiceLine> lines, string? rejection) => state.Change(world =>
    {
        var now = time.GetUtcNow();
        if (!world.Invoices.TryGetValue(reference, out var known))
        {
            var taken = new Invoice(reference, buyerName, taxNumber, totalFen, [.. lines], "PENDING", null, RandomNumberGenerator.GetHexString(32, lowercase: true), null, now);
            return world.Invoices[reference] = rejection is null ? taken : taken with { State = "REJECTED", Reason = rejection };
        }

        if (known.BuyerName != buyerName || known.BuyerTaxNumber != taxNumber || known.TotalFen != totalFen || !known.Lines.SequenceEqual(lines))
        {
            return null;
        }

        return world.Invoices[reference] = known.State != "PENDING" ? known
            : rejection is not null ? known with { State = "REJECTED", Reason = rejection }
            : known with { State = "ISSUED", Number = $"{BeijingTime.Of(now):yy}{RandomNumberGenerator.GetString(SimulatorKeys.Digits, 18)}" };
    });

    public Invoice? FindByToken(string token) => state.Read(world => world.Invoices.Values.FirstOrDefault(invoice => invoice.Token == token && invoice.State == "ISSUED"));

    public IReadOnlyList<Invoice> Newest(int count) => state.Read<IReadOnlyList<Invoice>>(world => [.. world.Invoices.Values.OrderByDescending(invoice => invoice.AskedAt).Take(count)]);

    /// <summary>A page with number and amount; the names are left out, for they need a Chinese font.</summary>
    public static byte[] Pdf(Invoice invoice)
    {
        var text = $"BT /F1 14 Tf 60 760 Td (SIMULATED INVOICE, NOT VALID) Tj 0 -30 Td (No. {invoice.Number}) Tj 0 -30 Td (Total CNY {Yuan.Text(invoice.TotalFen)}) Tj ET";
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            $"<< /Length {text.Length} >>\nstream\n{text}\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ];
        var pdf = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        for (var i = 0; i < objects.Length; i++)
        {
            offsets.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        var table = pdf.Length;
        pdf.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
        {
            pdf.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
        }

        pdf.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }
}

/// <summary>The neutral invoice interface of docs/providers.md.</summary>
static class InvoiceEndpoints
{
    public static void MapInvoices(this WebApplication app)
    {
        app.MapPost("/invoice/v1/invoices", IssueAsync);
        app.MapGet("/invoice/pdf/{token}", (string token, InvoiceSimulator simulator) =>
            simulator.FindByToken(token) is { } invoice ? Results.Bytes(InvoiceSimulator.Pdf(invoice), "application/pdf") : Results.NotFound());
    }

    static async Task<IResult> IssueAsync(HttpContext context, InvoiceSimulator simulator, SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
    {
        var (body, error) = await SignedJson.ReadAsync(context.Request, keys.Invoice, state, time.GetUtcNow());
        if (error is not null)
        {
            return SignedJson.Unauthorised(error);
        }

        if (SignedJson.Read<Request>(body) is not { BuyerName: { Length: > 0 and <= 200 } name, Lines: { Count: > 0 } lines } request || request.Reference == Guid.Empty
            || lines.Any(line => line is not { Subject.Length: > 0, AmountFen: > 0 }) || lines.Sum(line => line.AmountFen) != request.TotalFen)
        {
            return SignedJson.Error("BAD_REQUEST", StatusCodes.Status400BadRequest);
        }

        var steer = await steering.NextAsync("invoice", context.RequestAborted);
        switch (steer)
        {
            case { Kind: Disturbance.Fail, Code: not "REJECTED" }:
                return SignedJson.Error(steer.Code ?? "SYSTEM_BUSY", StatusCodes.Status503ServiceUnavailable);
            case { Kind: Disturbance.Garbage }:
                return Results.Text("{\"reference\":", "application/json");
        }

        var invoice = simulator.Ask(request.Reference, name, request.BuyerTaxNumber, request.TotalFen, lines, steer is { Kind: Disturbance.Fail } ? "抬头与税号不符" : null);
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return invoice is null
            ? SignedJson.Error("REFERENCE_CONFLICT", StatusCodes.Status409Conflict)
            : steer.Shape(SignedJson.Answer(
                context,
                new
                {
                    reference = invoice.Reference,
                    state = invoice.State,
                    invoiceNumber = invoice.Number,
                    pdfUrl = invoice.Number is null ? null : $"{context.Request.Scheme}://{context.Request.Host}/invoice/pdf/{invoice.Token}",
                    reason = invoice.Reason,
                },
                keys.Invoice, time.GetUtcNow()));
    }

    sealed record Request(Guid Reference, string? BuyerName, string? BuyerTaxNumber, long TotalFen, IReadOnlyList<InvoiceLine>? Lines);
}
