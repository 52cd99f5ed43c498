using Orleans.Concurrency;
using Orleans.Runtime;

namespace Bzt.Grains.Foundations;

/// <param name="Source">The grain that decided; with the item's sequence it identifies the delivery for ever.</param>
public sealed record OutboxDelivery(GrainId Source, OutboxItem Item);

/// <summary>Carries one kind of outbox item on: calls another grain, feeds a projection.</summary>
/// <remarks>
/// Called at least once, in the order of the sequence, one item of a grain at a time; the receiver ignores what it already
/// has, by source and sequence. Whoever can be slow or absent for long (a platform's callback, a CA) stands behind a grain of its
/// own that takes the item at once: a handler that fails holds up the items behind it.
/// Found by type in the grains' assembly: write the class beside the grain. What is one call of a grain is a line of its <see cref="IOutboxRoutes"/>.
/// </remarks>
public interface IOutboxHandler
{
    string Kind { get; }

    Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation);
}

/// <summary>Kinds of items that each are one call of a grain, a line a kind; otherwise as <see cref="IOutboxHandler"/>.</summary>
public interface IOutboxRoutes
{
    IReadOnlyList<OutboxRoute> Routes { get; }
}

public sealed record OutboxRoute(string Kind, Func<OutboxItem, Task> Call);

/// <summary>Every grain with an outbox: how the sweeper wakes it after a crash.</summary>
[Alias("bzt.IOutboxOwner")]
public interface IOutboxOwner : IGrain
{
    /// <summary>Answers when everything pending has been tried once more. Interleaves: it touches only the drain, never the state.</summary>
    [AlwaysInterleave, Alias("drain-outbox")]
    Task DrainOutbox();
}
