using System.Collections.Concurrent;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;

namespace Bzt.Silo.Batching;

/// <summary>
/// Where the group operations of this silo's certificates meet, to be computed side by side. No grain's thread is ever blocked and nobody waits
/// for company: what is needed later waits for a full batch, for a time; what is needed now is computed at once, and only what arrives while
/// that is going on is computed together.
/// </summary>
/// <remarks>
/// The points made later (V2 of a signature) are needed when the user has entered the PIN, seconds after they are asked for: a window of tens of
/// milliseconds costs nobody anything and fills batches. A verification is on the way to an answer: alone it starts at once on the caller's own
/// thread, else it waits for the batch that runs, which is some ten to two hundred microseconds.
/// </remarks>
internal sealed class GroupStage : IGroupStage, IDisposable
{
    // Up to here one after another in variable time is faster than a group with empty lanes.
    private const int FewChecks = 2;

    // More than this at once only shares out delay: the caller computes for itself.
    private const int WaitingChecks = 64;

    private readonly TimeSpan window;
    private readonly int batch;
    private readonly Timer timer;
    private readonly ConcurrentQueue<LaterPoint> later = new();
    private readonly ConcurrentQueue<Check> checks = new();
    private int armed;
    private int checking;

    /// <param name="window">How long a point that is needed later waits for others; zero computes it at once.</param>
    /// <param name="lanes">Operations side by side; null: as this machine has.</param>
    public GroupStage(TimeSpan window, int? lanes = null)
    {
        (this.window, batch) = (window, lanes ?? Sm2Batch.Lanes);
        timer = new Timer(static stage => ((GroupStage)stage!).WindowOver(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Batches run so far and the operations in them.</summary>
    public (long Batches, long Operations) LaterRun => (Interlocked.Read(ref laterBatches), Interlocked.Read(ref laterOperations));

    /// <inheritdoc cref="LaterRun"/>
    public (long Batches, long Operations) ChecksRun => (Interlocked.Read(ref checkBatches), Interlocked.Read(ref checkOperations));

    private long laterBatches;
    private long laterOperations;
    private long checkBatches;
    private long checkOperations;

    public IReadOnlyList<LaterPoint> MultiplyLater(ReadOnlySpan<Scalar> k, Point p)
    {
        if (window == TimeSpan.Zero)
        {
            return InlineStage.Instance.MultiplyLater(k, p);
        }

        var points = LaterPoint.Create(k, p);
        foreach (var point in points)
        {
            later.Enqueue(point);
        }

        if (later.Count >= batch)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static stage => stage.RunLater(everything: false), this, preferLocal: false);
        }
        else if (Interlocked.Exchange(ref armed, 1) == 0)
        {
            timer.Change(window, Timeout.InfiniteTimeSpan);
        }

        return points;
    }

    public ValueTask<Point> MultiplyAddAsync(Scalar s, Scalar t, Point p)
    {
        var alone = Interlocked.CompareExchange(ref checking, 1, 0) == 0;
        if (!alone && checks.Count < WaitingChecks)
        {
            var check = new Check(s, t, p);
            checks.Enqueue(check);
            RunChecksIfFree();
            return new(check.Result.Task);
        }

        try
        {
            Count(ref checkBatches, ref checkOperations, 1);
            return ValueTask.FromResult(Sm2Group.MultiplyAddVartime(s, t, p));
        }
        finally
        {
            if (alone)
            {
                Volatile.Write(ref checking, 0);
                RunChecksIfFree();
            }
        }
    }

    /// <summary>Their takers have their own hold on them: what was not made is made when it is taken.</summary>
    public void Dispose()
    {
        timer.Dispose();
        later.Clear();
    }

    private void WindowOver()
    {
        Volatile.Write(ref armed, 0);
        RunLater(everything: true);
    }

    private void RunLater(bool everything)
    {
        var points = new List<LaterPoint>(batch);
        while ((everything || later.Count >= batch) && !later.IsEmpty)
        {
            points.Clear();
            while (points.Count < batch && later.TryDequeue(out var point))
            {
                points.Add(point);
            }

            LaterPoint.Run([.. points]);
            Count(ref laterBatches, ref laterOperations, points.Count);
        }
    }

    /// <summary>Whoever ran may have looked before the last check came: then this begins the next run.</summary>
    private void RunChecksIfFree()
    {
        if (!checks.IsEmpty && Interlocked.CompareExchange(ref checking, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static stage => stage.RunChecks(), this, preferLocal: false);
        }
    }

    private void RunChecks()
    {
        var taken = new List<Check>(batch);
        do
        {
            taken.Clear();
            while (taken.Count < batch && checks.TryDequeue(out var check))
            {
                taken.Add(check);
            }

            Run(taken);
        }
        while (!checks.IsEmpty);

        Volatile.Write(ref checking, 0);
        RunChecksIfFree();
    }

    private void Run(List<Check> taken)
    {
        if (taken.Count == 0)
        {
            return;
        }

        Count(ref checkBatches, ref checkOperations, taken.Count);
        if (taken.Count <= FewChecks)
        {
            taken.ForEach(check => check.Result.SetResult(Sm2Group.MultiplyAddVartime(check.S, check.T, check.P)));
            return;
        }

        var results = new Point[taken.Count];
        Sm2Batch.MultiplyAdd([.. taken.Select(check => check.S)], [.. taken.Select(check => check.T)], [.. taken.Select(check => check.P)], results);
        for (var i = 0; i < results.Length; i++)
        {
            taken[i].Result.SetResult(results[i]);
        }
    }

    private static void Count(ref long batches, ref long operations, int count)
    {
        Interlocked.Increment(ref batches);
        Interlocked.Add(ref operations, count);
    }

    private sealed class Check(Scalar s, Scalar t, Point p)
    {
        public Scalar S { get; } = s;

        public Scalar T { get; } = t;

        public Point P { get; } = p;

        // Asynchronously: the grain goes on on its own scheduler, not inside this batch.
        public TaskCompletionSource<Point> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
