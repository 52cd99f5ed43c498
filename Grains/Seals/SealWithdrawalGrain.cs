using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Seals;

/// <summary>The stored state of <see cref="SealWithdrawalGrain"/>.</summary>
public sealed record StoredSealWithdrawal
{
    public SealWithdrawal? Withdrawal { get; init; }
}

/// <inheritdoc cref="ISealWithdrawalGrain"/>
[GrainType("seal-withdrawal")]
public sealed class SealWithdrawalGrain([PersistentState("seal-withdrawal")] IPersistentState<StoredSealWithdrawal> storage) : Grain, ISealWithdrawalGrain
{
    public Task Record(SealWithdrawal withdrawal) =>
        storage.State.Withdrawal is null ? storage.WriteAsync(this, storage.State with { Withdrawal = withdrawal }) : Task.CompletedTask;

    public Task<SealWithdrawal?> Get() => Task.FromResult(storage.State.Withdrawal);
}
