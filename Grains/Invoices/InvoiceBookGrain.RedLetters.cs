using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.Invoices;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Invoices;

// 冲红: what was invoiced and then paid back.
public sealed partial class InvoiceBookGrain
{
    public async Task OrderRefunded(OrderId order)
    {
        var now = time.GetUtcNow();
        var next = RedLetterRules.Refunded(letters.State, storage.State, order, Guid.CreateVersion7(now), now);
        if (ReferenceEquals(next, letters.State))
        {
            return;
        }

        // The first try does not hold up the order, which waits for this answer.
        await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);
        await letters.WriteAsync(this, next);
        this.RegisterGrainTimer(_ => Try(), new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    private async Task TakeBack()
    {
        if (RedLetterRules.WithoutRejected(letters.State, storage.State) is var left && !ReferenceEquals(left, letters.State))
        {
            await letters.WriteAsync(this, left);
        }

        foreach (var letter in letters.State.Letters.Where(letter => !RedLetterRules.IsOver(letter) && letter.NextTry <= time.GetUtcNow()))
        {
            // One whose invoice is not issued yet waits for it.
            if (RedLetterRules.Issued(storage.State, letter) is not { } invoice)
            {
                continue;
            }

            var answer = await issuer.TakeBackAsync(new RedLetterOrder(letter.Id, invoice.Id, invoice.Number!, new InvoiceLine(letter.Line.Subject, letter.Line.AmountFen)));
            switch (answer)
            {
                case InvoiceResult.Unavailable:
                    LogNotTakenBack(letter.Id, invoice.Id, answer);
                    break;
                case InvoiceResult.Rejected:
                    LogTakingBackRefused(letter.Id, invoice.Id, answer);
                    break;
            }

            await letters.WriteAsync(this, RedLetterRules.Answered(letters.State, letter.Id, answer, time.GetUtcNow()));
        }
    }

    private IReadOnlyList<RedLetterView> RedLetters(InvoiceRecord invoice) =>
    [
        .. letters.State.Letters.Where(letter => letter.Invoice == invoice.Id).Select(letter => new RedLetterView(
            letter.Line.Order, letter.Line.AmountFen, letter.State, letter.Number, letter.PdfUrl, letter.RejectionReason, letter.CreatedAt)),
    ];

    [LoggerMessage(EventId = 347, Level = LogLevel.Warning, Message = "Red-letter invoice {Letter} for invoice {Invoice} is not issued yet: {Answer}.")]
    private partial void LogNotTakenBack(Guid letter, Guid invoice, InvoiceResult answer);

    [LoggerMessage(EventId = 348, Level = LogLevel.Error, Message = "The issuer refuses red-letter invoice {Letter} for invoice {Invoice}: {Answer}. It is asked again every few hours.")]
    private partial void LogTakingBackRefused(Guid letter, Guid invoice, InvoiceResult answer);
}
