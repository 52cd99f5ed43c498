using Bzt.Contracts.Phone;
using Bzt.Grains.Providers.Invoices;

namespace Bzt.Grains.Invoices;

/// <summary>What an invoice book decides about what is taken back, without clock, randomness or I/O.</summary>
public static class RedLetterRules
{
    /// <summary>An issuer that refuses wants an operator, who takes his time: the buyer has to agree, the month is closed.</summary>
    private static readonly TimeSpan AfterRejection = TimeSpan.FromHours(6);

    /// <summary>The order was paid back. Unchanged when no invoice says anything of it, or that is taken back already.</summary>
    public static StoredRedLetters Refunded(StoredRedLetters state, StoredInvoices book, OrderId order, Guid id, DateTimeOffset now)
    {
        var invoice = book.Invoices.FirstOrDefault(invoice => invoice.State != InvoiceState.Rejected && invoice.Lines.Any(line => line.Order == order));
        return invoice is null || state.Letters.Any(letter => letter.Line.Order == order)
            ? state
            : new StoredRedLetters(state.Letters.Add(new RedLetterRecord(id, invoice.Id, invoice.Lines.First(line => line.Order == order), InvoiceState.Submitted, now, 0, now)));
    }

    public static bool IsOver(RedLetterRecord letter) => letter.State == InvoiceState.Issued;

    /// <summary>Of an invoice that was not issued after all there is nothing to take back.</summary>
    public static StoredRedLetters WithoutRejected(StoredRedLetters state, StoredInvoices book)
    {
        var left = state.Letters.RemoveAll(letter => Invoice(book, letter) is not { State: not InvoiceState.Rejected });
        return left.Length == state.Letters.Length ? state : new StoredRedLetters(left);
    }

    /// <summary>Null while it is not issued.</summary>
    public static InvoiceRecord? Issued(StoredInvoices book, RedLetterRecord letter) => Invoice(book, letter) is { State: InvoiceState.Issued } issued ? issued : null;

    public static StoredRedLetters Answered(StoredRedLetters state, Guid id, InvoiceResult answer, DateTimeOffset now)
    {
        var asked = state.Letters.First(letter => letter.Id == id);
        var next = asked with { Tries = asked.Tries + 1 };
        next = answer switch
        {
            InvoiceResult.Issued(var number, var pdf) => next with { State = InvoiceState.Issued, Number = number, PdfUrl = pdf.AbsoluteUri, RejectionReason = null },
            InvoiceResult.Rejected(var reason) => next with { State = InvoiceState.Rejected, RejectionReason = reason, NextTry = now + AfterRejection },
            _ => next with { NextTry = now + InvoiceRules.Wait(next.Tries) },
        };
        return new StoredRedLetters(state.Letters.Replace(asked, next));
    }

    private static InvoiceRecord? Invoice(StoredInvoices book, RedLetterRecord letter) => book.Invoices.FirstOrDefault(invoice => invoice.Id == letter.Invoice);
}
