using System.Globalization;

namespace Bzt.LoadTests.Runs;

internal sealed record ComparedRow(string Name, double A, double B)
{
    /// <summary>Null where A is nothing.</summary>
    public double? Ratio => A > 0 ? B / A : null;
}

/// <summary>Two runs of one scenario beside each other, figure by figure.</summary>
internal sealed record RunComparison(RunReport A, RunReport B, IReadOnlyList<ComparedRow> Rows)
{
    public static RunComparison Of(RunReport a, RunReport b)
    {
        if (a.Scenario != b.Scenario)
        {
            throw new CommandException($"{a.Scenario} and {b.Scenario} are not to be compared: two runs of one scenario are.");
        }

        var rows = new List<ComparedRow>();
        foreach (var before in a.Operations)
        {
            if (b.Operations.FirstOrDefault(operation => operation.Name == before.Name) is { } after)
            {
                rows.AddRange([
                    new($"{before.Name}, per second", before.PerSecond, after.PerSecond),
                    new($"{before.Name}, failed", before.Errors.Values.Sum(), after.Errors.Values.Sum()),
                    new($"{before.Name}, p50 ms", before.P50Ms, after.P50Ms),
                    new($"{before.Name}, p90 ms", before.P90Ms, after.P90Ms),
                    new($"{before.Name}, p99 ms", before.P99Ms, after.P99Ms),
                    new($"{before.Name}, p99.9 ms", before.P999Ms, after.P999Ms),
                    new($"{before.Name}, longest ms", before.MaxMs, after.MaxMs)]);
            }
        }

        rows.AddRange(a.Figures.Join(b.Figures, figure => figure.Name, figure => figure.Name, (before, after) => new ComparedRow($"{before.Name}, {before.Unit}", before.Value, after.Value)));
        rows.Add(new("load average of the machine", a.LoadAverage, b.LoadAverage));
        return new RunComparison(a, b, rows);
    }

    /// <summary>Latencies of B that are more than so many times those of A.</summary>
    public IEnumerable<ComparedRow> SlowerThan(double times) =>
        Rows.Where(row => (row.Name.EndsWith("p50 ms", StringComparison.Ordinal) || row.Name.EndsWith("p99 ms", StringComparison.Ordinal)) && row.Ratio > times);

    public void Print(TextWriter output)
    {
        output.WriteLine($"{"",-56}{"A",12}{"B",12}{"B / A",10}");
        foreach (var row in Rows)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Name,-56}{row.A,12:F1}{row.B,12:F1}{row.Ratio,10:F2}"));
        }
    }
}

/// <summary><c>compare</c>: two reports of one scenario.</summary>
internal static class CompareCommand
{
    public const string Usage = "A.json B.json [--html FILE] [--fail-above TIMES]: B beside A; with a bound, fails when a latency of B is more than so many times that of A";

    public static async Task<int> Run(string[] args)
    {
        if (args.Length < 2 || args[0].StartsWith('-') || args[1].StartsWith('-'))
        {
            await Console.Error.WriteLineAsync("compare takes two reports: loadtests compare A.json B.json");
            return 2;
        }

        try
        {
            var options = CommandOptions.Parse(
                "compare", [new("html", "FILE", "", "where the page goes"), new("fail-above", "TIMES", "", "the bound of a latency's ratio")], args[2..]);
            var comparison = RunComparison.Of(RunReport.Read(args[0]), RunReport.Read(args[1]));
            comparison.Print(Console.Out);
            if (options.Text("html") is { Length: > 0 } file)
            {
                await File.WriteAllTextAsync(file, HtmlReport.Of(comparison));
            }

            var slower = options.Text("fail-above").Length > 0 ? comparison.SlowerThan(options.Number("fail-above")).ToList() : [];
            slower.ForEach(row => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"slower: {row.Name}, {row.Ratio:F2} times")));
            return slower.Count == 0 ? 0 : 1;
        }
        catch (Exception exception) when (exception is CommandException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }
}
