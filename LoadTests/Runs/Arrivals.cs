namespace Bzt.LoadTests.Runs;

/// <summary>
/// When what is to be done arrives, drawn before the run begins: people do not wait for the server to be ready for them. A Poisson process,
/// from a seed, so that two runs are asked the same.
/// </summary>
internal static class Arrivals
{
    public static IReadOnlyList<TimeSpan> Constant(double perSecond, TimeSpan length, int seed) => Of(_ => perSecond, perSecond, length, seed);

    /// <summary>
    /// The last hour before a deadline in small: the rate grows by e every <paramref name="growth"/> and ends at once, so that
    /// <paramref name="count"/> are expected in all.
    /// </summary>
    public static IReadOnlyList<TimeSpan> BeforeDeadline(int count, TimeSpan length, TimeSpan growth, int seed)
    {
        var (end, grows) = (length.TotalSeconds, growth.TotalSeconds);
        var peak = count / (grows * (1 - Math.Exp(-end / grows)));
        return Of(at => peak * Math.Exp((at.TotalSeconds - end) / grows), peak, length, seed);
    }

    /// <summary>Thinning: arrivals at the highest rate, each kept with the chance that the rate of its moment gives it.</summary>
    private static List<TimeSpan> Of(Func<TimeSpan, double> perSecond, double highest, TimeSpan length, int seed)
    {
        var random = new Random(seed);
        var arrivals = new List<TimeSpan>();
        for (var at = Next(TimeSpan.Zero); at < length; at = Next(at))
        {
            if (random.NextDouble() * highest <= perSecond(at))
            {
                arrivals.Add(at);
            }
        }

        return arrivals;

        TimeSpan Next(TimeSpan from) => from + TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / highest);
    }
}
