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

/// <summary>红字发票: takes one line of an issued invoice back.</summary>
/// <param name="State">PENDING, ISSUED or REJECTED; a rejected one is issued when it is asked for again: its operator has settled it.</param>
/// <param name="Token">What its PDF is fetched by.</param>
public sealed record RedLetter(Guid Reference, Guid Invoice, InvoiceLine Line, string State, string? Number, string Token, string? Reason, DateTimeOffset AskedAt);

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
            : known with { State = "ISSUED", Number = NewNumber(now) };
    });

    /// <summary>Null when there is no such invoice or line, the line is taken back under another reference, or this one stands for other data.</summary>
    public RedLetter? TakeBack(Guid reference, Guid invoice, string invoiceNumber, InvoiceLine line, string? rejection) => state.Change(world =>
    {
        var now = time.GetUtcNow();
        if (world.Invoices.GetValueOrDefault(invoice) is not { State: "ISSUED" } issued || issued.Number != invoiceNumber || !issued.Lines.Contains(line))
        {
            return null;
        }

        if (!world.RedLetters.TryGetValue(reference, out var known))
        {
            // Never more than is on the invoice.
            return world.RedLetters.Values.Count(other => other.Invoice == invoice && other.Line == line) >= issued.Lines.Count(other => other == line) ? null
                : world.RedLetters[reference] = new RedLetter(
                    reference, invoice, line, rejection is null ? "PENDING" : "REJECTED", null, RandomNumberGenerator.GetHexString(32, lowercase: true), rejection, now);
        }

        return known.Invoice != invoice || known.Line != line ? null
            : world.RedLetters[reference] = known.State == "ISSUED" ? known
            : rejection is not null ? known with { State = "REJECTED", Reason = rejection }
            : known with { State = "ISSUED", Reason = null, Number = NewNumber(now) };
    });

    public byte[]? FindPdf(string token) => state.Read(world =>
        world.Invoices.Values.FirstOrDefault(invoice => invoice.Token == token && invoice.State == "ISSUED") is { } invoice ? Pdf("INVOICE", invoice.Number, Yuan.Text(invoice.TotalFen))
        : world.RedLetters.Values.FirstOrDefault(letter => letter.Token == token && letter.State == "ISSUED") is { } letter ? Pdf("RED-LETTER INVOICE", letter.Number, $"-{Yuan.Text(letter.Line.AmountFen)}")
        : null);

    public IReadOnlyList<RedLetter> RedLettersOf(Guid invoice) => state.Read<IReadOnlyList<RedLetter>>(world => [.. world.RedLetters.Values.Where(letter => letter.Invoice == invoice).OrderBy(letter => letter.AskedAt)]);

    static string NewNumber(DateTimeOffset now) => $"{BeijingTime.Of(now):yy}{RandomNumberGenerator.GetString(SimulatorKeys.Digits, 18)}";

    public IReadOnlyList<Invoice> Newest(int count) => state.Read<IReadOnlyList<Invoice>>(world => [.. world.Invoices.Values.OrderByDescending(invoice => invoice.AskedAt).Take(count)]);

    /// <summary>A page with number and amount; the names are left out, for they need a Chinese font.</summary>
    static byte[] Pdf(string title, string? number, string total)
    {
        var text = $"BT /F1 14 Tf 60 760 Td (SIMULATED {title}, NOT VALID) Tj 0 -30 Td (No. {number}) Tj 0 -30 Td (Total CNY {total}) Tj ET";
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
        app.MapPost("/invoice/v1/invoices/red-letters", TakeBackAsync);
        app.MapGet("/invoice/pdf/{token}", (string token, InvoiceSimulator simulator) =>
            simulator.FindPdf(token) is { } pdf ? Results.Bytes(pdf, "application/pdf") : Results.NotFound());
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

        return await AnswerAsync(context, steering, keys, time, rejected =>
            simulator.Ask(request.Reference, name, request.BuyerTaxNumber, request.TotalFen, lines, rejected ? "抬头与税号不符" : null) is { } invoice
                ? new Standing(invoice.Reference, invoice.State, invoice.Number, invoice.Token, invoice.Reason)
                : null);
    }

    static async Task<IResult> TakeBackAsync(HttpContext context, InvoiceSimulator simulator, SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
    {
        var (body, error) = await SignedJson.ReadAsync(context.Request, keys.Invoice, state, time.GetUtcNow());
        if (error is not null)
        {
            return SignedJson.Unauthorised(error);
        }

        if (SignedJson.Read<RedLetterRequest>(body) is not { InvoiceNumber: { Length: > 0 and <= 64 } number, Line: { Subject.Length: > 0, AmountFen: > 0 } line } request || request.Reference == Guid.Empty)
        {
            return SignedJson.Error("BAD_REQUEST", StatusCodes.Status400BadRequest);
        }

        return await AnswerAsync(context, steering, keys, time, rejected =>
            simulator.TakeBack(request.Reference, request.InvoiceReference, number, line, rejected ? "购买方尚未确认红字信息" : null) is { } letter
                ? new Standing(letter.Reference, letter.State, letter.Number, letter.Token, letter.Reason)
                : null);
    }

    /// <param name="ask">With whether its operator rejects it; null answered is a conflict.</param>
    static async Task<IResult> AnswerAsync(HttpContext context, Steering steering, SimulatorKeys keys, TimeProvider time, Func<bool, Standing?> ask)
    {
        var steer = await steering.NextAsync("invoice", context.RequestAborted);
        switch (steer)
        {
            case { Kind: Disturbance.Fail, Code: not "REJECTED" }:
                return SignedJson.Error(steer.Code ?? "SYSTEM_BUSY", StatusCodes.Status503ServiceUnavailable);
            case { Kind: Disturbance.Garbage }:
                return Results.Text("{\"reference\":", "application/json");
        }

        var standing = ask(steer is { Kind: Disturbance.Fail });
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return standing is null
            ? SignedJson.Error("REFERENCE_CONFLICT", StatusCodes.Status409Conflict)
            : steer.Shape(SignedJson.Answer(
                context,
                new
                {
                    reference = standing.Reference,
                    state = standing.State,
                    invoiceNumber = standing.Number,
                    pdfUrl = standing.Number is null ? null : $"{context.Request.Scheme}://{context.Request.Host}/invoice/pdf/{standing.Token}",
                    reason = standing.Reason,
                },
                keys.Invoice, time.GetUtcNow()));
    }

    sealed record Standing(Guid Reference, string State, string? Number, string Token, string? Reason);

    sealed record RedLetterRequest(Guid Reference, Guid InvoiceReference, string? InvoiceNumber, InvoiceLine? Line);

    sealed record Request(Guid Reference, string? BuyerName, string? BuyerTaxNumber, long TotalFen, IReadOnlyList<InvoiceLine>? Lines);
}
