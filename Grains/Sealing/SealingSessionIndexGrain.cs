using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Sealing;

/// <inheritdoc cref="ISealingSessionIndexGrain"/>
[GrainType("sealing-session-index")]
internal sealed class SealingSessionIndexGrain([PersistentState("sealing-session-index")] IPersistentState<SealingIndexState> store) : Grain, ISealingSessionIndexGrain
{
    private const int Kept = 50;

    public Task Add(SealingId sealing) => store.State.Sessions.Contains(sealing)
        ? Task.CompletedTask
        : store.WriteAsync(this, new SealingIndexState { Sessions = [.. store.State.Sessions.TakeLast(Kept - 1), sealing] });

    public Task<IReadOnlyList<SealingId>> List() => Task.FromResult<IReadOnlyList<SealingId>>([.. store.State.Sessions.Reverse()]);
}
