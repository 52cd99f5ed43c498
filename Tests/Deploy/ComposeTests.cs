using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Samples.Demo;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Deploy;

/// <summary>
/// docker-compose.yml as docker-compose itself reads it, Debian 12's (1.29) or a newer one (2.26): what every container may not do, and how it says
/// whether it is well.
/// </summary>
public sealed partial class ComposeTests
{
    private static readonly string Composition = File.ReadAllText(Path.Combine(Binaries.Repository, "docker-compose.yml"));

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task Every_container_is_nobody_has_nothing_it_does_not_need_and_is_asked_how_it_is()
    {
        var services = await ServicesAsync();
        Assert.Equal(
            ["alertmanager", "blackbox", "demo-proxy", "disks", "gateway-1", "gateway-2", "grafana", "keys", "platform", "postgres", "prometheus", "proxy", "redis", "silo", "simulators"],
            services.EnumerateObject().Select(service => service.Name).Order(StringComparer.Ordinal));
        Assert.Empty(Faults(services));

        // Each of these would have been found, and where it counts.
        (string From, string To, string Fault)[] spoilt = [
            ("  read_only: true\n", "  read_only: false\n", "redis: writes into its image"),
            ("cap_drop: [ALL]", "cap_drop: [KILL]", "platform: capabilities"),
            ("cap_add: [NET_BIND_SERVICE]", "cap_add: [NET_BIND_SERVICE, SYS_ADMIN]", "proxy: capabilities"),
            ("no-new-privileges:true", "label:disable", "silo: new privileges"),
            ("user: \"999:999\"\n    # Forty", "user: \"0:999\"\n    # Forty", "postgres: root"),
            ("user: \"472:0\"", "user: root", "grafana: root"),
            ("stop_grace_period: 60s", "stop_grace_period: 5s", "gateway-2: too little time to stop"),
            ("max-size: 10m", "compress: \"true\"", "blackbox: fills the disk with what it says"),
            ("127.0.0.1:3000:3000", "3000:3000", "grafana: is open to others"),
            ("healthcheck:\n      test: [\"CMD\", \"wget\", \"-q\", \"-O\", \"/dev/null\", \"http://127.0.0.1:2020/\"]\n      interval: 5s\n      timeout: 5s\n      retries: 12\n", "healthcheck: {disable: true}\n", "proxy: nobody asks how it is"),
            ("image: redis:7.2\n", "image: redis:7.2\n    privileged: true\n    pid: host\n", "redis: privileged"),
            ("./deploy/prometheus:/etc/prometheus:ro", "/var/run/docker.sock:/var/run/docker.sock", "prometheus: holds the engine")];
        var found = Faults(await ServicesAsync(spoilt.Aggregate(Composition, (text, change) => Spoilt(text, change.From, change.To))));
        Assert.All(spoilt, change => Assert.Contains(change.Fault, found));
        Assert.Contains("redis: shares the host's", found);
    }

    [Fact]
    public async Task Docker_compose_refuses_what_it_does_not_know()
    {
        foreach (var (from, to) in ((string, string)[])[("  read_only: true\n", "  read_onyl: true\n"), ("cap_drop: [ALL]", "cap_drop: ALL")])
        {
            Assert.False((await ConfigAsync(Spoilt(Composition, from, to))).Succeeded, to);
        }
    }

    /// <summary>The services by name, anchors and variables filled in.</summary>
    internal static async Task<JsonElement> ServicesAsync(string? composition = null)
    {
        var read = (await ConfigAsync(composition ?? Composition)).OrFail();
        return (await Yaml.ReadAsync(read.Output))[0][0].GetProperty("services");
    }

    private static Task<PeerResult> ConfigAsync(string composition) =>
        PeerProcess.Run("docker-compose", ["--profile", "*", "--file", "-", "config"], Binaries.Repository, composition);

    private static string Spoilt(string text, string from, string to)
    {
        Assert.Contains(from, text, StringComparison.Ordinal);
        return text.Replace(from, to, StringComparison.Ordinal);
    }

