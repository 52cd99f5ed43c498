using System.Collections.Concurrent;
using Bzt.Silo.Storage;

namespace Bzt.Tests.Storage;

public enum WriteFault
{
    /// <summary>The write fails and did not happen.</summary>
    NotPersisted,

    /// <summary>The write happened, and whoever asked for it sees a failure.</summary>
    Persisted,
}

/// <summary>Writes that wait before they happen.</summary>
public sealed class HeldWrites(Func<DurableWrite, bool> which)
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;

    /// <summary>How many have come so far.</summary>
    public int Count => Volatile.Read(ref count);

    public void Release() => released.TrySetResult();

    internal Task PassAsync(DurableWrite write)
    {
        if (released.Task.IsCompleted || !which(write))
        {
            return Task.CompletedTask;
        }

        Interlocked.Increment(ref count);
        return released.Task;
    }
}

/// <summary>Fails chosen writes, holds others, and counts all of them.</summary>
public sealed class TestFaults : IStorageFaults
{
    private readonly ConcurrentQueue<DurableWrite> written = new();
    private readonly Lock gate = new();
    private readonly List<(WriteFault Fault, Func<DurableWrite, bool> When)> armed = [];
    private volatile HeldWrites? held;

    /// <summary>Every write that really happened, in order.</summary>
    public IReadOnlyCollection<DurableWrite> Written => written;

    /// <summary>Fails the next write; or the next that <paramref name="when"/> accepts.</summary>
    public void FailNext(WriteFault fault, Func<DurableWrite, bool>? when = null)
    {
        lock (gate)
        {
            armed.Add((fault, when ?? (_ => true)));
        }
    }

    /// <summary>From now on these wait until they are released; several silos may share them.</summary>
    public void Hold(HeldWrites writes) => held = writes;

    public async ValueTask BeforeAsync(DurableWrite write)
    {
        ThrowIfArmed(WriteFault.NotPersisted, write);
        await (held?.PassAsync(write) ?? Task.CompletedTask);
    }

    public ValueTask AfterAsync(DurableWrite write)
    {
        written.Enqueue(write);
        ThrowIfArmed(WriteFault.Persisted, write);
        return default;
    }

    private void ThrowIfArmed(WriteFault fault, DurableWrite write)
    {
        lock (gate)
        {
            var index = armed.FindIndex(entry => entry.Fault == fault && entry.When(write));
            if (index < 0)
            {
                return;
            }

            armed.RemoveAt(index);
        }

        throw new IOException($"A test failed the write of {write.Subject} ({fault}).");
    }
}
