using System.Globalization;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Flows;

/// <summary>
/// Gives a process a part of one processor and no more, as a container's limit does: Linux' control groups, version 2 or 1. So silos can be made
/// what limits a system whose other processes share the machine.
/// </summary>
internal sealed class ProcessorShare : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Short, so that a request waits milliseconds for its turn and not a tenth of a second.</summary>
    private const int PeriodMicroseconds = 20_000;

    private readonly string group;

    private ProcessorShare(string group) => this.group = group;

    /// <param name="process">All its threads.</param>
    /// <param name="share">Of one processor.</param>
    /// <exception cref="DemoException">The machine does not let us.</exception>
    public static ProcessorShare Give(int process, double share)
    {
        var unified = File.Exists(Path.Combine(Root, "cgroup.controllers"));
        var group = Path.Combine(unified ? Root : Path.Combine(Root, "cpu"), $"bzt-load-{process}");
        var microseconds = ((int)(share * PeriodMicroseconds)).ToString(CultureInfo.InvariantCulture);
        try
        {
            Directory.CreateDirectory(group);
            if (unified)
            {
                File.WriteAllText(Path.Combine(group, "cpu.max"), $"{microseconds} {PeriodMicroseconds}");
            }
            else
            {
                File.WriteAllText(Path.Combine(group, "cpu.cfs_period_us"), $"{PeriodMicroseconds}");
                File.WriteAllText(Path.Combine(group, "cpu.cfs_quota_us"), microseconds);
            }

            File.WriteAllText(Path.Combine(group, "cgroup.procs"), process.ToString(CultureInfo.InvariantCulture));
            return new ProcessorShare(group);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DemoException($"--silo-share needs the right to make control groups under {Root}: {exception.Message}");
        }
    }

    /// <summary>The process has its processors again.</summary>
    public void Dispose()
    {
        try
        {
            foreach (var process in File.ReadAllLines(Path.Combine(group, "cgroup.procs")))
            {
                File.WriteAllText(Path.Combine(Path.GetDirectoryName(group)!, "cgroup.procs"), process);
            }

            Directory.Delete(group);
        }
        catch (IOException)
        {
            // The process has ended meanwhile; an empty group harms nobody.
        }
    }
}
