using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Bzt.Samples.Demo;
using Bzt.Tests.Applications;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Deploy;

/// <summary>Who is told, and what is looked at from outside: Prometheus' own programs with the committed files.</summary>
public sealed partial class OutsideTests(ProxyWorld world) : IClassFixture<ProxyWorld>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Prometheus_and_the_alertmanager_take_their_files()
    {
        // Where the container has them.
        folder.Write("targets.json", """[{"targets": ["https://bzt.example.com/health/ready"]}]"""u8.ToArray());
        var prometheus = (await DeployedAsync("prometheus/prometheus.yml"))
            .Replace("/etc/prometheus/alerts.yml", Path.Combine(Binaries.Repository, "deploy/prometheus/alerts.yml"), StringComparison.Ordinal)
            .Replace("/run/secrets/targets.json", folder["targets.json"], StringComparison.Ordinal);
        (await PeerProcess.Run("promtool", ["check", "config", Write("prometheus.yml", prometheus)])).OrFail();

        var alertmanager = Write("alertmanager.yml", await DeployedAsync("alertmanager/alertmanager.example.yml"));
        (await PeerProcess.Run("amtool", ["check-config", alertmanager])).OrFail();
        foreach (var (severity, receiver) in ((string, string)[])[("page", "night"), ("ticket", "tickets"), ("watchdog", "outside")])
        {
            var routed = await PeerProcess.Run("amtool", ["config", "routes", "test", "--config.file", alertmanager, $"severity={severity}", "alertname=BztSiloDown"]);
            Assert.Equal(receiver, routed.OrFail().Output.Trim());
        }

        // Every severity of the rules has been asked for.
        Assert.Equal(["page", "ticket", "watchdog"], Severity().Matches(await DeployedAsync("prometheus/alerts.yml")).Select(match => match.Groups[1].Value).Distinct().Order());

        // What the demonstration's script writes, too, and not what is none.
        var nobody = NobodyFile().Match(await File.ReadAllTextAsync(Path.Combine(Binaries.Repository, "Samples/Demo/compose-secrets.sh"), TestContext.Current.CancellationToken)).Groups[1].Value;
        (await PeerProcess.Run("amtool", ["check-config", Write("nobody.yml", nobody.Replace("\\n", "\n", StringComparison.Ordinal))])).OrFail();
        Assert.False((await PeerProcess.Run("amtool", ["check-config", Write("wrong.yml", "route: {receiver: somebody}\nreceivers: [{name: nobody}]\n")])).Succeeded);
    }

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task The_probe_sees_that_phones_reach_a_ready_gateway_and_when_the_certificate_ends()
    {
        var port = FreePort();
        var settings = (await DeployedAsync("blackbox/blackbox.yml")).Replace("/run/secrets/tls-ca.crt", world.Proxy.AuthorityFile, StringComparison.Ordinal);
        using var blackbox = Start("prometheus-blackbox-exporter", [$"--config.file={Write("blackbox.yml", settings)}", $"--web.listen-address=127.0.0.1:{port}"]);
        try
        {
            var page = await ProbeAsync(port, world.Proxy.Address, "/health/ready", answers => answers.Contains("probe_success 1", StringComparison.Ordinal));
            var ends = double.Parse(Expiry().Match(page).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(ends - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 3600, 20 * 3600);

            // What the proxy keeps to itself is no success, and neither is a host that is not there.
            await ProbeAsync(port, world.Proxy.Address, "/metrics", answers => answers.Contains("probe_success 0", StringComparison.Ordinal));
            await ProbeAsync(port, RunningProxy.OwnAddress(), "/health/ready", answers => answers.Contains("probe_success 0", StringComparison.Ordinal));
        }
        finally
        {
            blackbox.Kill();
        }
    }

    [Fact]
    public async Task The_disks_of_volumes_and_backups_are_told_of_and_nothing_else_of_the_machine()
    {
        var arguments = (await ComposeTests.ServicesAsync()).GetProperty("disks").GetProperty("command").EnumerateArray().Select(argument => argument.GetString()!);
        var port = FreePort();
        using var exporter = Start("prometheus-node-exporter", [.. arguments, $"--web.listen-address=127.0.0.1:{port}"]);
        try
        {
            using var http = new HttpClient();
            var page = await Wait.UntilAsync(() => AnswerAsync(http, $"http://127.0.0.1:{port}/metrics"), answer => answer.Length > 0);
            Assert.Contains("node_filesystem_avail_bytes{", page, StringComparison.Ordinal);
            Assert.Contains("node_filesystem_size_bytes{", page, StringComparison.Ordinal);
            Assert.Contains("mountpoint=\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("node_cpu", page, StringComparison.Ordinal);
        }
        finally
        {
            exporter.Kill();
        }
    }

    public void Dispose() => folder.Dispose();

    private static async Task<string> ProbeAsync(int port, IPAddress address, string path, Func<string, bool> isSo)
    {
        using var http = new HttpClient();
        var target = Uri.EscapeDataString($"https://{address}{path}");
        return await Wait.UntilAsync(() => AnswerAsync(http, $"http://127.0.0.1:{port}/probe?module=https&hostname={RunningProxy.Host}&target={target}"), isSo);
    }

    /// <summary>Empty while nobody listens.</summary>
    private static async Task<string> AnswerAsync(HttpClient http, string address)
    {
        try
        {
            return await http.GetStringAsync(address);
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = false })!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task<string> DeployedAsync(string file) => File.ReadAllTextAsync(Path.Combine(Binaries.Repository, "deploy", file), TestContext.Current.CancellationToken);

    private string Write(string name, string text) => folder.Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"severity: (\w+)\}")]
    private static partial Regex Severity();

    [GeneratedRegex("printf '(.*)' > alertmanager.yml")]
    private static partial Regex NobodyFile();

    [GeneratedRegex(@"^probe_ssl_earliest_cert_expiry (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Expiry();
}
