using System.Diagnostics;
using System.Globalization;

namespace Bzt.Silo.Storage;

/// <summary>
/// Development only: <c>Faults:KillAtWrite=N:before</c> or <c>N:after</c> ends the process with SIGKILL around its N-th durable
/// write, as a power cut would; what tests of crashes run.
/// </summary>
public sealed class KillAtWrite : IStorageFaults
{
    public const string Setting = "Faults:KillAtWrite";

    private readonly long at;
    private readonly bool after;
    private long begun;
    private long done;

    public KillAtWrite(string setting)
    {
        var parts = setting.Split(':');
        if (parts is not [var number, "before" or "after"] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out at) || at < 1)
        {
            throw new InvalidOperationException($"{Setting} is N:before or N:after, not {setting}.");
        }

        after = parts[1] == "after";
    }

    public async ValueTask BeforeAsync(DurableWrite write)
    {
        if (Interlocked.Increment(ref begun) == at && !after)
        {
            await DieAsync("before", write);
        }
    }

    public async ValueTask AfterAsync(DurableWrite write)
    {
        if (Interlocked.Increment(ref done) == at && after)
        {
            await DieAsync("after", write);
        }
    }

    private static Task DieAsync(string side, DurableWrite write)
    {
        // The only trace of where it happened.
        Console.Error.WriteLine($"Killed {side} {write.Kind} {write.Subject}");
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // The signal may come a moment later: nothing more is to happen here.
        return Task.Delay(Timeout.Infinite);
    }
}
