namespace Bzt.Tests.Storage;

[Alias("bzt.tests.ICounterGrain")]
public interface ICounterGrain : IGrainWithStringKey
{
    [Alias("Add")]
    Task<int> Add(int amount);

    [Alias("Value")]
    Task<int> Value();

    [Alias("Clear")]
    Task Clear();
}

public sealed record CounterState
{
    public int Value { get; init; }
}

/// <summary>As small as a grain with a state can be: what the storage's own tests drive.</summary>
[GrainType("test-counter")]
public sealed class CounterGrain([PersistentState("counter")] IPersistentState<CounterState> state) : Grain, ICounterGrain
{
    public async Task<int> Add(int amount)
    {
        state.State = state.State with { Value = state.State.Value + amount };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        return state.State.Value;
    }

    public Task<int> Value() => Task.FromResult(state.State.Value);

    public Task Clear() => state.ClearStateAsync();
}
