namespace Bzt.Samples.Demo;

/// <summary>
/// The wall clock of one process, moved while it runs, as by an operator or a wrong time server; what a process measures spans with stays true.
/// By Debian's libfaketime, which takes the place of the C library's clock_gettime and reads the offset from a file.
/// </summary>
internal sealed class MovableClock
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private readonly string file;

    public MovableClock(string file)
    {
        this.file = file;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        Set(TimeSpan.Zero);
    }

    /// <summary>The file is read again after a second.</summary>
    public static TimeSpan Latest { get; } = TimeSpan.FromSeconds(1);

    /// <summary>For the process at its start.</summary>
    public void AddTo(Dictionary<string, string> environment)
    {
        if (!File.Exists(Library))
        {
            throw new DemoException("libfaketime is not installed: apt-get install libfaketime.");
        }

        environment["LD_PRELOAD"] = Library;
        environment["FAKETIME_TIMESTAMP_FILE"] = file;
        environment["FAKETIME_CACHE_DURATION"] = "1";
        environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";

        // Without it waits of the runtime, which are against the true clock, end at once.
        environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
    }

    /// <param name="offset">From the true time, in whole seconds.</param>
    public void Set(TimeSpan offset)
    {
        // In one step: the reader never meets half a number.
        var next = file + ".next";
        File.WriteAllText(next, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(long)offset.TotalSeconds:+0;-0;+0}\n"));
        File.Move(next, file, overwrite: true);
    }
}
