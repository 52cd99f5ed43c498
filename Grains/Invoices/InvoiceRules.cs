using Bzt.Contracts.Phone;
using Bzt.Grains.Providers.Invoices;

namespace Bzt.Grains.Invoices;

/// <summary>What an invoice book decides, without clock, randomness or I/O.</summary>
public static class InvoiceRules
{
    public const int MostOrders = 50;
    public const int RejectedKept = 20;

    /// <summary>A rejected one makes its orders free again.</summary>
    public static bool IsInvoiced(StoredInvoices state, OrderId order) =>
        state.Invoices.Any(invoice => invoice.State != InvoiceState.Rejected && invoice.Lines.Any(line => line.Order == order));

    /// <summary>With the new one. Of those the issuer turned down, which say nothing any more, the newest few are kept.</summary>
    public static StoredInvoices Add(StoredInvoices state, InvoiceRecord invoice)
    {
        var dropped = state.Invoices.Where(known => known.State == InvoiceState.Rejected).SkipLast(RejectedKept - 1).Select(known => known.Id).ToHashSet();
        return state with { Invoices = state.Invoices.RemoveAll(known => dropped.Contains(known.Id)).Add(invoice) };
    }

    /// <summary>Written before the issuer is asked: only one without tries is known never to have reached it.</summary>
    public static StoredInvoices Asked(StoredInvoices state, Guid id, DateTimeOffset now)
    {
        var invoice = Find(state, id);
        return state with { Invoices = state.Invoices.Replace(invoice, invoice with { Tries = invoice.Tries + 1, NextTry = now + Wait(invoice.Tries + 1) }) };
    }

    public static StoredInvoices Answered(StoredInvoices state, Guid id, InvoiceResult answer, DateTimeOffset now)
    {
        var asked = Find(state, id);
        return state with
        {
            Invoices = state.Invoices.Replace(asked, answer switch
            {
                InvoiceResult.Issued(var number, var pdf) => asked with { State = InvoiceState.Issued, Number = number, PdfUrl = pdf.AbsoluteUri },
                InvoiceResult.Rejected(var reason) => asked with { State = InvoiceState.Rejected, RejectionReason = reason },
                _ => asked with { NextTry = now + Wait(asked.Tries) },
            }),
        };
    }

    private static InvoiceRecord Find(StoredInvoices state, Guid id) => state.Invoices.First(invoice => invoice.Id == id);

    // 1, 2, 4 … minutes, at most an hour.
    internal static TimeSpan Wait(int tries) => TimeSpan.FromMinutes(tries > 6 ? 60 : 1 << (tries - 1));
}
