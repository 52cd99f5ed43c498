using System.Text.Json;
using Bzt.Samples.Demo;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Deploy;

/// <summary>deploy/kubernetes as Kubernetes' own API document would take it, and what it promises of its own.</summary>
public sealed class KubernetesTests
{
    private static readonly string File = Path.Combine(Binaries.Repository, "deploy/kubernetes/bzt.yaml");
    private static readonly string Manifests = System.IO.File.ReadAllText(File);

    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task Kubernetes_own_schemas_and_types_have_nothing_against_the_manifests()
    {
        using var folder = new TemporaryFolder();
        string[] spoilt = [.. new (string From, string To)[]
        {
            ("terminationGracePeriodSeconds", "terminationGracePeriodSecond"),
            ("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true"),
            ("containerPort: 11111", "containerPort: \"11111\""),
            ("apiVersion: policy/v1\n", "apiVersion: policy/v1beta9\n"),
            ("minAvailable: 2\n", "minAvailable: [2]\n"),
            ("replicas: 3\n", "replicas: 3\n  replicas: 3\n"),
            ("path: /health/live, port: operators}, ", "path: /health/live}, "),
        }.Select((change, i) => folder.Write($"spoilt-{i}.yaml", System.Text.Encoding.UTF8.GetBytes(Spoilt(change.From, change.To))))];
        var findings = JsonSerializer.Deserialize<string[]>((await PeerProcess.Run("node", ["kubernetes.mjs", File, .. spoilt], PeerProcess.Sources("node"))).OrFail().Output)!;
        Assert.DoesNotContain(findings, finding => !finding.Contains("spoilt-", StringComparison.Ordinal));
        Assert.All(spoilt, file => Assert.Contains(findings, finding => finding.StartsWith(file, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_pod_has_power_each_has_its_bounds_and_Orleans_ports_are_closed()
    {
        (string From, string To, string Fault)[] spoilt = [
            ("runAsNonRoot: true", "runAsNonRoot: false", "silo: may be root"),
            ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "gateway/keys: writes into its image"),
            ("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "silo/silo: new privileges"),
            ("drop: [ALL]", "drop: [KILL]", "gateway/gateway: capabilities"),
            ("seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: Unconfined}", "silo: every system call"),
            ("automountServiceAccountToken: false", "automountServiceAccountToken: true", "gateway: may talk to the API"),
            ("readinessProbe", "lifecycle", "silo/silo: readinessProbe"),
            ("limits: {memory: 2Gi}", "limits: {}", "gateway/gateway: resources"),
            ("terminationGracePeriodSeconds: 60", "terminationGracePeriodSeconds: 20", "gateway: too little time to stop"),
            ("terminationGracePeriodSeconds: 45", "terminationGracePeriodSeconds: 30", "silo: too little time to stop"),
            ("minAvailable: 2", "minAvailable: 3", "silo: disruptions"),
            ("maxUnavailable: 0", "maxUnavailable: 1", "gateway: fewer while it is replaced"),
            ("- from: [{podSelector: {matchLabels: {app: silo}}}]\n      ports: [{port: 11111}]", "- ports: [{port: 11111}]", "silo: port 11111 is open to everybody"),
            ("      ports: [{port: 30000}]\n", "", "silo: port 11111 is open to app=gateway"),
            ("podSelector: {matchLabels: {app: silo}}\n  policyTypes: [Ingress]", "podSelector: {matchLabels: {app: silos}}\n  policyTypes: [Ingress]", "silo: port 30000 is open to everybody"),
            ("enforce: restricted", "enforce: baseline", "the namespace takes more")];
        var read = await Yaml.ReadAsync([Manifests, .. spoilt.Select(change => Spoilt(change.From, change.To))]);
        Assert.Equal(9, read[0].Count);
        Assert.Empty(Faults(read[0]));
        Assert.All(spoilt.Zip(read.Skip(1)), pair => Assert.Contains(pair.First.Fault, Faults(pair.Second)));
    }

    private static string Spoilt(string from, string to)
    {
        Assert.Contains(from, Manifests, StringComparison.Ordinal);
        return Manifests.Replace(from, to, StringComparison.Ordinal);
    }

    private static List<string> Faults(IReadOnlyList<JsonElement> manifests)
    {
        var faults = new List<string>();
        IEnumerable<JsonElement> Of(string kind) => manifests.Where(manifest => Text(manifest, "kind") == kind);
        faults.AddRange(Of("Namespace").All(space => Text(space, "metadata", "labels", "pod-security.kubernetes.io/enforce") == "restricted") ? [] : ["the namespace takes more"]);
        foreach (var deployment in Of("Deployment"))
        {
            var app = Text(deployment, "spec", "selector", "matchLabels", "app");
            void Expect(bool holds, string fault) => faults.AddRange(holds ? [] : [$"{app}: {fault}"]);
            var spec = At(deployment, "spec", "template", "spec")!.Value;
            Expect(Text(spec, "securityContext", "runAsNonRoot") == "True" && Number(spec, "securityContext", "runAsUser") > 0, "may be root");
            Expect(Text(spec, "securityContext", "seccompProfile", "type") == "RuntimeDefault", "every system call");
            Expect(Text(spec, "automountServiceAccountToken") == "False", "may talk to the API");
            Expect(new[] { "hostNetwork", "hostPID", "hostIPC" }.All(name => Text(spec, name).Length == 0) && List(spec, "volumes").All(volume => At(volume, "hostPath") is null), "shares the host's");
            Expect(Text(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable") == "0", "fewer while it is replaced");

            // What is under way after the drain has the time docs/operations.md gives it.
            var drain = List(spec, "containers").SelectMany(container => List(container, "env")).Where(variable => Text(variable, "name") == "Gateway__DrainSeconds").Sum(variable => int.Parse(Text(variable, "value"), null));
            Expect(Number(spec, "terminationGracePeriodSeconds") >= Math.Max(40, drain + 30), "too little time to stop");

            // One can be taken away at any time, and one is always left.
            var least = Of("PodDisruptionBudget").Where(budget => Text(budget, "spec", "selector", "matchLabels", "app") == app).Select(budget => Number(budget, "spec", "minAvailable")).ToList();
            Expect(least is [>= 1] && least[0] < Number(deployment, "spec", "replicas"), "disruptions");
            foreach (var container in List(spec, "initContainers").Concat(List(spec, "containers")))
            {
                var name = Text(container, "name");
                Expect(Text(container, "securityContext", "readOnlyRootFilesystem") == "True", $"/{name}: writes into its image");
                Expect(Text(container, "securityContext", "allowPrivilegeEscalation") == "False" && Text(container, "securityContext", "privileged").Length == 0, $"/{name}: new privileges");
                Expect(List(container, "securityContext", "capabilities", "drop").Select(dropped => dropped.ToString()).SequenceEqual(["ALL"]) && At(container, "securityContext", "capabilities", "add") is null, $"/{name}: capabilities");
                Expect(new[] { ("requests", "cpu"), ("requests", "memory"), ("limits", "memory") }.All(bound => Text(container, "resources", bound.Item1, bound.Item2).Length > 0), $"/{name}: resources");
            }

            foreach (var container in List(spec, "containers"))
            {
                foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
                {
                    Expect(Text(container, probe, "httpGet", "path") == (probe == "livenessProbe" ? "/health/live" : "/health/ready"), $"/{Text(container, "name")}: {probe}");
                }
            }
        }

        foreach (var (port, callers) in ((string, string[])[])[("11111", ["app=silo"]), ("30000", ["app=gateway"])])
        {
            faults.AddRange(CallersOf(manifests, "silo", port).Except(callers).Select(caller => $"silo: port {port} is open to {caller}"));
        }

        return faults.ConvertAll(fault => fault.Replace(": /", "/", StringComparison.Ordinal));
    }

    /// <summary>Whom the policies let reach a port of an app's pods: pods no policy selects are open to everybody.</summary>
    private static IEnumerable<string> CallersOf(IReadOnlyList<JsonElement> manifests, string app, string port)
    {
        var policies = manifests.Where(manifest => Text(manifest, "kind") == "NetworkPolicy" && Text(manifest, "spec", "podSelector", "matchLabels", "app") == app
            && List(manifest, "spec", "policyTypes").Any(type => type.ToString() == "Ingress")).ToList();
        return policies.Count == 0 ? ["everybody"] : from policy in policies
            from rule in List(policy, "spec", "ingress")
            where At(rule, "ports") is null || List(rule, "ports").Any(open => Text(open, "port") == port)
            from caller in At(rule, "from") is null ? ["everybody"] : List(rule, "from").Select(peer => $"app={Text(peer, "podSelector", "matchLabels", "app")}")
            select caller;
    }

    private static JsonElement? At(JsonElement of, params string[] path)
    {
        foreach (var name in path)
        {
            if (of.ValueKind != JsonValueKind.Object || !of.TryGetProperty(name, out of))
            {
                return null;
            }
        }

        return of;
    }

    private static string Text(JsonElement of, params string[] path) => At(of, path)?.ToString() ?? "";

    private static int Number(JsonElement of, params string[] path) => At(of, path) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : 0;

    private static IEnumerable<JsonElement> List(JsonElement of, params string[] path) => At(of, path)?.EnumerateArray().ToList() ?? [];
}
