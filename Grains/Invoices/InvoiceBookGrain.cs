using Bzt.Contracts.Phone;
using Bzt.Grains.Applications;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.Invoices;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Invoices;

/// <inheritdoc cref="IInvoiceBookGrain"/>
/// <remarks>The reminder is there before the invoice: a crash between leaves one that finds nothing to do and ends itself.</remarks>
[GrainType("invoice-book")]
public sealed partial class InvoiceBookGrain(
    [PersistentState("invoice-book")] IPersistentState<StoredInvoices> storage, [PersistentState("invoice-red-letters")] IPersistentState<StoredRedLetters> letters,
    IInvoiceIssuer issuer, PersonalData personalData, TimeProvider time, ILogger<InvoiceBookGrain> log)
    : Grain, IInvoiceBookGrain, IRemindable
{
    private const string Reminder = "invoices";
    private const string NameField = "invoice-title";
    private const string TaxNumberField = "invoice-tax-number";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private UserId User => new(this.GetPrimaryKey());

    private string Person => $"invoices/{User}";

    public async Task<Reply<InvoiceView>> Submit(SubmitInvoice command)
    {
        // 1. Asked before?
        if (storage.State.Invoices.FirstOrDefault(invoice => invoice.Operation == command.Operation) is { } known)
        {
            var view = View(known);
            return view.BuyerName == command.BuyerName && view.BuyerTaxNumber == command.BuyerTaxNumber && view.Orders.SequenceEqual(command.Orders)
                ? view
                : new Refusal(RefusalCode.IdempotencyConflict);
        }

        // 2. Orders of this user, paid, and on no other invoice.
        if (command.Orders.Count is < 1 or > InvoiceRules.MostOrders || command.Orders.Distinct().Count() != command.Orders.Count)
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        var lines = new List<InvoicedOrder>();
        foreach (var order in command.Orders)
        {
            if (await GrainFactory.Order(order).GetView(User) is not Done<OrderView>(var view))
            {
                return new Refusal(RefusalCode.NotFound);
            }

            if (view.State != OrderState.Paid)
            {
                return new Refusal(RefusalCode.OrderNotPaid);
            }

            lines.Add(new InvoicedOrder(order, view.Subject, view.AmountFen));
        }

        if (command.Orders.Any(order => InvoiceRules.IsInvoiced(storage.State, order)))
        {
            return new Refusal(RefusalCode.OrderInvoiced);
        }

        // 3. One write; the provider is asked after it.
        await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);
        var now = time.GetUtcNow();
        var key = storage.State.WrappedKey ?? personalData.NewKey(Person);
        var invoice = new InvoiceRecord(
            Guid.CreateVersion7(now), command.Operation, InvoiceState.Submitted, personalData.Seal(Person, key, NameField, command.BuyerName),
            command.BuyerTaxNumber is { } number ? personalData.Seal(Person, key, TaxNumberField, number) : null, [.. lines], now, 0, now);
        await storage.WriteAsync(this, InvoiceRules.Add(storage.State, invoice) with { WrappedKey = key });
        this.RegisterGrainTimer(_ => Try(), new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        return View(invoice);
    }

    public Task<IReadOnlyList<InvoiceView>> List() => Task.FromResult<IReadOnlyList<InvoiceView>>([.. storage.State.Invoices.Reverse().Select(View)]);

    public async Task Try()
    {
        foreach (var invoice in storage.State.Invoices.Where(invoice => invoice.State == InvoiceState.Submitted && invoice.NextTry <= time.GetUtcNow()))
        {
            var answer = invoice.Tries == 0 && !await ArePaid(invoice) ? new InvoiceResult.Rejected("订单已退款，不能开具发票") : await Ask(invoice);
            if (answer is InvoiceResult.Unavailable)
            {
                LogUnavailable(invoice.Id, answer);
            }

            await storage.WriteAsync(this, InvoiceRules.Answered(storage.State, invoice.Id, answer, time.GetUtcNow()));
        }

        await TakeBack();
        if (storage.State.Invoices.All(invoice => invoice.State != InvoiceState.Submitted) && letters.State.Letters.All(RedLetterRules.IsOver) && await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Try();

    private async Task<InvoiceResult> Ask(InvoiceRecord invoice)
    {
        await storage.WriteAsync(this, InvoiceRules.Asked(storage.State, invoice.Id, time.GetUtcNow()));
        var view = View(invoice);
        return await issuer.IssueAsync(new InvoiceOrder(
            invoice.Id, view.BuyerName, view.BuyerTaxNumber, [.. invoice.Lines.Select(line => new InvoiceLine(line.Subject, line.AmountFen))]));
    }

    /// <summary>As of now: an order may have been paid back since the invoice was asked for. Once the provider was asked a red-letter invoice follows.</summary>
    private async Task<bool> ArePaid(InvoiceRecord invoice)
    {
        var orders = await Task.WhenAll(invoice.Lines.Select(line => GrainFactory.Order(line.Order).GetView(User)));
        return orders.All(order => order is Done<OrderView>({ State: OrderState.Paid }));
    }

    private InvoiceView View(InvoiceRecord invoice) => new(
        invoice.Id, invoice.State, personalData.Open(Person, storage.State.WrappedKey!, NameField, invoice.SealedName),
        invoice.SealedTaxNumber is { } number ? personalData.Open(Person, storage.State.WrappedKey!, TaxNumberField, number) : null,
        invoice.Lines.Sum(line => line.AmountFen), [.. invoice.Lines.Select(line => line.Order)], invoice.Number, invoice.PdfUrl, invoice.RejectionReason, invoice.CreatedAt)
    {
        RedLetters = RedLetters(invoice),
    };

    [LoggerMessage(EventId = 345, Level = LogLevel.Warning, Message = "Invoice {Invoice} is not issued yet: {Answer}.")]
    private partial void LogUnavailable(Guid invoice, InvoiceResult answer);
}
