using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.Payments;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Applications;

/// <inheritdoc cref="IOrderGrain"/>
[GrainType("order")]
public sealed partial class OrderGrain : Grain, IOrderGrain, IOutboxOwner
{
    /// <summary>A phone that looks again and again does not become load on the provider.</summary>
    private static readonly TimeSpan BetweenQueries = TimeSpan.FromSeconds(3);

    private readonly IPersistentState<StoredOrder> storage;
    private readonly OutboxDrain<StoredOrder> outbox;
    private readonly IPaymentProvider provider;
    private readonly TimeProvider time;
    private readonly ILogger<OrderGrain> log;
    private DateTimeOffset queriedAt;

    public OrderGrain(
        [PersistentState("order")] IPersistentState<StoredOrder> storage, OutboxDrains drains, IPaymentProvider provider, TimeProvider time, ILogger<OrderGrain> log)
    {
        (this.storage, this.provider, this.time, this.log) = (storage, provider, time, log);
        outbox = drains.Attach(this, storage);
    }

    private OrderId Id => new(this.GetPrimaryKey());

    public async Task<Reply<Nothing>> Open(OpenOrder command) => await Decide(OrderRules.Open(storage.State, Id, command, time.GetUtcNow()));

    public async Task<Reply<OrderView>> Pay(StartPayment command)
    {
        if (OrderRules.Mine(storage.State, command.Caller) is not { } order)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (order.State == OrderState.Paid)
        {
            return View(order);
        }

        if (order.State != OrderState.Open)
        {
            return new Refusal(RefusalCode.ApplicationStateWrong);
        }

        if (order.PayPage is null || order.PayPage.NotifyUrl != command.NotifyUrl.AbsoluteUri)
        {
            var created = await provider.CreateAsync(OrderRules.Number(Id, order.Attempt), order.AmountFen, order.Subject, command.NotifyUrl, command.ReturnUrl);
            if (created is not PaymentCreation.Ok(var url))
            {
                LogNoPayPage(Id, created);
                return new Refusal(RefusalCode.ProviderUnavailable);
            }

            order = order with { PayPage = new PayPage(url.AbsoluteUri, command.NotifyUrl.AbsoluteUri) };
            await outbox.WriteAsync(storage.State with { Order = order });
        }

        return View(order);
    }

    public async Task<Reply<OrderView>> GetView(UserId caller)
    {
        if (OrderRules.Mine(storage.State, caller) is null)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await AskProvider();
        return View(storage.State.Order!);
    }

    public async Task<Reply<Nothing>> Notify(PaymentNotice notice) => await Decide(OrderRules.Notify(storage.State, Id, notice, time.GetUtcNow()));

    public async Task Close() => await Decide((OrderRules.Close(storage.State, Id), null));

    public Task DrainOutbox() => outbox.DrainAsync();

    /// <summary>A notification may be lost, or come late; the provider's answer about the same trade is as good.</summary>
    private async Task AskProvider()
    {
        var now = time.GetUtcNow();
        if (storage.State.Order is not { State: OrderState.Open, PayPage: not null } order || now - queriedAt < BetweenQueries)
        {
            return;
        }

        queriedAt = now;
        if (await provider.QueryAsync(OrderRules.Number(Id, order.Attempt)) is PaymentQuery.Ok({ State: not PaymentState.Waiting } status))
        {
            await Notify(new PaymentNotice(
                order.Attempt, $"query/{status.TradeId}", status.TradeId, status.State == PaymentState.Paid, status.AmountFen, status.PaidAt));
        }
    }

    private async Task<Reply<Nothing>> Decide((StoredOrder State, Refusal? Refusal) decision)
    {
        // A refusal may have something to keep: the wrong amount.
        if (!ReferenceEquals(decision.State, storage.State))
        {
            await outbox.WriteAsync(decision.State);
        }

        return decision.Refusal is { } refusal ? refusal : default(Nothing);
    }

    private OrderView View(OrderRecord order) => new(
        Id, order.Subject, order.AmountFen, order.State, order.PayPage?.Url, order.CreatedAt, order.PaidAt);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning, Message = "The provider gives no page to pay order {Order} on: {Answer}.")]
    private partial void LogNoPayPage(OrderId order, PaymentCreation answer);
}
