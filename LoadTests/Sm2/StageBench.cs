using System.Diagnostics;
using System.Text.Json;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;
using Bzt.Silo.Batching;

namespace Bzt.LoadTests.Sm2;

/// <summary>
/// <c>bench stage</c>: the silo's stage against the same operations without it, taking turns in one run. A lone operation: how long until it
/// is there. Many at once: CPU time per operation, which is what batches save.
/// </summary>
internal static class StageBench
{
    private const int Rounds = 21;
    private const int Lone = 300;
    private const int Crowd = 256;
    private const int Each = 8;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(25);
    private static readonly Point P = Sm2Group.MultiplyBase(Scalar.Random(SystemRandom.Instance));
    private static readonly Scalar[] Scalars = [.. Enumerable.Range(0, Crowd).Select(_ => Scalar.Random(SystemRandom.Instance))];

    public static async Task<int> Run(string[] args)
    {
        using var stage = new GroupStage(Window);
        Row[] rows =
        [
            new("sG+tP, alone", "wait", () => LoneChecksAsync(InlineStage.Instance), () => LoneChecksAsync(stage)),
            new("sG+tP, crowd", "CPU", () => CrowdChecksAsync(InlineStage.Instance), () => CrowdChecksAsync(stage)),
            new("kP later, asked for", "wait", () => AskLaterAsync(InlineStage.Instance), () => AskLaterAsync(stage)),
            new("kP later, crowd", "CPU", () => CrowdLaterAsync(InlineStage.Instance), () => CrowdLaterAsync(stage)),
        ];
        for (var round = -3; round < Rounds; round++)
        {
            foreach (var row in rows)
            {
                await row.MeasureAsync(stageFirst: round % 2 == 0, keep: round >= 0);
            }
        }

        Console.WriteLine($"{Sm2Batch.Lanes} lanes, {Environment.ProcessorCount} processors, window {Window.TotalMilliseconds} ms; microseconds per operation, medians of {Rounds} turns");
        Console.WriteLine($"{"",-22}{"",-6}{"without",10}{"stage",10}{"ratio",8}");
        foreach (var row in rows)
        {
            Console.WriteLine($"{row.Name,-22}{row.What,-6}{row.Without,10:F2}{row.Staged,10:F2}{row.Without / row.Staged,8:F2}");
        }

        var (batches, operations) = stage.ChecksRun;
        var (laterBatches, laterOperations) = stage.LaterRun;
        Console.WriteLine($"checks {operations} in {batches} runs, later points {laterOperations} in {laterBatches} batches");
        if (Command.Option(args, "--json") is { } file)
        {
            var values = rows.ToDictionary(row => row.Name, row => new { row.What, row.Without, row.Staged });
            File.WriteAllText(file, JsonSerializer.Serialize(values));
        }

        return 0;
    }

    private static async Task<double> LoneChecksAsync(IGroupStage stage)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Lone; i++)
        {
            await stage.MultiplyAddAsync(Scalars[i % Crowd], Scalars[(i + 1) % Crowd], P);
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Lone;
    }

    /// <summary>As many callers as an opening has, on the few threads a silo has.</summary>
    private static Task<double> CrowdChecksAsync(IGroupStage stage) => CpuAsync(() => Task.WhenAll(Enumerable.Range(0, Crowd).Select(caller => Task.Run(async () =>
    {
        for (var i = 0; i < Each; i++)
        {
            await stage.MultiplyAddAsync(Scalars[caller], Scalars[(caller + i) % Crowd], P);
        }
    }))), Crowd * Each);

    private static Task<double> AskLaterAsync(IGroupStage stage)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Lone; i++)
        {
            stage.MultiplyLater(Scalars.AsSpan(i % Crowd, 1), P)[0].Dispose();
        }

        return Task.FromResult(Stopwatch.GetElapsedTime(start).TotalMicroseconds / Lone);
    }

    private static Task<double> CrowdLaterAsync(IGroupStage stage) => CpuAsync(
        async () =>
        {
            var points = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(caller => Task.Run(() => stage.MultiplyLater(Scalars.AsSpan(caller, 1), P)[0])));

            // As the user takes his time over the PIN.
            await Task.Delay(2 * Window);
            foreach (var point in points)
            {
                point.Take();
                point.Dispose();
            }
        },
        Crowd);

    private static async Task<double> CpuAsync(Func<Task> run, int operations)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await run();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMicroseconds / operations;
    }

    private sealed class Row(string name, string what, Func<Task<double>> without, Func<Task<double>> staged)
    {
        private readonly List<(double Without, double Staged)> turns = [];

        public string Name => name;

        public string What => what;

        public double Without => Median(turn => turn.Without);

        public double Staged => Median(turn => turn.Staged);

        /// <summary>Who comes second has used up the scheduler's favour: they change places from turn to turn.</summary>
        public async Task MeasureAsync(bool stageFirst, bool keep)
        {
            var first = stageFirst ? await staged() : await without();
            var second = stageFirst ? await without() : await staged();
            if (keep)
            {
                turns.Add(stageFirst ? (second, first) : (first, second));
            }
        }

        private double Median(Func<(double Without, double Staged), double> of) => turns.Select(of).Order().ElementAt(turns.Count / 2);
    }
}
