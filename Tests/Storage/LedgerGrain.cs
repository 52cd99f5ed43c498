using System.Collections.Concurrent;
using Bzt.Grains.Foundations;

namespace Bzt.Tests.Storage;

[Alias("bzt.tests.ILedgerGrain")]
public interface ILedgerGrain : IGrainWithStringKey
{
    /// <summary>Notes the amounts and tells each of them to the grain <paramref name="target"/>, in one write.</summary>
    [Alias("Transfer")]
    Task Transfer(string target, params int[] amounts);

    [Alias("Receive")]
    Task Receive(string source, long sequence, int amount);

    [Alias("Balance")]
    Task<int> Balance();

    [Alias("Pending")]
    Task<int> Pending();

    [Alias("Deactivate")]
    Task Deactivate();
}

public sealed record LedgerState : IHasOutbox<LedgerState>
{
    public int Balance { get; init; }

    public Dictionary<string, long> Seen { get; init; } = [];

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public LedgerState WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <summary>What a grain with an outbox looks like: decide, one write, reply.</summary>
[GrainType("test-ledger")]
public sealed class LedgerGrain : Grain, ILedgerGrain, IOutboxOwner
{
    private readonly IPersistentState<LedgerState> state;
    private readonly OutboxDrain<LedgerState> drain;

    public LedgerGrain([PersistentState("ledger")] IPersistentState<LedgerState> state, OutboxDrains drains)
    {
        this.state = state;
        drain = drains.Attach(this, state);
    }

    public Task Transfer(string target, params int[] amounts)
    {
        var next = amounts.Aggregate(state.State, (ledger, amount) => ledger with
        {
            Balance = ledger.Balance - amount,
            Outbox = ledger.Outbox.Add(TransferHandler.Name, target, amount),
        });
        return drain.WriteAsync(next);
    }

    public Task Receive(string source, long sequence, int amount) =>
        state.State.Seen.GetValueOrDefault(source) >= sequence
            ? Task.CompletedTask
            : drain.WriteAsync(state.State with
            {
                Balance = state.State.Balance + amount,
                Seen = new(state.State.Seen) { [source] = sequence },
            });

    public Task<int> Balance() => Task.FromResult(state.State.Balance);

    public Task<int> Pending() => Task.FromResult(state.State.Outbox.Items.Length);

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task DrainOutbox() => drain.DrainAsync();
}

/// <summary>Delivers transfers, or refuses to as long as a test says so.</summary>
public sealed class TransferHandler(IGrainFactory grains) : IOutboxHandler
{
    public const string Name = "test-transfer";

    private int refusals;

    public string Kind => Name;

    public ConcurrentQueue<(GrainId Source, long Sequence)> Tried { get; } = new();

    public int RefuseNext
    {
        set => refusals = value;
    }

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        Tried.Enqueue((delivery.Source, delivery.Item.Sequence));
        if (Interlocked.Decrement(ref refusals) >= 0)
        {
            throw new IOException("A test refused the delivery.");
        }

        await grains.GetGrain<ILedgerGrain>(delivery.Item.Target)
            .Receive(delivery.Source.ToString(), delivery.Item.Sequence, delivery.Item.Read<int>());
    }
}
