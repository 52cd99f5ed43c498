using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Samples.Demo;
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

        var there = Name().Matches(await system.Gateway.GetStringAsync("/metrics")).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        there.UnionWith(OfOurMeter());
        var named = Asked(Rules).ToList();
        foreach (var dashboard in Directory.GetFiles(Path.Combine(Binaries.Repository, "deploy/grafana/dashboards"), "*.json"))
        {
            using var json = JsonDocument.Parse(await File.ReadAllTextAsync(dashboard));
            var panels = json.RootElement.GetProperty("panels").EnumerateArray().ToList();
            Assert.All(panels, panel => Assert.NotEqual(0, panel.GetProperty("targets").GetArrayLength()));
            named.AddRange(panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).SelectMany(target => Asked(target.GetProperty("expr").GetString()!)));
        }

        Assert.True(named.Count > 30);
        Assert.Empty(named.Distinct().Except(there));
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
                if (instrument.Meter.Name == Grains.Foundations.Telemetry.Name)
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

    [GeneratedRegex(@"\b[a-z]+(?:_[a-z0-9]+)+\b")]
    private static partial Regex Name();
}
