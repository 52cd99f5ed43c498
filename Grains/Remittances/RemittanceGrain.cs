using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.Remittances;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Remittances;

/// <inheritdoc cref="IRemittanceGrain"/>
[GrainType("remittance")]
public sealed partial class RemittanceGrain : Grain, IRemittanceGrain, IOutboxOwner
{
    /// <summary>A phone that looks again and again does not become load on the bank.</summary>
    private static readonly TimeSpan BetweenQueries = TimeSpan.FromSeconds(3);

    /// <summary>How long after its end the bank is still asked, for what it told of late.</summary>
    private static readonly TimeSpan AskedAfterwards = TimeSpan.FromDays(1);

    private readonly IPersistentState<StoredRemittance> storage;
    private readonly OutboxDrain<StoredRemittance> outbox;
    private readonly IRemittances bank;
    private readonly TimeProvider time;
    private readonly ILogger<RemittanceGrain> log;
    private DateTimeOffset queriedAt;

    public RemittanceGrain(
        [PersistentState("remittance")] IPersistentState<StoredRemittance> storage, OutboxDrains drains, IRemittances bank, TimeProvider time, ILogger<RemittanceGrain> log)
    {
        (this.storage, this.bank, this.time, this.log) = (storage, bank, time, log);
        outbox = drains.Attach(this, storage);
    }

    private Guid Id => this.GetPrimaryKey();

    public async Task<Reply<RemittanceView>> Open(OpenRemittance command)
    {
        if (storage.State.Remittance is null)
        {
            if (!RemittanceRules.IsAcceptable(command, time.GetUtcNow()))
            {
                return new Refusal(RefusalCode.InvalidRequest);
            }

            // A crash between the bank's answer and the write: the bank answers the same again.
            var answer = await bank.ExpectAsync(Id, command.ExpiresAt, command.NotifyUrl);
            if (answer is not RemittanceResult.Ok(var payee))
            {
                LogNoAccount(Id, answer);
                return new Refusal(RefusalCode.ProviderUnavailable);
            }

            await outbox.WriteAsync(RemittanceRules.Open(storage.State, command, payee).State);
        }

        var (_, refusal) = RemittanceRules.Open(storage.State, command, storage.State.Remittance!.Payee);
        return refusal is null ? View() : refusal;
    }

    public async Task<Reply<RemittanceView>> GetView(UserId caller)
    {
        if (RemittanceRules.Mine(storage.State, caller) is not { } record)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var now = time.GetUtcNow();
        if (RemittanceRules.State(record, now) is RemittanceState.Waiting or RemittanceState.Expired
            && now < record.Opened.ExpiresAt + AskedAfterwards && now - queriedAt >= BetweenQueries)
        {
            queriedAt = now;
            if (await bank.GetAsync(Id) is RemittanceQuery.Ok(var remittances))
            {
                await Received(remittances);
            }
        }

        return View();
    }

    public async Task<Reply<Nothing>> Received(IReadOnlyList<IncomingRemittance> remittances)
    {
        var (next, refusal) = RemittanceRules.Receive(storage.State, Id, remittances, time.GetUtcNow());
        await WriteIfChanged(next);
        return refusal is null ? default(Nothing) : refusal;
    }

    public Task Close() => WriteIfChanged(RemittanceRules.Close(storage.State, time.GetUtcNow()));

    public Task DrainOutbox() => outbox.DrainAsync();

    private async Task WriteIfChanged(StoredRemittance next)
    {
        if (!ReferenceEquals(next, storage.State))
        {
            await outbox.WriteAsync(next);
        }
    }

    private RemittanceView View() => RemittanceRules.View(storage.State.Remittance!, Id, time.GetUtcNow());

    [LoggerMessage(EventId = 340, Level = LogLevel.Warning, Message = "The bank opens no account for remittance {Remittance}: {Answer}.")]
    private partial void LogNoAccount(Guid remittance, RemittanceResult answer);
}
