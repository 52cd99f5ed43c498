using System.Collections.Concurrent;
using System.Diagnostics;
using Bzt.Contracts;
using Bzt.Protocol.Phone;
using HdrHistogram;

namespace Bzt.LoadTests.Flows;

/// <param name="Concurrency">Flows under way at any moment: as soon as one ends the next begins.</param>
/// <param name="Documents">Seals in one flow; a login is one.</param>
/// <param name="WarmUp">Before it nothing is counted.</param>
/// <param name="Measured">How long flows are counted.</param>
internal sealed record FlowOptions(FlowKind Kind, int Documents, int Concurrency, TimeSpan WarmUp, TimeSpan Measured)
{
    /// <summary>Ends the run early when so many flows were counted.</summary>
    public long AtMost { get; init; } = long.MaxValue;

    /// <summary>Between the warm-up and the counting, while flows go on.</summary>
    public Func<CancellationToken, Task> BeforeCounting { get; init; } = _ => Task.CompletedTask;
}

/// <summary>What was counted between the warm-up's end and the run's.</summary>
/// <param name="Latency">Microseconds from the PC's opening of the session to the verified signature.</param>
/// <param name="Errors">By what happened.</param>
/// <param name="ServerCpu">CPU time of the server's processes; null when they cannot be looked at.</param>
/// <param name="OwnCpu">Of phones and platform, all in this process.</param>
internal sealed record FlowCount(
    HistogramBase Latency, IReadOnlyDictionary<string, int> Errors, TimeSpan Elapsed, TimeSpan? ServerCpu, TimeSpan OwnCpu)
{
    public long Flows => Latency.TotalCount;

    /// <summary>Of each of the server's processes, in the order they were named.</summary>
    public IReadOnlyList<TimeSpan> ServerCpuOf { get; init; } = [];

    /// <summary>The part of the machine's processors that was busy, whoever with.</summary>
    public double? MachineBusy { get; init; }
}

/// <summary>Keeps a number of flows going and counts those that end.</summary>
internal sealed class FlowRun(SimulatedPlatform platform, IReadOnlyList<SimulatedPhone> phones, FlowOptions options)
{
    private static readonly long LongestFlow = (long)TimeSpan.FromMinutes(10).TotalMicroseconds;

    private readonly LongConcurrentHistogram latency = new(1, LongestFlow, 3);
    private readonly ConcurrentDictionary<string, int> errors = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<SimulatedPhone> idle = new(phones);
    private volatile bool counting;

    public async Task<FlowCount> RunAsync(Func<IReadOnlyList<int>> serverProcesses, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Concurrency, phones.Count);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var workers = Enumerable.Range(0, options.Concurrency).Select(_ => WorkAsync(enough, stop)).ToArray();
        await PassAsync(options.WarmUp, enough.Token);
        await options.BeforeCounting(stop);

        var (server, own, since) = (new ProcessorUse(serverProcesses()), new ProcessorUse([Environment.ProcessId]), Stopwatch.StartNew());
        counting = true;
        await PassAsync(options.Measured, enough.Token);
        counting = false;
        var elapsed = since.Elapsed;
        var (serverCpu, ownCpu, busy) = (server.Processes, own.Processes[0], server.MachineBusy);

        // What is under way ends in its own time, uncounted; a flow broken off would leave a confirmation without its answer.
        await enough.CancelAsync();
        await Task.WhenAll(workers);
        stop.ThrowIfCancellationRequested();
        return new FlowCount(latency, errors, elapsed, serverCpu.Count > 0 ? serverCpu.Aggregate((sum, one) => sum + one) : null, ownCpu)
        {
            ServerCpuOf = serverCpu,
            MachineBusy = busy,
        };
    }

    private async Task WorkAsync(CancellationTokenSource enough, CancellationToken stop)
    {
        while (!enough.IsCancellationRequested && idle.TryDequeue(out var phone))
        {
            var start = Stopwatch.GetTimestamp();
            var error = await TryAsync(phone, stop);
            var took = Stopwatch.GetElapsedTime(start);
            idle.Enqueue(phone);
            if (error is not null)
            {
                errors.AddOrUpdate(error, 1, static (_, count) => count + 1);
            }
            else if (counting)
            {
                latency.RecordValue(Math.Clamp((long)took.TotalMicroseconds, 1, LongestFlow));
            }

            if (latency.TotalCount >= options.AtMost)
            {
                await enough.CancelAsync();
            }
        }
    }

    /// <summary>What went wrong, in a few words that repeat when it does; null when nothing did.</summary>
    private async Task<string?> TryAsync(SimulatedPhone phone, CancellationToken stop)
    {
        try
        {
            await platform.RunAsync(phone, options.Kind, options.Documents, stop);
            return null;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return "broken off";
        }
        catch (ApiRefusedException refused)
        {
            return refused.Code;
        }
        catch (Exception exception) when (exception is FlowFailedException or HttpRequestException or PhoneLinkException or OperationCanceledException)
        {
            return exception.Message;
        }
    }

    private static async Task PassAsync(TimeSpan time, CancellationToken enough)
    {
        try
        {
            await Task.Delay(time, enough);
        }
        catch (OperationCanceledException)
        {
            // Enough was counted, or the run was broken off.
        }
    }
}
