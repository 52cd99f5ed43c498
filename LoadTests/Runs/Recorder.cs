using System.Collections.Concurrent;

namespace Bzt.LoadTests.Runs;

/// <param name="Intended">When it was to begin, since the run's beginning.</param>
/// <param name="Latency">From there to its end, however late it began.</param>
/// <param name="Error">What went wrong, in words that repeat when it does.</param>
internal readonly record struct Sample(string Operation, TimeSpan Intended, TimeSpan Latency, string? Error);

/// <summary>Something that was done to the system, as it stands in the plots.</summary>
internal sealed record Mark(double Second, string Text);

/// <summary>All that happened in a run. Time begins with it.</summary>
internal sealed class Recorder(TimeProvider time)
{
    private readonly ConcurrentQueue<Sample> samples = new();
    private readonly ConcurrentQueue<Mark> marks = new();
    private readonly ConcurrentQueue<ResourceSample> resources = new();
    private readonly ConcurrentQueue<Figure> figures = new();
    private readonly ConcurrentQueue<Invariant> invariants = new();
    private TimeSpan? length;
    private long began = time.GetTimestamp();

    public TimeProvider Time => time;

    public TimeSpan Now => time.GetElapsedTime(Interlocked.Read(ref began));

    /// <summary>How long the run took, once it has ended; until then, so far.</summary>
    public TimeSpan Length => length ?? Now;

    public IReadOnlyCollection<Sample> Samples => samples;

    public IReadOnlyCollection<Mark> Marks => marks;

    public IReadOnlyCollection<ResourceSample> Resources => resources;

    public IReadOnlyCollection<Figure> Figures => figures;

    public IReadOnlyCollection<Invariant> Invariants => invariants;

    /// <summary>Nothing before it is in the report.</summary>
    public void Begin()
    {
        samples.Clear();
        marks.Clear();
        resources.Clear();
        Interlocked.Exchange(ref began, time.GetTimestamp());
    }

    /// <summary>What comes after it, checks above all, is not part of the run's time.</summary>
    public void End() => length = Now;

    public void Add(Sample sample) => samples.Enqueue(sample);

    public void Add(ResourceSample sample) => resources.Enqueue(sample);

    public void Mark(string text) => marks.Enqueue(new Mark(Now.TotalSeconds, text));

    /// <summary>One number of the scenario's own.</summary>
    public void Figure(string name, double value, string unit) => figures.Enqueue(new Figure(name, value, unit));

    /// <summary>Something that must hold whatever happened.</summary>
    public void Invariant(string name, IReadOnlyCollection<string> violations) =>
        invariants.Enqueue(new Invariant(name, violations.Count == 0, [.. violations.Take(20)]));

    /// <summary>That nothing of what was recorded failed.</summary>
    public void NoErrors(string name) => Invariant(name, [.. samples.Where(sample => sample.Error is not null).Select(sample => $"{sample.Operation}: {sample.Error}")]);

    /// <summary>Does it and records it, from the moment it was to begin.</summary>
    public async Task ObserveAsync(string operation, TimeSpan intended, Func<CancellationToken, Task> act, CancellationToken stop)
    {
        string? error = null;
        try
        {
            await act(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (Failures.IsExpected(exception))
        {
            error = Failures.Name(exception);
        }

        Add(new Sample(operation, intended, Now - intended, error));
    }
}

/// <summary>An open loop: each begins when it was to, whether or not those before it have ended, and its latency counts from then.</summary>
internal static class OpenLoop
{
    /// <param name="act">Given the arrival's number. It may queue for what it needs; that is latency too.</param>
    /// <param name="enough">From then on nothing more begins; what has begun ends in its own time.</param>
    public static async Task RunAsync(
        Recorder recorder, string operation, IReadOnlyList<TimeSpan> arrivals, Func<int, CancellationToken, Task> act, CancellationToken stop, CancellationToken enough = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, enough);
        var since = recorder.Now;
        var running = new List<Task>(arrivals.Count);
        for (var i = 0; i < arrivals.Count && !enough.IsCancellationRequested; i++)
        {
            var (number, intended) = (i, since + arrivals[i]);
            if (intended - recorder.Now is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, recorder.Time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                stop.ThrowIfCancellationRequested();
                if (enough.IsCancellationRequested)
                {
                    break;
                }
            }

            // On another thread: an arrival that computes does not hold up the next.
            running.Add(Task.Run(() => recorder.ObserveAsync(operation, intended, cancellation => act(number, cancellation), stop), stop));
        }

        await Task.WhenAll(running);
    }
}
