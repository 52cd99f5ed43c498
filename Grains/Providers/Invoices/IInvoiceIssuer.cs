namespace Bzt.Grains.Providers.Invoices;

/// <summary>开票: electronic invoices for what was paid.</summary>
public interface IInvoiceIssuer
{
    /// <summary>
    /// Asks for an invoice. Asked again under the same reference it is the same invoice and tells how far it is: ask until it is
    /// <see cref="InvoiceResult.Issued"/> or <see cref="InvoiceResult.Rejected"/>.
    /// </summary>
    Task<InvoiceResult> IssueAsync(InvoiceOrder order, CancellationToken cancellation = default);

    /// <summary>
    /// 冲红: asks for a red-letter invoice that takes back a part of an issued one. Asked again under the same reference it is the same one and tells
    /// how far it is. <see cref="InvoiceResult.Rejected"/> is not for ever: the issuer's people and the buyer may settle what is in its way.
    /// </summary>
    Task<InvoiceResult> TakeBackAsync(RedLetterOrder order, CancellationToken cancellation = default);
}

/// <param name="Reference">Ours.</param>
/// <param name="BuyerName">抬头.</param>
/// <param name="BuyerTaxNumber">税号; null for a person.</param>
/// <param name="Lines">One for each order.</param>
public sealed record InvoiceOrder(Guid Reference, string BuyerName, string? BuyerTaxNumber, IReadOnlyList<InvoiceLine> Lines)
{
    /// <summary>No name: orders reach logs.</summary>
    public override string ToString() => $"InvoiceOrder {Reference:D}";
}

/// <param name="Reference">Ours, of the red-letter invoice.</param>
/// <param name="InvoiceReference">Ours, of the invoice.</param>
/// <param name="InvoiceNumber">Its 发票号码.</param>
/// <param name="Line">The invoice's, of the order that was paid back.</param>
public sealed record RedLetterOrder(Guid Reference, Guid InvoiceReference, string InvoiceNumber, InvoiceLine Line);

/// <param name="Subject">What was paid for.</param>
/// <param name="AmountFen">With tax.</param>
public sealed record InvoiceLine(string Subject, long AmountFen);

public abstract record InvoiceResult
{
    private InvoiceResult() { }

    /// <param name="Number">发票号码.</param>
    /// <param name="Pdf">Where its PDF is.</param>
    public sealed record Issued(string Number, Uri Pdf) : InvoiceResult;

    /// <summary>Taken, and not issued yet.</summary>
    public sealed record Processing : InvoiceResult;

    /// <summary>It will not be issued: the title or the tax number is wrong.</summary>
    /// <param name="Reason">What the user reads.</param>
    public sealed record Rejected(string Reason) : InvoiceResult;

    /// <summary>No answer, none that could be understood, or one about our account. Ask again.</summary>
    public sealed record Unavailable(string Reason) : InvoiceResult;
}
