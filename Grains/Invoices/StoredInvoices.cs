using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Invoices;

/// <summary>The stored state of <see cref="InvoiceBookGrain"/>.</summary>
/// <param name="WrappedKey">Of this book; titles are sealed with it. Null before the first invoice.</param>
[StateVersion(1)]
public sealed record StoredInvoices(byte[]? WrappedKey, ImmutableArray<InvoiceRecord> Invoices)
{
    public StoredInvoices() : this(null, [])
    {
    }
}

/// <param name="Lines">As they were when it was asked for.</param>
/// <param name="NextTry">When the provider is asked next; of no matter once it is over.</param>
public sealed record InvoiceRecord(
    Guid Id, Guid Operation, InvoiceState State, byte[] SealedName, byte[]? SealedTaxNumber, ImmutableArray<InvoicedOrder> Lines, DateTimeOffset CreatedAt,
    int Tries, DateTimeOffset NextTry, string? Number = null, string? PdfUrl = null, string? RejectionReason = null);

public sealed record InvoicedOrder(OrderId Order, string Subject, int AmountFen);

/// <summary>What invoices are taken back in part: a row of its own beside the book's, which a release that does not know it never looks for.</summary>
/// <param name="Letters">Oldest first; at most one for each order on an invoice.</param>
[StateVersion(1)]
public sealed record StoredRedLetters(ImmutableArray<RedLetterRecord> Letters)
{
    public StoredRedLetters() : this([])
    {
    }
}

/// <param name="Id">What the provider knows it by.</param>
/// <param name="State"><see cref="InvoiceState.Rejected"/> is not the end of it.</param>
/// <param name="NextTry">When the provider is asked next; of no matter once it is issued.</param>
public sealed record RedLetterRecord(
    Guid Id, Guid Invoice, InvoicedOrder Line, InvoiceState State, DateTimeOffset CreatedAt, int Tries, DateTimeOffset NextTry,
    string? Number = null, string? PdfUrl = null, string? RejectionReason = null);
