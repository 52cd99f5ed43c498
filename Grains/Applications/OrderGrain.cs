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
    private readonly IReadOnlyList<IPaymentProvider> providers;
    private readonly TimeProvider time;
    private readonly ILogger<OrderGrain> log;
    private DateTimeOffset queriedAt;

    public OrderGrain(
        [PersistentState("order")] IPersistentState<StoredOrder> storage, OutboxDrains drains, IEnumerable<IPaymentProvider> providers, TimeProvider time, ILogger<OrderGrain> log)
    {
        (this.storage, this.time, this.log) = (storage, time, log);
        this.providers = [.. providers.Where(provider => provider.Offered)];
        outbox = drains.Attach(this, storage);
    }

    private OrderId Id => new(this.GetPrimaryKey());

    public async Task<Reply<Nothing>> Open(OpenOrder command) => await Decide(OrderRules.Open(storage.State, Id, command, time.GetUtcNow()));

    public async Task<Reply<OrderView>> Pay(StartPayment command)
    {
        if (OrderRules.Mine(storage.State, command.Caller) is null)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (Provider(command.Provider) is not { } provider)
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        if (storage.State.Order is { State: OrderState.Open, PayPage: { } other } && other.Provider != command.Provider)
        {
            await LeaveProvider(other.Provider);
        }

        var order = storage.State.Order!;
        if (order.State == OrderState.Paid)
        {
            return View(order);
        }

        if (order.State != OrderState.Open)
        {
            return new Refusal(RefusalCode.ApplicationStateWrong);
        }

        return order.PayPage is { } page && page.NotifyUrl == command.NotifyUrl.AbsoluteUri && !(page.GoodUntil <= time.GetUtcNow()) || await OpenPage(provider, command)
            ? View(storage.State.Order!)
            : new Refusal(RefusalCode.ProviderUnavailable);
    }

    public async Task<Reply<OrderView>> GetView(UserId caller)
    {
        if (OrderRules.Mine(storage.State, caller) is null)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await Decide((OrderRules.BeginOwedRefund(storage.State, Id), null));
        if (time.GetUtcNow() - queriedAt >= BetweenQueries)
        {
            await AskProvider();
        }

        return View(storage.State.Order!);
    }

    public async Task<Reply<Nothing>> Notify(PaymentNotice notice) => await Decide(OrderRules.Notify(storage.State, Id, notice, time.GetUtcNow()));

    public async Task Close() => await Decide((OrderRules.Close(storage.State, Id), null));

    public async Task RefundAnswered(RefundOutcome outcome)
    {
        if (outcome.ProviderCode is { } code)
        {
            LogRefundRefused(Id, outcome.TradeId, code);
        }

        await Decide((OrderRules.RefundAnswered(storage.State, Id, outcome), null));
    }

    public Task DrainOutbox() => outbox.DrainAsync();

    private IPaymentProvider? Provider(string name) => providers.FirstOrDefault(provider => provider.Name == name);

    /// <summary>A notification may be lost, or come late; the provider's answer about the same trade is as good.</summary>
    private async Task AskProvider()
    {
        if (storage.State.Order is not { State: OrderState.Open, PayPage: { } page } order || Provider(page.Provider) is not { } provider)
        {
            return;
        }

        queriedAt = time.GetUtcNow();
        if (await provider.QueryAsync(OrderRules.Number(Id, order.Attempt, page.Provider)) is PaymentQuery.Ok({ State: not PaymentState.Waiting } status))
        {
            await Notify(new PaymentNotice(
                order.Attempt, $"query/{status.TradeId}", status.TradeId, status.State == PaymentState.Paid, status.AmountFen, status.PaidAt, page.Provider));
        }
    }

    /// <summary>
    /// The user wants to pay elsewhere. What was paid meanwhile counts; otherwise the trade is closed there. A provider that does not answer does
    /// not keep him: should he pay at both, the second comes back.
    /// </summary>
    private async Task LeaveProvider(string name)
    {
        await AskProvider();
        if (storage.State.Order is not { State: OrderState.Open, PayPage: not null } order)
        {
            return;
        }

        if (Provider(name) is { } provider && await provider.CloseAsync(OrderRules.Number(Id, order.Attempt, name)) is PaymentClosing.Refused { Code: PaymentRefusal.Paid })
        {
            await AskProvider();
        }

        if (storage.State.Order is { State: OrderState.Open, PayPage: not null } still && still.Attempt == order.Attempt)
        {
            await outbox.WriteAsync(storage.State with { Order = OrderRules.NextAttempt(still) });
        }
    }

    private async Task<bool> OpenPage(IPaymentProvider provider, StartPayment command)
    {
        var order = storage.State.Order!;
        var created = await Create(order);
        if (created is PaymentCreation.Refused && order.PayPage is not null)
        {
            // The provider knows this number as paid, as closed, or with other terms. Unless it is paid it takes the order under another number.
            await AskProvider();
            order = storage.State.Order!;
            if (order.State != OrderState.Open)
            {
                return true;
            }

            if (order.PayPage is not null)
            {
                await provider.CloseAsync(OrderRules.Number(Id, order.Attempt, provider.Name));
                order = OrderRules.NextAttempt(order);
            }

            created = await Create(order);
        }

        if (created is not PaymentCreation.Ok(var url, var goodUntil))
        {
            LogNoPayPage(Id, created);
            return false;
        }

        await outbox.WriteAsync(storage.State with { Order = order with { PayPage = new PayPage(url.AbsoluteUri, command.NotifyUrl.AbsoluteUri, provider.Name, goodUntil) } });
        return true;

        Task<PaymentCreation> Create(OrderRecord attempt) => provider.CreateAsync(
            OrderRules.Number(Id, attempt.Attempt, provider.Name), attempt.AmountFen, attempt.Subject, command.NotifyUrl, command.ReturnUrl, command.PayerAddress);
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
        Id, order.Subject, order.AmountFen, order.State, order.PayPage?.Url, order.CreatedAt, order.PaidAt, [.. providers.Select(provider => provider.Name)],
        order.Application, order.TradeId is null ? null : order.Provider ?? "alipay",
        (order.Refunds ?? []).Where(refund => refund.PaidBackAt is not null).Sum(refund => refund.AmountFen), (order.Refunds ?? []).Max(refund => refund.PaidBackAt));

    [LoggerMessage(EventId = 314, Level = LogLevel.Error, Message = "The provider refuses to pay back trade {Trade} of order {Order}: {Code}. It is asked again every few hours.")]
    private partial void LogRefundRefused(OrderId order, string trade, string code);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning, Message = "The provider gives no page to pay order {Order} on: {Answer}.")]
    private partial void LogNoPayPage(OrderId order, PaymentCreation answer);
}
