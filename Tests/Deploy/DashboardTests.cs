using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Samples.Demo;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Deploy;

/// <summary>Dashboards and alerts as those who read them do: Grafana's own types, Prometheus' own tool.</summary>
public sealed partial class DashboardTests
{
    private static readonly string[] Dashboards = Directory.GetFiles(Path.Combine(Binaries.Repository, "deploy/grafana/dashboards"), "*.json");
    private static readonly string RulesFile = Path.Combine(Binaries.Repository, "deploy/prometheus/alerts.yml");
    private static readonly string AlertCases = Path.Combine(Binaries.Repository, "Tests/Deploy/alerts.test.yml");

    [Fact]
    public async Task Grafanas_own_types_of_the_composed_version_have_nothing_against_the_dashboards()
    {
        var version = Image().Match(await File.ReadAllTextAsync(Path.Combine(Binaries.Repository, "docker-compose.yml"), TestContext.Current.CancellationToken)).Groups[1].Value;
        using var package = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(PeerProcess.Sources("node"), "package.json"), TestContext.Current.CancellationToken));
        Assert.Equal(version, package.RootElement.GetProperty("dependencies").GetProperty("@grafana/schema").GetString());

        // They do find: a member of another name, a panel of no kind, an option it cannot do without.
        using var folder = new TemporaryFolder();
        var right = await File.ReadAllTextAsync(Dashboards[0], TestContext.Current.CancellationToken);
        string[] spoilt = [.. new[] { ("\"refId\"", "\"refID\""), ("\"type\": \"stat\"", "\"type\": \"stats\""), ("\"showLegend\": true,", "") }
            .Select((change, i) => folder.Write($"spoilt-{i}.json", System.Text.Encoding.UTF8.GetBytes(right.Replace(change.Item1, change.Item2, StringComparison.Ordinal))))];
        var findings = JsonSerializer.Deserialize<string[]>((await PeerProcess.Run("node", ["dashboards.mjs", .. Dashboards, .. spoilt], PeerProcess.Sources("node"))).OrFail().Output)!;
        Assert.DoesNotContain(findings, finding => !finding.Contains("spoilt-", StringComparison.Ordinal));
        Assert.All(spoilt, file => Assert.Contains(findings, finding => finding.StartsWith(file, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whatever_figure_an_operator_is_told_of_is_in_a_panel()
    {
        var panels = string.Join('\n', Panels().Select(panel => panel.Expression));
        var told = await FiguresOfTheDocumentAsync();
        Assert.True(told.Count > 20);
        told.UnionWith(Metric().Matches(await File.ReadAllTextAsync(RulesFile, TestContext.Current.CancellationToken)).Select(match => Suffix().Replace(match.Value, "")));
        Assert.Empty(told.Where(figure => !Regex.IsMatch(panels, $@"\b{figure}(_bucket|_count|_sum)?\b")).Order());

        // What people call panels by is told apart.
        foreach (var dashboard in Panels().GroupBy(panel => panel.File))
        {
            Assert.Equal(dashboard.Select(panel => panel.Title).Distinct().Count(), dashboard.Select(panel => panel.Id).Distinct().Count());
        }
    }

    [Fact]
    public async Task Prometheus_takes_every_expression_and_each_alert_fires_where_it_is_called_for_and_nowhere_else()
    {
        using var folder = new TemporaryFolder();
        var records = Panels().Select((panel, i) => new { record = $"panel:{i}", expr = panel.Expression }).ToList();
        var recorded = JsonSerializer.SerializeToUtf8Bytes(new { groups = new[] { new { name = "panels", rules = records } } });
        var read = await PeerProcess.Run("promtool", ["check", "rules", folder.Write("panels.yml", recorded), RulesFile]);
        Assert.Contains($"{records.Count} rules found", read.OrFail().Output, StringComparison.Ordinal);
        Assert.False((await PeerProcess.Run("promtool", ["check", "rules", folder.Write("broken.yml", """{"groups":[{"name":"a","rules":[{"record":"panel:0","expr":"rate(bzt_flows_total)"}]}]}"""u8.ToArray())])).Succeeded);

        (await PeerProcess.Run("promtool", ["test", "rules", AlertCases])).OrFail();
        var cases = await File.ReadAllTextAsync(AlertCases, TestContext.Current.CancellationToken);
        var alerts = Alert().Matches(await File.ReadAllTextAsync(RulesFile, TestContext.Current.CancellationToken)).Select(match => match.Groups[1].Value).ToList();
        Assert.All(alerts, alert => Assert.Matches($@"alertname: {alert}\n +exp_alerts:\n", cases));

        // One fires always: that is what it is for.
        Assert.All(alerts.Except(["BztWatchdog"]), alert => Assert.Matches($@"alertname: {alert}\n +exp_alerts: \[\]\n", cases));
    }

    private sealed record Panel(string File, int Id, string Title, string Expression);

    private static IEnumerable<Panel> Panels()
    {
        foreach (var file in Dashboards)
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var panel in json.RootElement.GetProperty("panels").EnumerateArray())
            {
                foreach (var target in panel.GetProperty("targets").EnumerateArray())
                {
                    yield return new Panel(file, panel.GetProperty("id").GetInt32(), panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!);
                }
            }
        }
    }

    /// <summary>The table of our own figures in docs/operations.md.</summary>
    private static async Task<HashSet<string>> FiguresOfTheDocumentAsync()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Binaries.Repository, "docs/operations.md"), TestContext.Current.CancellationToken);
        var table = document[document.IndexOf("Our own figures, all with the prefix `bzt_`:", StringComparison.Ordinal)..document.IndexOf("`deploy/grafana/dashboards`", StringComparison.Ordinal)];
        return [.. table.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => Figure().Matches(line.Split('|')[1].Split(" by ")[0])).Select(match => "bzt_" + match.Groups[1].Value)];
    }

    [GeneratedRegex(@"image: grafana/grafana:(\S+)")]
    private static partial Regex Image();

    [GeneratedRegex(@"\bbzt_[a-z_]+\b")]
    private static partial Regex Metric();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Suffix();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Figure();

    [GeneratedRegex(@"^ +- alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Alert();
}
