using Orleans.Runtime;

namespace Bzt.Grains.Foundations;

public static class StateWrites
{
    /// <summary>
    /// The one write of a grain without an outbox. When it fails its outcome is unknown: the activation ends, the next one
    /// reads what the store has, and the exception goes to the caller.
    /// </summary>
    public static async Task WriteAsync<TState>(this IPersistentState<TState> storage, IGrainBase grain, TState next)
    {
        storage.State = next;
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            grain.DeactivateOnIdle();
            throw;
        }
    }
}
