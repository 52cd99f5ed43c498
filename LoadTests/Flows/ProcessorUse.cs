using System.Diagnostics;
using System.Globalization;

namespace Bzt.LoadTests.Flows;

/// <summary>Processor time from a moment on: of processes, one by one, and of the whole machine.</summary>
internal sealed class ProcessorUse(IReadOnlyList<int> processes)
{
    private readonly TimeSpan[] before = [.. processes.Select(Of)];
    private readonly (double Busy, double All)? machine = Machine();

    /// <summary>Of each process, in the order they were given.</summary>
    public IReadOnlyList<TimeSpan> Processes => [.. processes.Select((process, i) => Of(process) - before[i])];

    /// <summary>Which part of the machine's processors was busy, whoever with; null where Linux does not tell.</summary>
    public double? MachineBusy => machine is var (busy, all) && Machine() is var (busyNow, allNow) && allNow > all ? (busyNow - busy) / (allNow - all) : null;

    private static TimeSpan Of(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }

    private static (double Busy, double All)? Machine()
    {
        const string Counters = "/proc/stat";
        const int Idle = 3, WaitingForDisks = 4, Kinds = 8;
        if (!File.Exists(Counters))
        {
            return null;
        }

        // "cpu" and the ticks of each kind; what guests used is in the first ones already.
        double[] ticks = [.. File.ReadLines(Counters).First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(Kinds).Select(tick => double.Parse(tick, CultureInfo.InvariantCulture))];
        return (ticks.Sum() - ticks[Idle] - ticks[WaitingForDisks], ticks.Sum());
    }
}
