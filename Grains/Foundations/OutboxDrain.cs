using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Foundations;

/// <summary>Makes the drain of a grain; injected into it.</summary>
public sealed class OutboxDrains(IEnumerable<IOutboxHandler> handlers, IEnumerable<IOutboxRoutes> routes, TimeProvider time, ILoggerFactory logs)
{
    private readonly FrozenDictionary<string, OutboxCarrier> carriers = routes.SelectMany(part => part.Routes)
        .Select(route => KeyValuePair.Create<string, OutboxCarrier>(route.Kind, (delivery, _) => route.Call(delivery.Item)))
        .Concat(handlers.Select(handler => KeyValuePair.Create<string, OutboxCarrier>(handler.Kind, handler.DeliverAsync)))
        // A kind that two would carry ends the start.
        .ToDictionary(StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);

    private readonly ILogger log = logs.CreateLogger("Bzt.Outbox");

    /// <summary>Called in the grain's constructor.</summary>
    public OutboxDrain<TState> Attach<TState>(IGrainBase grain, IPersistentState<TState> state) where TState : IHasOutbox<TState>
    {
        var drain = new OutboxDrain<TState>(grain, state, new OutboxPump(grain.GrainContext.GrainId, carriers, time, log));
        grain.GrainContext.ObservableLifecycle.Subscribe("outbox", GrainLifecycleStage.Last, drain.StartAsync, drain.StopAsync);
        return drain;
    }
}

/// <summary>
/// A grain's one durable write, and what follows from it. <see cref="WriteAsync"/> stores the next state with its outbox;
/// delivery then goes on outside the grain's turns, so a handler may call any grain, this one too, without a deadlock.
/// What was delivered leaves the state with its next write, or a while after the last one.
/// </summary>
/// <remarks>
/// Crash before the write: nothing happened. After it: the row's outbox flag brings the grain back through the sweeper, and
/// items not yet trimmed are delivered again. An activation that ends with something undelivered calls for the next one itself.
/// </remarks>
public sealed class OutboxDrain<TState> where TState : IHasOutbox<TState>
{
    /// <summary>Well below the age at which the sweeper looks at a row, so that it finds only what a crash left.</summary>
    internal static readonly TimeSpan TrimAfter = TimeSpan.FromSeconds(20);

    /// <summary>What a leaving activation gives the delivery under way, so that the next one seldom repeats it; that one may wait for this very grain.</summary>
    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromSeconds(2);

    private readonly IGrainBase grain;
    private readonly IPersistentState<TState> storage;
    private readonly OutboxPump pump;
    private IGrainTimer? trimTimer;
    private bool storedStateUnknown;

    internal OutboxDrain(IGrainBase grain, IPersistentState<TState> storage, OutboxPump pump) =>
        (this.grain, this.storage, this.pump) = (grain, storage, pump);

    /// <summary>
    /// Stores <paramref name="next"/> and sends its outbox on its way. When the write fails its outcome is unknown: the
    /// activation ends, the next one reads what the store has, and the exception goes to the caller.
    /// </summary>
    public async Task WriteAsync(TState next)
    {
        storage.State = next.WithOutbox(next.Outbox.Trim(pump.DeliveredThrough));
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            storedStateUnknown = true;
            pump.Dispose();
            grain.DeactivateOnIdle();
            throw;
        }

        Deliver();
    }

    /// <summary>What a grain answers <see cref="IOutboxOwner.DrainOutbox"/> with.</summary>
    public Task DrainAsync() => pump.DrainAsync();

    internal Task StartAsync(CancellationToken cancellation)
    {
        Deliver();
        return Task.CompletedTask;
    }

    internal async Task StopAsync(CancellationToken cancellation)
    {
        await pump.EndAsync(PatienceAtEnd);
        trimTimer?.Dispose();
        if (pump.LeavesSomething)
        {
            // Waits here until this activation has gone, and then brings up the next one, which delivers. A silo that leaves in good order
            // would otherwise leave it to the sweeper, which comes after a minute.
            grain.GrainContext.GrainReference.AsReference<IOutboxOwner>().DrainOutbox().Ignore();
        }

        if (!storedStateUnknown && storage.State.Outbox.Trim(pump.DeliveredThrough) != storage.State.Outbox)
        {
            await WriteAsync(storage.State);
        }
    }

    private void Deliver()
    {
        if (storage.State.Outbox.IsEmpty)
        {
            return;
        }

        pump.Send(storage.State.Outbox);
        trimTimer ??= grain.RegisterGrainTimer(TrimWhenDeliveredAsync, new GrainTimerCreationOptions(TrimAfter, Timeout.InfiniteTimeSpan));
        trimTimer.Change(TrimAfter, Timeout.InfiniteTimeSpan);
    }

    private async Task TrimWhenDeliveredAsync(CancellationToken cancellation)
    {
        await TrimAsync();
        if (!storage.State.Outbox.IsEmpty)
        {
            trimTimer!.Change(TrimAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task TrimAsync()
    {
        if (storage.State.Outbox.Trim(pump.DeliveredThrough).IsEmpty && !storage.State.Outbox.IsEmpty)
        {
            await WriteAsync(storage.State);
        }
    }
}