    private static List<string> Faults(JsonElement services)
    {
        var recipes = services.EnumerateObject().Where(service => service.Value.TryGetProperty("build", out _))
            .ToDictionary(service => service.Value.GetProperty("image").GetString()!, service => FinalStage(service.Value.GetProperty("build")));
        var faults = new List<string>();
        foreach (var service in services.EnumerateObject())
        {
            void Expect(bool holds, string fault) => faults.AddRange(holds ? [] : [$"{service.Name}: {fault}"]);
            var recipe = recipes.GetValueOrDefault(service.Value.GetProperty("image").GetString()!, "");
            Expect(Text(service.Value, "read_only") == "true", "writes into its image");
            Expect(List(service.Value, "cap_drop").SequenceEqual(["ALL"]) && List(service.Value, "cap_add").All(added => added == "NET_BIND_SERVICE" && service.Name is "proxy" or "demo-proxy"), "capabilities");
            Expect(List(service.Value, "security_opt").Contains("no-new-privileges:true"), "new privileges");
            Expect(Text(service.Value, "privileged") is "" or "false", "privileged");
            Expect(new[] { "network_mode", "pid", "ipc", "userns_mode", "devices" }.All(name => Text(service.Value, name).Length == 0), "shares the host's");
            Expect(!Parts(service.Value, "volumes", "source").Any(source => source.EndsWith("docker.sock", StringComparison.Ordinal)), "holds the engine");
            Expect(Text(service.Value, "user") is { Length: > 0 } user ? !Root().IsMatch(user) : recipe.Contains("\nUSER $APP_UID\n", StringComparison.Ordinal), "root");
            Expect(Seconds(Text(service.Value, "stop_grace_period")) >= 45, "too little time to stop");
            Expect(service.Value.TryGetProperty("logging", out var logging) && logging.TryGetProperty("options", out var bounds) && Text(bounds, "max-size") is { Length: > 0 }, "fills the disk with what it says");
            Expect(service.Name is "proxy" or "demo-proxy" || Parts(service.Value, "ports", "host_ip").All(address => address == "127.0.0.1"), "is open to others");
            var asked = service.Value.TryGetProperty("healthcheck", out var check) ? List(check, "test").FirstOrDefault() is not (null or "NONE") : recipe.Contains("\nHEALTHCHECK ", StringComparison.Ordinal);
            // What runs once and ends says so by its exit code.
            Expect(asked || (Text(service.Value, "restart") == "no" && service.Name == "keys"), "nobody asks how it is");
        }

        return faults;
    }

    private static string FinalStage(JsonElement build)
    {
        var recipe = File.ReadAllText(Path.Combine(Text(build, "context"), Text(build, "dockerfile")));
        return recipe[recipe.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];
    }

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? (value.ValueKind is JsonValueKind.True ? "true" : value.ValueKind is JsonValueKind.False ? "false" : value.ToString()) : "";

    private static IEnumerable<string> List(JsonElement of, string name) => of.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(item => item.ToString()) : [];

    /// <summary>Of each port or volume what stands before the first colon, written <c>127.0.0.1:3000:3000/tcp</c>, or is called by name.</summary>
    private static IEnumerable<string> Parts(JsonElement of, string list, string name) =>
        of.TryGetProperty(list, out var items) ? items.EnumerateArray().Select(item => item.ValueKind is JsonValueKind.Object ? Text(item, name) : item.ToString().Split(':')[0]) : [];

    /// <summary>As docker-compose writes a time: 40s, 1m0s.</summary>
    private static int Seconds(string time) => Regex.Match(time, @"^(?:(\d+)m)?(?:(\d+)s)?$") is { Success: true } parts
        ? (60 * int.Parse("0" + parts.Groups[1].Value, null)) + int.Parse("0" + parts.Groups[2].Value, null)
        : 0;

    [GeneratedRegex("^(0+|root)(:|$)")]
    private static partial Regex Root();
}
