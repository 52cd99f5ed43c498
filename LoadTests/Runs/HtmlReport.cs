using System.Globalization;
using System.Net;
using System.Text;

namespace Bzt.LoadTests.Runs;

/// <summary>A run, or two beside each other, as one page that needs nothing else: it can be mailed and opened years later.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--line:#8884;--c0:#2563eb;--c1:#dc2626;--c2:#059669;--c3:#d97706;--c4:#7c3aed;--c5:#0891b2}
        body{font:15px/1.5 system-ui,sans-serif;max-width:820px;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        td,th{padding:.25rem .5rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
        td:first-child,th:first-child{text-align:left}
        figure{margin:1.5rem 0}figcaption{font-weight:600}
        svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:currentColor}
        svg line.grid{stroke:var(--line)}svg line.mark{stroke:#dc2626;stroke-dasharray:4 3}
        polyline{fill:none;stroke-width:1.6;stroke:var(--c)}.legend span::before{content:"━ ";color:var(--c)}.legend span{margin-right:1rem}
        .s0{--c:var(--c0)}.s1{--c:var(--c1)}.s2{--c:var(--c2)}.s3{--c:var(--c3)}.s4{--c:var(--c4)}.s5{--c:var(--c5)}
        .broken{color:#dc2626;font-weight:600}code{font-size:.9em}
        """;

    /// <summary>As far apart as they are rare: 99 is as far from 90 as 99.9 from 99.</summary>
    private static readonly (double X, string Text)[] PercentileTicks = [(Rarity(0), "0"), (Rarity(90), "90"), (Rarity(99), "99"), (Rarity(99.9), "99.9"), (Rarity(99.99), "99.99")];

    public static string Of(RunReport run)
    {
        var body = new StringBuilder();
        Describe(body, run);
        if (run.Invariants.Count > 0)
        {
            Table(body, "What must hold", ["", ""], run.Invariants.Select(invariant => (string[])[
                invariant.Name, invariant.Holds ? "holds" : string.Join("; ", (string[])["BROKEN", .. invariant.Violations])]));
        }

        Table(body, "Latency, from the moment each was to begin", ["", "ended", "failed", "per s", "p50 ms", "p90", "p99", "p99.9", "longest"], run.Operations.Select(it => (string[])[
            it.Name, $"{it.Ended}", $"{it.Errors.Values.Sum()}", Number(it.PerSecond), Number(it.P50Ms), Number(it.P90Ms), Number(it.P99Ms), Number(it.P999Ms), Number(it.MaxMs)]));
        if (run.Operations.Any(it => it.Errors.Count > 0))
        {
            Table(body, "Errors", ["", "count"], run.Operations.SelectMany(it => it.Errors.Select(error => (string[])[$"{it.Name}: {error.Key}", $"{error.Value}"])));
        }

        if (run.Figures.Count > 0)
        {
            Table(body, "Figures", ["", "", ""], run.Figures.Select(figure => (string[])[figure.Name, Number(figure.Value), figure.Unit]));
        }

        if (run.Marks.Count > 0)
        {
            Table(body, "What was done to it", ["second", ""], run.Marks.Select(mark => (string[])[Number(mark.Second), mark.Text]));
        }

        body.Append(Arrived([run], [""]).ToHtml()).Append(OverTime([run], [""]).ToHtml()).Append(Curves([run], [""]).ToHtml());
        body.Append(Cpu(run).ToHtml()).Append(Resource("Memory", "MiB resident", run, sample => sample.ResidentMiB).ToHtml())
            .Append(Resource("Open files", "files and sockets", run, sample => sample.OpenFiles).ToHtml());
        return Page($"{run.Scenario} on {run.Target}", body);
    }

    public static string Of(RunComparison comparison)
    {
        var body = new StringBuilder();
        var (a, b) = (comparison.A, comparison.B);
        Describe(body, a);
        Describe(body, b);
        Table(body, "B beside A", ["", "A", "B", "B / A"], comparison.Rows.Select(row => (string[])[row.Name, Number(row.A), Number(row.B), row.Ratio is { } ratio ? Number(ratio) : ""]));
        body.Append(Arrived([a, b], ["A ", "B "]).ToHtml()).Append(OverTime([a, b], ["A ", "B "]).ToHtml()).Append(Curves([a, b], ["A ", "B "]).ToHtml());
        return Page($"{a.Scenario}: two runs compared", body);
    }

    private static Plot Arrived(RunReport[] runs, string[] prefixes) => new("Arrivals and failures", "second", "per second", [
        .. runs.SelectMany((run, i) => (Series[])[
            new($"{prefixes[i]}arrived", [.. run.Timeline.Select(second => ((double)second.Second, (double)second.Arrived))]),
            new($"{prefixes[i]}failed", [.. run.Timeline.Select(second => ((double)second.Second, (double)second.Failed))])])])
    { Marks = runs.Length == 1 ? runs[0].Marks : [] };

    private static Plot OverTime(RunReport[] runs, string[] prefixes) => new("Latency over time", "second of arrival", "ms", [
        .. runs.SelectMany((run, i) => (Series[])[
            new($"{prefixes[i]}p50", [.. run.Timeline.Where(second => second.MaxMs > 0).Select(second => ((double)second.Second, second.P50Ms))]),
            new($"{prefixes[i]}p99", [.. run.Timeline.Where(second => second.MaxMs > 0).Select(second => ((double)second.Second, second.P99Ms))])])])
    { Logarithmic = true, Marks = runs.Length == 1 ? runs[0].Marks : [] };

    private static Plot Curves(RunReport[] runs, string[] prefixes) => new("Latency by percentile", "percentile", "ms", [
        .. runs.SelectMany((run, i) => run.Operations.Where(it => it.Ended > 0).Select(it => new Series(
            prefixes[i] + it.Name, [.. it.Curve.Where(point => point.Percentile < 100).Select(point => (Rarity(point.Percentile), point.Ms))])))])
    { Logarithmic = true, Ticks = PercentileTicks };

    private static double Rarity(double percentile) => Math.Log10(100 / (100 - percentile));

    private static Plot Cpu(RunReport run) => new("Processor", "second", "cores", [.. run.Resources.GroupBy(sample => sample.Process).Select(process => new Series(process.Key, [
        .. process.Zip(process.Skip(1)).Where(pair => pair.Second.CpuSeconds >= pair.First.CpuSeconds && pair.Second.Second > pair.First.Second)
            .Select(pair => (pair.Second.Second, (pair.Second.CpuSeconds - pair.First.CpuSeconds) / (pair.Second.Second - pair.First.Second)))]))])
    { Marks = run.Marks };

    private static Plot Resource(string title, string unit, RunReport run, Func<ResourceSample, double> value) => new(title, "second", unit, [
        .. run.Resources.GroupBy(sample => sample.Process).Select(process => new Series(process.Key, [.. process.Select(sample => (sample.Second, value(sample)))]))])
    { Marks = run.Marks };

    private static void Describe(StringBuilder body, RunReport run)
    {
        var options = string.Join(' ', run.Options.Select(option => $"--{option.Key} {option.Value}"));
        body.Append(CultureInfo.InvariantCulture, $"<p><code>loadtests {Text(run.Scenario)} {Text(options)}</code><br/>{run.StartedAt:yyyy-MM-dd HH:mm:ss} UTC, {run.Seconds:F0} s, ");
        body.Append(CultureInfo.InvariantCulture, $"{Text(run.Target)}, {run.Cores} cores, load average {run.LoadAverage:F1}</p>");
    }

    private static void Table(StringBuilder body, string title, string[] heads, IEnumerable<string[]> rows)
    {
        body.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2><table><tr>{string.Concat(heads.Select(head => $"<th>{Text(head)}</th>"))}</tr>");
        foreach (var row in rows)
        {
            body.Append(CultureInfo.InvariantCulture, $"<tr>{string.Concat(row.Select(cell => $"<td{(cell.StartsWith("BROKEN", StringComparison.Ordinal) ? " class=\"broken\"" : "")}>{Text(cell)}</td>"))}</tr>");
        }

        body.Append("</table>");
    }

    private static string Page(string title, StringBuilder body) =>
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/>"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>"
        + $"<title>{Text(title)}</title><style>{Style}</style></head><body><h1>{Text(title)}</h1>{body}</body></html>\n";

    private static string Number(double value) => Plot.Number(value);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
