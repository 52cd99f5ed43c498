using Bzt.Contracts.Phone;

namespace Bzt.Grains.Invoices;

/// <summary>A user's invoices (开票). The one place that says which of his orders are on one, so none is on two.</summary>
[Alias("bzt.IInvoiceBook")]
public interface IInvoiceBookGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Asks for an invoice over paid orders of this user. The same command again gets the invoice as it stands.
    /// <see cref="RefusalCode.OrderNotPaid"/>, <see cref="RefusalCode.OrderInvoiced"/>; <see cref="RefusalCode.NotFound"/> for another's order.
    /// </summary>
    [Alias("submit")]
    Task<Reply<InvoiceView>> Submit(SubmitInvoice command);

    /// <summary>All of them, newest first.</summary>
    [Alias("list")]
    Task<IReadOnlyList<InvoiceView>> List();

    /// <summary>
    /// From the order: it is paid back. What an invoice says of it is taken back by a red-letter invoice (红字发票), asked for until it is issued;
    /// an order on no invoice is none of the book's. A repeat changes nothing.
    /// </summary>
    [Alias("order-refunded")]
    Task OrderRefunded(OrderId order);

    /// <summary>Asks the provider about those that are due.</summary>
    [Alias("try")]
    Task Try();
}

/// <param name="Operation">Made by the phone; a repeat of the same id is the same invoice.</param>
/// <param name="Orders">1 to 50, each once.</param>
/// <param name="BuyerName">抬头.</param>
/// <param name="BuyerTaxNumber">Null for a person.</param>
[GenerateSerializer, Immutable, Alias("bzt.SubmitInvoice")]
public sealed record SubmitInvoice(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] IReadOnlyList<OrderId> Orders,
    [property: Id(2)] string BuyerName,
    [property: Id(3)] string? BuyerTaxNumber)
{
    /// <summary>No name, no number: commands reach logs and exception texts.</summary>
    public override string ToString() => $"SubmitInvoice {Operation:D}";
}

[GenerateSerializer, Immutable, Alias("bzt.InvoiceView")]
public sealed record InvoiceView(
    [property: Id(0)] Guid Id,
    [property: Id(1)] InvoiceState State,
    [property: Id(2)] string BuyerName,
    [property: Id(3)] string? BuyerTaxNumber,
    [property: Id(4)] int AmountFen,
    [property: Id(5)] IReadOnlyList<OrderId> Orders,
    [property: Id(6)] string? Number,
    [property: Id(7)] string? PdfUrl,
    [property: Id(8)] string? RejectionReason,
    [property: Id(9)] DateTimeOffset CreatedAt)
{
    /// <summary>Oldest first.</summary>
    [Id(10)]
    public IReadOnlyList<RedLetterView> RedLetters { get; init; } = [];

    public override string ToString() => $"InvoiceView {Id:D}";
}

/// <param name="AmountFen">Taken back.</param>
/// <param name="State"><see cref="InvoiceState.Rejected"/> for now: it is asked for again.</param>
[GenerateSerializer, Immutable, Alias("bzt.RedLetterView")]
public sealed record RedLetterView(
    [property: Id(0)] OrderId Order,
    [property: Id(1)] int AmountFen,
    [property: Id(2)] InvoiceState State,
    [property: Id(3)] string? Number,
    [property: Id(4)] string? PdfUrl,
    [property: Id(5)] string? RejectionReason,
    [property: Id(6)] DateTimeOffset CreatedAt);
