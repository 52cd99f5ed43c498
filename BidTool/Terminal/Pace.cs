using System.Diagnostics;
using Bzt.Documents.BidFiles;

namespace Bzt.BidTool.Terminal;

/// <summary>How fast it goes and how long it will take, from the beginning on: a rate that jumps tells a person nothing.</summary>
internal sealed class Pace
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch watch = Stopwatch.StartNew();

    private TimeSpan? shown;

    /// <summary>The first, the last, and five a second in between.</summary>
    public bool IsDue(BidFileProgress progress)
    {
        var now = watch.Elapsed;
        if (progress.Done < progress.Total && now - shown < Interval)
        {
            return false;
        }

        shown = now;
        return true;
    }

    public static long Percent(BidFileProgress progress) => progress.Total == 0 ? 100 : progress.Done * 100 / progress.Total;

    public (double BytesPerSecond, TimeSpan Left) At(BidFileProgress progress) => At(progress, watch.Elapsed);

    internal static (double BytesPerSecond, TimeSpan Left) At(BidFileProgress progress, TimeSpan elapsed)
    {
        var rate = progress.Done / Math.Max(0.001, elapsed.TotalSeconds);
        var seconds = progress.Done >= progress.Total ? 0 : rate > 0 ? (progress.Total - progress.Done) / rate : Longest.TotalSeconds;
        return (rate, seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest);
    }
}
