namespace Bzt.Contracts.Phone;

/// <summary>An invoice over paid orders.</summary>
/// <param name="OperationId">Made by the phone; a repeat of the same id is the same invoice.</param>
/// <param name="OrderIds">1 to 50 of the caller's orders, paid and on no other invoice.</param>
/// <param name="BuyerName">抬头, 1 to 100 characters.</param>
/// <param name="BuyerTaxNumber">税号, 15 to 20 digits and capital letters; absent for a person.</param>
public sealed record InvoiceRequest(Guid OperationId, IReadOnlyList<Guid> OrderIds, string BuyerName, string? BuyerTaxNumber);

public enum InvoiceState
{
    /// <summary>Asked for.</summary>
    Submitted,
    /// <summary>Issued: number and PDF are there.</summary>
    Issued,
    /// <summary>Not issued; its orders can be put on another.</summary>
    Rejected,
}

/// <param name="Number">发票号码, once issued.</param>
/// <param name="PdfUrl">At the provider, once issued.</param>
/// <param name="RejectionReason">What the provider says is wrong.</param>
public sealed record InvoiceInfo(
    Guid InvoiceId, InvoiceState State, string BuyerName, string? BuyerTaxNumber, int AmountFen, IReadOnlyList<Guid> OrderIds,
    string? Number, string? PdfUrl, string? RejectionReason, DateTimeOffset CreatedAt)
{
    /// <summary>红字发票: what of it is taken back, one for each of its orders that was paid back.</summary>
    public IReadOnlyList<RedLetterInfo> RedLetters { get; init; } = [];
}

/// <param name="AmountFen">Taken back: what the order is on the invoice with.</param>
/// <param name="State">Of the red-letter invoice. <see cref="InvoiceState.Rejected"/>: not issued so far, our people are at it.</param>
/// <param name="Number">红字发票号码, once issued.</param>
/// <param name="PdfUrl">At the provider, once issued.</param>
/// <param name="RejectionReason">What the provider says.</param>
public sealed record RedLetterInfo(Guid OrderId, int AmountFen, InvoiceState State, string? Number, string? PdfUrl, string? RejectionReason, DateTimeOffset CreatedAt);
