using System.Diagnostics;
using System.Globalization;

namespace Bzt.Silo.Storage;

/// <summary>
/// Development only: <c>Faults:KillAtWrite=N:before</c> or <c>N:after</c> ends the process with SIGKILL around its N-th durable
/// write, as a power cut would; what tests of crashes run. With a third part, <c>N:before:certificate/</c>, only writes whose subject
/// begins so are counted.
/// </summary>
public sealed class KillAtWrite : IStorageFaults
{
    public const string Setting = "Faults:KillAtWrite";

    private readonly long at;
    private readonly bool after;
    private readonly string subject;
    private long begun;
    private long done;

    public KillAtWrite(string setting)
    {
        var parts = setting.Split(':', 3);
        if (parts is not [var number, "before" or "after", ..] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out at) || at < 1)
        {
            throw new InvalidOperationException($"{Setting} is N:before or N:after, and may name a subject, not {setting}.");
        }

        after = parts[1] == "after";
        subject = parts.Length == 3 ? parts[2] : "";
    }

    public async ValueTask BeforeAsync(DurableWrite write)
    {
        if (Counts(write) && Interlocked.Increment(ref begun) == at && !after)
        {
            await DieAsync("before", write);
        }
    }

    public async ValueTask AfterAsync(DurableWrite write)
    {
        if (Counts(write) && Interlocked.Increment(ref done) == at && after)
        {
            await DieAsync("after", write);
        }
    }

    private bool Counts(DurableWrite write) => write.Subject.StartsWith(subject, StringComparison.Ordinal);

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
