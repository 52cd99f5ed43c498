using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.Payments;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Applications;

/// <inheritdoc cref="IRefundGrain"/>
/// <remarks>The reminder is there before the state: a crash between leaves a reminder that finds nothing to do and ends itself.</remarks>
[GrainType("refund")]
public sealed partial class RefundGrain : Grain, IRefundGrain, IOutboxOwner, IRemindable
{
    private const string Reminder = "refund";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private readonly IPersistentState<StoredRefund> storage;
    private readonly OutboxDrain<StoredRefund> outbox;
    private readonly IEnumerable<IPaymentProvider> providers;
    private readonly TimeProvider time;
    private readonly ILogger<RefundGrain> log;

    public RefundGrain(
        [PersistentState("refund")] IPersistentState<StoredRefund> storage, OutboxDrains drains, IEnumerable<IPaymentProvider> providers, TimeProvider time, ILogger<RefundGrain> log)
    {
        (this.storage, this.providers, this.time, this.log) = (storage, providers, time, log);
        outbox = drains.Attach(this, storage);
    }

    public async Task Begin(BeginRefund command)
    {
        if (storage.State.Refund is null)
        {
            await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);
            await outbox.WriteAsync(RefundRules.Begin(storage.State, command, time.GetUtcNow()));
        }

        // The first try does not hold up the order, which waits for this answer.
        this.RegisterGrainTimer(_ => Try(), new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    public async Task Try()
    {
        if (storage.State.Refund is { PaidBackAt: null } refund && time.GetUtcNow() >= refund.NextTry)
        {
            var answer = await Ask(refund);
            if (answer is not RefundResult.Ok)
            {
                LogNotBack(refund.Begun.Order, refund.Begun.TradeId, answer);
            }

            await outbox.WriteAsync(RefundRules.Answered(storage.State, answer, time.GetUtcNow()));
        }

        if (storage.State.Refund is null or { PaidBackAt: not null } && await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Try();

    public Task DrainOutbox() => outbox.DrainAsync();

    private async Task<RefundResult> Ask(RefundRecord refund) =>
        providers.FirstOrDefault(provider => provider.Name == refund.Begun.Provider) is { Offered: true } known
            ? await known.RefundAsync(refund.Begun.TradeId, refund.Number, refund.Begun.AmountFen, refund.Begun.Reason)
            : new RefundResult.Unavailable("not configured");

    [LoggerMessage(EventId = 313, Level = LogLevel.Warning, Message = "The refund of trade {Trade} of order {Order} is not done yet: {Answer}.")]
    private partial void LogNotBack(OrderId order, string trade, RefundResult answer);
}
