using Bzt.Grains.Providers.Payments;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Bzt.Grains.Applications;

/// <inheritdoc cref="IPaymentDeskGrain"/>
[GrainType("payment-desk"), StatelessWorker]
public sealed partial class PaymentDeskGrain(IEnumerable<IPaymentProvider> providers, ILogger<PaymentDeskGrain> log) : Grain, IPaymentDeskGrain
{
    public async Task<Reply<string>> Receive(string provider, IReadOnlyDictionary<string, string> form)
    {
        // 1. Is it the provider's word, and meant for us?
        if (providers.FirstOrDefault(candidate => candidate.Name == provider) is not { } known || !known.TryReadNotification(form, out var notification))
        {
            LogForged(provider);
            return new Refusal(RefusalCode.Forbidden);
        }

        // 2. About one of our orders?
        var status = notification.Status;
        if (!OrderRules.TryParseNumber(status.OrderId, out var order, out var attempt))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        // 3. Nothing happened yet: that is not worth a write.
        if (status.State == PaymentState.Waiting)
        {
            return known.NotificationReceived;
        }

        // 4. The order decides; only what it stored is acknowledged.
        var notice = new PaymentNotice(
            attempt, notification.NotificationId, status.TradeId, status.State == PaymentState.Paid, status.AmountFen, status.PaidAt, known.Name);
        switch (await GrainFactory.Order(order).Notify(notice))
        {
            case Refused<Nothing>(var refusal):
                LogRefused(order, refusal.Code);
                return refusal;
            default:
                return known.NotificationReceived;
        }
    }

    [LoggerMessage(EventId = 310, Level = LogLevel.Warning, Message = "A payment notification for {Provider} is not the provider's or not for us.")]
    private partial void LogForged(string provider);

    [LoggerMessage(EventId = 311, Level = LogLevel.Warning, Message = "A payment notification for order {Order} was refused: {Code}.")]
    private partial void LogRefused(OrderId order, RefusalCode code);
}
