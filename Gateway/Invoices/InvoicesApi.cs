using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Invoices;
using Bzt.Protocol.Forms;

namespace Bzt.Gateway.Invoices;

/// <summary>开票 (M074): tick orders, fill in the title, see how far it is.</summary>
internal static partial class InvoicesApi
{
    private const int MaxName = 100;
    private const int MaxOrders = 50;

    public static void MapInvoices(this RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.Invoices, SubmitAsync).WithName("requestInvoice").WithSummary("Asks for an invoice over paid orders").Produces<InvoiceInfo>();
        phones.MapGet(Routes.Phone.Invoices, ListAsync).WithName("listInvoices").WithSummary("The caller's invoices").Produces<IReadOnlyList<InvoiceInfo>>();
    }

    private static async Task<IResult> SubmitAsync(InvoiceRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.BuyerName.Trim() is not { Length: > 0 and <= MaxName } name || !VisibleText.Is(name))
        {
            return Invalid.Member("buyerName");
        }

        if (request.BuyerTaxNumber is { } number && !TaxNumber().IsMatch(number))
        {
            return Invalid.Member("buyerTaxNumber");
        }

        if (request.OrderIds.Count is < 1 or > MaxOrders)
        {
            return Invalid.Member("orderIds");
        }

        return (await grains.InvoiceBook(caller.UserId).Submit(new SubmitInvoice(request.OperationId, [.. request.OrderIds.Select(id => new OrderId(id))], name, request.BuyerTaxNumber)))
            .ToHttp(view => Results.Json(ToContract(view), BztJson.Default.InvoiceInfo));
    }

    private static async Task<IResult> ListAsync(Caller caller, IGrainFactory grains) =>
        Results.Json<IReadOnlyList<InvoiceInfo>>([.. (await grains.InvoiceBook(caller.UserId).List()).Select(ToContract)], BztJson.Default.IReadOnlyListInvoiceInfo);

    private static InvoiceInfo ToContract(InvoiceView view) => new(
        view.Id, view.State, view.BuyerName, view.BuyerTaxNumber, view.AmountFen, [.. view.Orders.Select(order => order.Value)], view.Number, view.PdfUrl, view.RejectionReason, view.CreatedAt)
    {
        RedLetters = [.. view.RedLetters.Select(letter => new RedLetterInfo(
            letter.Order.Value, letter.AmountFen, letter.State, letter.Number, letter.PdfUrl, letter.RejectionReason, letter.CreatedAt))],
    };

    // Eighteen characters of a unified social credit code, or fifteen to twenty of the tax numbers before it.
    [GeneratedRegex("^[0-9A-Z]{15,20}$")]
    private static partial Regex TaxNumber();
}
