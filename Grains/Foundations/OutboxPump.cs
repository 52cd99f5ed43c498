using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Foundations;

/// <summary>Carries items of one kind on.</summary>
internal delegate Task OutboxCarrier(OutboxDelivery delivery, CancellationToken cancellation);

/// <summary>Delivers one activation's outbox, in order, on the thread pool. Knows nothing of the grain's state but the outbox it was handed.</summary>
internal sealed partial class OutboxPump(
    GrainId source, FrozenDictionary<string, OutboxCarrier> carriers, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopped = new();
    private Outbox stored = Outbox.Empty;
    private long deliveredThrough;
    private Task running = Task.CompletedTask;

    /// <summary>Answers the drains that wait for the round of deliveries under way.</summary>
    private TaskCompletionSource round = Completed();

    /// <summary>Cuts a wait for the next try short.</summary>
    private TaskCompletionSource hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long DeliveredThrough => Interlocked.Read(ref deliveredThrough);

    /// <summary>Something stored was not delivered, as far as is known here.</summary>
    public bool LeavesSomething
    {
        get
        {
            lock (gate)
            {
                return Next() is not null;
            }
        }
    }

    /// <summary>Only after the write that stored <paramref name="outbox"/>: nobody is told what might not be so.</summary>
    public void Send(Outbox outbox)
    {
        lock (gate)
        {
            stored = outbox;
            Begin();
        }
    }

    public Task DrainAsync()
    {
        lock (gate)
        {
            Begin();
            hurry.TrySetResult();
            return round.Task;
        }
    }

    /// <summary>No item is begun after this. The one under way is told to end, and waited for; after <paramref name="patience"/> no longer.</summary>
    public async Task EndAsync(TimeSpan patience)
    {
        Task underWay;
        lock (gate)
        {
            underWay = running;
        }

        Dispose();
        await underWay.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>No item is begun after this; the one under way is told to end.</summary>
    public void Dispose()
    {
        if (!stopped.IsCancellationRequested)
        {
            stopped.Cancel();
            stopped.Dispose();
        }

        OutboxFailures.Over(this);
    }

    private void Begin()
    {
        if (stopped.IsCancellationRequested || Next() is null)
        {
            return;
        }

        if (round.Task.IsCompleted)
        {
            round = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (running.IsCompleted)
        {
            var stop = stopped.Token;
            running = Task.Run(() => DeliverAllAsync(stop));
        }
    }

    private OutboxItem? Next() => stored.Items.FirstOrDefault(item => item.Sequence > deliveredThrough);

    private async Task DeliverAllAsync(CancellationToken stop)
    {
        var retry = FirstRetry;
        while (TryTakeNext(out var item))
        {
            try
            {
                await DeliverAsync(item, stop);
                Interlocked.Exchange(ref deliveredThrough, item.Sequence);
                retry = FirstRetry;
                OutboxFailures.Over(this);
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                // The next activation delivers it.
            }
            catch (Exception exception)
            {
                LogNotDelivered(log, exception, source, item.Sequence, item.Kind);
                OutboxFailures.Begin(this, time, stop);
                await WaitForRetryAsync(retry, stop);
                retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
            }
        }
    }

    private bool TryTakeNext(out OutboxItem item)
    {
        lock (gate)
        {
            item = Next()!;
            if (item is not null && !stopped.IsCancellationRequested)
            {
                return true;
            }

            // Under the lock: a Send that comes now finds the pump ended and begins it anew.
            running = Task.CompletedTask;
            round.TrySetResult();
            return false;
        }
    }

    private Task DeliverAsync(OutboxItem item, CancellationToken stop) =>
        carriers.TryGetValue(item.Kind, out var carrier)
            ? carrier(new OutboxDelivery(source, item), stop)
            : throw new InvalidOperationException($"No handler for outbox items of kind {item.Kind}; a newer release wrote it.");

    private async Task WaitForRetryAsync(TimeSpan retry, CancellationToken stop)
    {
        Task cutShort;
        lock (gate)
        {
            hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            cutShort = hurry.Task;
            round.TrySetResult();
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(Task.Delay(retry, time, over.Token), cutShort);
        await over.CancelAsync();
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    [LoggerMessage(LogLevel.Warning, "Outbox item {Sequence} ({Kind}) of {Source} was not delivered; it is tried again")]
    private static partial void LogNotDelivered(ILogger log, Exception exception, GrainId source, long sequence, string kind);
}
