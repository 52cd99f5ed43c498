using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Samples.Demo;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Deploy;

/// <summary>What deploy/ promises the operator: a figure behind every name, and something to do behind every alert.</summary>
public sealed partial class AlertTests
{
    private static readonly string Rules = File.ReadAllText(Path.Combine(Binaries.Repository, "deploy/prometheus/alerts.yml"));

    [Fact]
    public void Every_alert_has_its_section_and_every_section_its_alert()
    {
        var alerts = Alert().Matches(Rules).Select(match => match.Groups[1].Value).ToList();
        Assert.True(alerts.Count > 10);
        var sections = Section().Matches(File.ReadAllText(Path.Combine(Binaries.Repository, "docs/operations.md"))).Select(match => match.Groups[1].Value);
        Assert.Equal(alerts.Order(), sections.Order());
        Assert.Equal(alerts.Select(alert => $"docs/operations.md#{alert.ToLowerInvariant()}"), Runbook().Matches(Rules).Select(match => match.Groups[1].Value));
    }

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task Every_figure_of_rules_and_dashboards_is_there()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using (var phone = await system.RealNamedPhoneAsync())
        {
            // Something was written, and something was asked for.
        }

        // One that fails, so that the page shows how it says so.
        Telemetry.Stored("write", failed: true, TimeSpan.Zero);
        var page = await Wait.UntilAsync(() => system.Gateway.GetStringAsync("/metrics"), found => found.Contains("failed=\"true\"", StringComparison.Ordinal));
        var there = Name().Matches(page).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        there.UnionWith(OfOurMeter());
        var named = Asked(Rules).ToList();
        var expressions = new List<string> { Rules };
        foreach (var dashboard in Directory.GetFiles(Path.Combine(Binaries.Repository, "deploy/grafana/dashboards"), "*.json"))
        {
            using var json = JsonDocument.Parse(await File.ReadAllTextAsync(dashboard));
            var panels = json.RootElement.GetProperty("panels").EnumerateArray().ToList();
            Assert.All(panels, panel => Assert.NotEqual(0, panel.GetProperty("targets").GetArrayLength()));
            expressions.AddRange(panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!));
        }

        named.AddRange(expressions.Skip(1).SelectMany(Asked));

        Assert.True(named.Count > 30);
        Assert.Empty(named.Distinct().Except(there));

        // A label that no figure has, or a value it never takes, would ask for nothing for ever.
        var asked = expressions.SelectMany(AskedLabels).Distinct().ToList();
        Assert.Contains(asked, label => label is { Name: "failed", Value: "true" });
        Assert.All(asked, label => Assert.True(IsThere(label, page), $"{label.Figure}: {label.Name}=\"{label.Value}\""));
        Assert.False(IsThere(new("bzt_storage_duration_seconds_count", "failed", "True"), page));
    }

    /// <param name="Figure">With these labels.</param>
    /// <param name="Name">Of the label.</param>
    /// <param name="Value">It is asked for; null for what a pattern excludes.</param>
    private sealed record AskedLabel(string Figure, string Name, string? Value);

    /// <summary>`job` and `instance` are Prometheus' own; what its other programs say of disks and of the probe is theirs (<see cref="OutsideTests"/>).</summary>
    private static IEnumerable<AskedLabel> AskedLabels(string expression) =>
        from selector in Selector().Matches(expression)
        where !selector.Groups[1].Value.StartsWith("node_", StringComparison.Ordinal) && !selector.Groups[1].Value.StartsWith("probe_", StringComparison.Ordinal)
        from label in Label().Matches(selector.Groups[2].Value)
        where label.Groups[1].Value is not "job" and not "instance"
        from value in label.Groups[2].Value.StartsWith('!') ? (string?[])[null] : label.Groups[2].Value == "=" ? [label.Groups[3].Value] : label.Groups[3].Value.Split('|')
        select new AskedLabel(selector.Groups[1].Value, label.Groups[1].Value, value);

    private static bool IsThere(AskedLabel label, string page)
    {
        var values = Regex.Matches(page, $"^{label.Figure}\\{{(?:.*,)?{label.Name}=\"([^\"]*)\"", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        return label switch
        {
            // Whatever flows end with, this system may not have seen it yet.
            { Figure: "bzt_flows_total", Name: "end" } => label.Value is null || Enum.GetNames<SessionEnd>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).Contains(label.Value),

            // Only answers of 503 have it; LoginTests sees one.
            { Name: "problem" } => label.Value is null or ErrorCodes.ProviderUnavailable,
            { Name: "http_response_status_code" } => values.Count > 0 && label.Value is { Length: 3 },
            _ => label.Value is null ? values.Count > 0 : values.Contains(label.Value),
        };
    }

    /// <summary>Names of figures in an expression; `up` is Prometheus' own.</summary>
    private static IEnumerable<string> Asked(string expressions) =>
        Name().Matches(expressions).Select(match => match.Value).Where(name => name.StartsWith("bzt_", StringComparison.Ordinal) || name.StartsWith("http_server_", StringComparison.Ordinal)
            || name.StartsWith("orleans_", StringComparison.Ordinal) || name.StartsWith("dotnet_", StringComparison.Ordinal));

    /// <summary>Counters that have counted nothing yet are not on the page; their instruments are there all the same.</summary>
    private static HashSet<string> OfOurMeter()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                {
                    var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
                    var kind = instrument.GetType().GetGenericTypeDefinition();
                    names.UnionWith(kind == typeof(Histogram<>) ? [name + "_bucket", name + "_count", name + "_sum"]
                        : kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? [name + "_total"] : [name]);
                }
            },
        };
        listener.Start();
        return names;
    }

    [GeneratedRegex(@"^ +- alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Alert();

    [GeneratedRegex(@"^### (Bzt\w+)$", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^ +runbook: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Runbook();

    [GeneratedRegex("""\b(\w+)\{((?:[^}"]|"(?:[^"\\]|\\.)*")+)\}""")]
    private static partial Regex Selector();

    [GeneratedRegex("""(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)["]""")]
    private static partial Regex Label();

    [GeneratedRegex(@"\b[a-z]+(?:_[a-z0-9]+)+\b")]
    private static partial Regex Name();
}
