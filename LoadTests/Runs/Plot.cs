using System.Globalization;
using System.Net;
using System.Text;

namespace Bzt.LoadTests.Runs;

/// <summary>One line of a plot.</summary>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A plot with lines as SVG for the inside of a page: no script, no font, nothing from elsewhere.</summary>
internal sealed record Plot(string Title, string XLabel, string YLabel, IReadOnlyList<Series> Series)
{
    private const int Width = 760;
    private const int Height = 260;
    private const int Left = 70;
    private const int Right = 16;
    private const int Top = 14;
    private const int Bottom = 44;

    /// <summary>The axis of y: latencies span four powers of ten.</summary>
    public bool Logarithmic { get; init; }

    public IReadOnlyList<Mark> Marks { get; init; } = [];

    /// <summary>Values of x that get a line and a text; without any, round ones.</summary>
    public IReadOnlyList<(double X, string Text)> Ticks { get; init; } = [];

    public string ToHtml()
    {
        var points = Series.SelectMany(series => series.Points).Where(point => double.IsFinite(point.Y)).ToList();
        var html = new StringBuilder($"<figure><figcaption>{Text(Title)}</figcaption>");
        if (points.Count == 0)
        {
            return html.Append("<p>no data</p></figure>").ToString();
        }

        var x = new Axis(Ticks.Count > 0 ? Ticks[0].X : Math.Min(0, points.Min(point => point.X)), Math.Max(points.Max(point => point.X), 1e-9), false);
        var y = Logarithmic
            ? new Axis(Math.Pow(10, Math.Floor(Math.Log10(Math.Max(0.01, points.Min(point => point.Y))))), Math.Pow(10, Math.Ceiling(Math.Log10(Math.Max(0.1, points.Max(point => point.Y))))), true)
            : new Axis(0, Axis.Above(points.Max(point => point.Y)), false);
        double Across(double value) => Left + (x.Share(value) * (Width - Left - Right));
        double Down(double value) => Height - Bottom - (y.Share(value) * (Height - Top - Bottom));

        html.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Text(Title)}\">");
        foreach (var value in y.Ticks())
        {
            html.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Down(value):F1}\" y2=\"{Down(value):F1}\"/>");
            html.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Down(value) + 4:F1}\" text-anchor=\"end\">{Number(value)}</text>");
        }

        foreach (var (value, text) in Ticks.Count > 0 ? Ticks : [.. x.Ticks().Select(tick => (tick, Number(tick)))])
        {
            html.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Across(value):F1}\" x2=\"{Across(value):F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>");
            html.Append(CultureInfo.InvariantCulture, $"<text x=\"{Across(value):F1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{Text(text)}</text>");
        }

        foreach (var mark in Marks)
        {
            html.Append(CultureInfo.InvariantCulture, $"<line class=\"mark\" x1=\"{Across(mark.Second):F1}\" x2=\"{Across(mark.Second):F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"><title>{Text(mark.Text)}</title></line>");
        }

        for (var i = 0; i < Series.Count; i++)
        {
            var line = string.Join(' ', Series[i].Points.Where(point => double.IsFinite(point.Y)).Select(point => string.Create(CultureInfo.InvariantCulture, $"{Across(point.X):F1},{Down(point.Y):F1}")));
            html.Append(CultureInfo.InvariantCulture, $"<polyline class=\"s{i % 6}\" points=\"{line}\"/>");
        }

        html.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{Text(XLabel)}</text>");
        html.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{Text(YLabel)}</text></svg><p class=\"legend\">");
        for (var i = 0; i < Series.Count; i++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"s{i % 6}\">{Text(Series[i].Name)}</span> ");
        }

        return html.Append("</p></figure>").ToString();
    }

    public static string Number(double value) => value switch
    {
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>From a value to its share of the length.</summary>
    private readonly record struct Axis(double Low, double High, bool Logarithmic)
    {
        public double Share(double value) => Logarithmic
            ? (Math.Log10(Math.Clamp(value, Low, High)) - Math.Log10(Low)) / (Math.Log10(High) - Math.Log10(Low))
            : (value - Low) / (High - Low);

        public IEnumerable<double> Ticks()
        {
            for (var value = Logarithmic ? Low : Math.Ceiling(Low / Step(High - Low)) * Step(High - Low); value <= High * 1.0001; value = Logarithmic ? value * 10 : value + Step(High - Low))
            {
                yield return value;
            }
        }

        /// <summary>The next round number, so that the highest value is not the edge.</summary>
        public static double Above(double value) => value <= 0 ? 1 : Math.Ceiling(value / Step(value)) * Step(value);

        /// <summary>About six of 1, 2 or 5 times a power of ten.</summary>
        private static double Step(double span)
        {
            var power = Math.Pow(10, Math.Floor(Math.Log10(span / 6)));
            return (span / 6 / power) switch { < 1.5 => power, < 3.5 => 2 * power, < 7.5 => 5 * power, _ => 10 * power };
        }
    }
}
