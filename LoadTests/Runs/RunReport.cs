using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using HdrHistogram;

namespace Bzt.LoadTests.Runs;

/// <param name="Curve">Latency in milliseconds at each percentile, for the plot.</param>
internal sealed record OperationReport(
    string Name, long Ended, IReadOnlyDictionary<string, int> Errors, double PerSecond,
    double P50Ms, double P90Ms, double P99Ms, double P999Ms, double MaxMs, IReadOnlyList<CurvePoint> Curve);

internal sealed record CurvePoint(double Percentile, double Ms);

/// <summary>One second of the run; what arrived in it counts there, whenever it ended.</summary>
internal sealed record SecondReport(int Second, int Arrived, int Failed, double P50Ms, double P99Ms, double MaxMs);

internal sealed record Figure(string Name, double Value, string Unit);

internal sealed record Invariant(string Name, bool Holds, IReadOnlyList<string> Violations);

/// <summary>What a run came to, as it is kept, shown and compared.</summary>
/// <param name="Options">All of them, defaults included: the command that repeats the run.</param>
/// <param name="LoadAverage">Of the machine when the run ended: above its cores, others worked too.</param>
internal sealed record RunReport(
    string Scenario, string Target, IReadOnlyDictionary<string, string> Options, DateTimeOffset StartedAt, double Seconds, int Cores, double LoadAverage,
    IReadOnlyList<OperationReport> Operations, IReadOnlyList<SecondReport> Timeline, IReadOnlyList<ResourceSample> Resources, IReadOnlyList<Mark> Marks,
    IReadOnlyList<Figure> Figures, IReadOnlyList<Invariant> Invariants)
{
    private static readonly long Longest = (long)TimeSpan.FromHours(1).TotalMicroseconds;
    private static readonly double[] Percentiles = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100];
    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true };

    /// <summary>Nothing that had to hold did not, and nothing ended but in errors.</summary>
    [JsonIgnore]
    public bool IsGood => Invariants.All(invariant => invariant.Holds) && Operations.All(operation => operation.Ended > 0);

    public static RunReport Of(string scenario, string target, IReadOnlyDictionary<string, string> options, DateTimeOffset startedAt, Recorder recorder)
    {
        var seconds = Math.Max(recorder.Length.TotalSeconds, 1e-3);
        return new RunReport(
            scenario, target, options, startedAt, seconds, Environment.ProcessorCount, Machine.LoadAverage(),
            [.. recorder.Samples.GroupBy(sample => sample.Operation, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => Operation(group.Key, [.. group], seconds))],
            [.. recorder.Samples.GroupBy(sample => (int)sample.Intended.TotalSeconds).OrderBy(group => group.Key).Select(group => Second(group.Key, [.. group]))],
            [.. recorder.Resources], [.. recorder.Marks], [.. recorder.Figures], [.. recorder.Invariants]);
    }

    public static RunReport Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<RunReport>(File.ReadAllBytes(file), Form) ?? throw new CommandException($"{file} holds no run.");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file}: {(exception is JsonException ? "no report of a run" : exception.Message)}");
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, Form);

    public void Print(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Scenario} on {Target}, {Seconds:F1} s, {Cores} cores, load average {LoadAverage:F1}"));
        output.WriteLine($"{"",-24}{"ended",8}{"failed",8}{"/s",9}{"p50 ms",10}{"p90 ms",10}{"p99 ms",10}{"p99.9 ms",10}{"max ms",10}");
        foreach (var it in Operations)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{it.Name,-24}{it.Ended,8}{it.Errors.Values.Sum(),8}{it.PerSecond,9:F1}{it.P50Ms,10:F1}{it.P90Ms,10:F1}{it.P99Ms,10:F1}{it.P999Ms,10:F1}{it.MaxMs,10:F1}"));
            foreach (var (error, count) in it.Errors)
            {
                output.WriteLine($"    {count} × {error}");
            }
        }

        foreach (var figure in Figures)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.Name,-56}{figure.Value,12:F2} {figure.Unit}"));
        }

        foreach (var invariant in Invariants)
        {
            output.WriteLine($"{(invariant.Holds ? "holds " : "BROKEN")}  {invariant.Name}");
            foreach (var violation in invariant.Violations)
            {
                output.WriteLine($"          {violation}");
            }
        }
    }

    private static OperationReport Operation(string name, IReadOnlyList<Sample> samples, double seconds)
    {
        var latency = Histogram(samples);
        double At(double percentile) => latency.TotalCount == 0 ? 0 : latency.GetValueAtPercentile(percentile) / 1000.0;
        return new OperationReport(
            name, latency.TotalCount,
            samples.Where(sample => sample.Error is not null).GroupBy(sample => sample.Error!, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
            latency.TotalCount / seconds, At(50), At(90), At(99), At(99.9), At(100), [.. Percentiles.Select(percentile => new CurvePoint(percentile, At(percentile)))]);
    }

    private static SecondReport Second(int second, IReadOnlyList<Sample> samples)
    {
        var latency = Histogram(samples);
        double At(double percentile) => latency.TotalCount == 0 ? 0 : latency.GetValueAtPercentile(percentile) / 1000.0;
        return new SecondReport(second, samples.Count, samples.Count(sample => sample.Error is not null), At(50), At(99), At(100));
    }

    private static LongHistogram Histogram(IEnumerable<Sample> samples)
    {
        var histogram = new LongHistogram(1, Longest, 3);
        foreach (var sample in samples.Where(sample => sample.Error is null))
        {
            histogram.RecordValue(Math.Clamp((long)sample.Latency.TotalMicroseconds, 1, Longest));
        }

        return histogram;
    }
}

internal static class Machine
{
    public static double LoadAverage() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : 0;
}
