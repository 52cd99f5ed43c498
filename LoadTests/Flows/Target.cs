using System.Diagnostics;
using System.Runtime.Versioning;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Flows;

/// <summary>A running system: where it is, and what phones, a platform and a reviewer need to use it.</summary>
/// <param name="Name">As it stands in the report.</param>
/// <param name="Gateway">Where phones and the platform talk to.</param>
/// <param name="Simulators">Where SMS codes are read and orders paid.</param>
/// <param name="SimulatorsToken">For the simulators' control interface.</param>
/// <param name="CaConsolePassword">For the reviewer.</param>
/// <param name="PlatformSecret">Of the platform <see cref="Deployment.PlatformId"/>.</param>
internal sealed record Target(string Name, Uri Gateway, Uri Simulators, string SimulatorsToken, string CaConsolePassword, string PlatformSecret)
{
    /// <summary>Processes whose CPU time is the server's; empty when they are not ours to look at.</summary>
    public IReadOnlyList<int> ServerProcesses { get; init; } = [];

    /// <summary>Of the platform <see cref="Deployment.OtherPlatformId"/>, which may have hashes signed.</summary>
    public string OtherPlatformSecret { get; init; } = "";
}

/// <summary>What a cluster has for its faults, and costs otherwise.</summary>
[Flags]
internal enum ClusterExtras
{
    None = 0,

    /// <summary>The clocks of silos and gateways can be moved.</summary>
    MovableClocks = 1,

    /// <summary>PostgreSQL's disk can be filled.</summary>
    OwnDisk = 2,

    /// <summary>The second CA of the catalogue is a vendor's: <see cref="StartedTarget.VendorCa"/>.</summary>
    CaVendor = 4,
}

/// <summary>A target and its life: started for the run and stopped after it, or somebody else's.</summary>
[SupportedOSPlatform("linux")]
internal sealed class StartedTarget : IAsyncDisposable
{
    /// <summary>Of <see cref="ClusterExtras.CaVendor"/>.</summary>
    public const string VendorCa = "hubei-ca";

    private readonly Deployment? deployment;
    private readonly string? folder;

    private StartedTarget(Target target, Deployment? deployment, string? folder) =>
        (Target, this.deployment, this.folder) = (target, deployment, folder);

    public Target Target { get; }

    /// <summary>Null when the system is somebody else's.</summary>
    public Deployment? Deployment => deployment;

    /// <summary>The server's processes as they are now, by name; empty when they are not ours to look at.</summary>
    public IReadOnlyDictionary<string, int> Processes => deployment is null ? new Dictionary<string, int>() : deployment.Processes
        .Where(process => IsServer(process) && !process.HasExited)
        .GroupBy(process => process.Name).ToDictionary(group => group.Key, group => group.Last().Id);

    /// <summary>The same deployments that <c>./run.sh</c> and <c>./run.sh cluster</c> start, on a folder of their own.</summary>
    /// <param name="cluster">Or embedded.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="silos">Of a cluster; null for as many as it comes with.</param>
    /// <param name="published">A cluster's programs as operators run them.</param>
    /// <param name="pinned">Each silo keeps to one processor.</param>
    /// <param name="extras">Of a cluster.</param>
    /// <param name="settings">Of its gateways.</param>
    public static async Task<StartedTarget> StartAsync(
        bool cluster, CancellationToken stop, int? silos = null, bool published = false, bool pinned = false, ClusterExtras extras = ClusterExtras.None,
        IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("bzt-load-").FullName;
        var secrets = DevelopmentSecrets.LoadOrCreate(Path.Combine(folder, "keys", "development.json"));

        // All phones are at one address here, and each asks more than a person does: what the limits are against.
        var overrides = new Dictionary<string, string>
        {
            ["Gateway:LoginsPerMinute"] = "100000",
            ["Limits:PlatformPerSecond"] = "100000",
            ["Limits:UserPerSecond"] = "100000",
            ["Limits:StrangerPerSecond"] = "100000",
            ["Limits:FilesPerSecond"] = "100000",
            ["Limits:AtOncePerAddress"] = "100000",
            ["Limits:AtOncePerPlatform"] = "100000",
            ["Logging:LogLevel:Default"] = "Warning",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            overrides[key] = value;
        }

        Deployment deployment = cluster
            ? new ClusterDeployment(folder, secrets, Ports.Free())
            {
                Headless = true,
                GatewayOverrides = overrides,
                SiloCount = silos ?? 2,
                Published = published,
                MovableClocks = extras.HasFlag(ClusterExtras.MovableClocks),
                OwnDisk = extras.HasFlag(ClusterExtras.OwnDisk),
                CaVendorFor = extras.HasFlag(ClusterExtras.CaVendor) ? VendorCa : null,
            }
            : new EmbeddedDeployment(folder, secrets, Ports.Free()) { Headless = true, GatewayOverrides = overrides };
        var started = new StartedTarget(Of(cluster ? "cluster" : "embedded", deployment.Gateway, deployment.Simulators, secrets), deployment, folder);
        try
        {
            await deployment.StartAsync(stop);
            foreach (var (i, silo) in pinned && deployment is ClusterDeployment whole ? whole.Silos.Index() : [])
            {
                await PinAsync(silo.Process.Id, i % Environment.ProcessorCount, stop);
            }
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }

        int[] servers = [.. deployment.Processes
            .Where(IsServer)
            .Select(process => process.Id)];
        return new StartedTarget(started.Target with { ServerProcesses = servers }, deployment, folder);
    }

    /// <summary>A system somebody started, with the file of its development secrets.</summary>
    public static StartedTarget Running(Uri gateway, Uri simulators, string secretsFile) => File.Exists(secretsFile)
        ? new StartedTarget(Of(gateway.ToString(), gateway, simulators, DevelopmentSecrets.LoadOrCreate(secretsFile)), null, null)
        : throw new DemoException($"{secretsFile} is not there; name the running system's with --secrets.");

    /// <summary>A system that is there, whose secrets the caller knows.</summary>
    public static StartedTarget Running(Target target) => new(target, null, null);

    public async ValueTask DisposeAsync()
    {
        if (deployment is not null)
        {
            await deployment.DisposeAsync();
            Deployment.Delete(folder!);
        }
    }

    private static async Task PinAsync(int process, int processor, CancellationToken stop)
    {
        using var taskset = Process.Start(new ProcessStartInfo("taskset", ["-acp", $"{processor}", $"{process}"]) { RedirectStandardOutput = true })!;
        await taskset.StandardOutput.ReadToEndAsync(stop);
        await taskset.WaitForExitAsync(stop);
        if (taskset.ExitCode != 0)
        {
            throw new DemoException("taskset refused to pin a silo.");
        }
    }

    private static bool IsServer(ManagedProcess process) =>
        process.Name.StartsWith("gateway", StringComparison.Ordinal) || process.Name.StartsWith("silo", StringComparison.Ordinal);

    private static Target Of(string name, Uri gateway, Uri simulators, DevelopmentSecrets secrets) =>
        new(name, gateway, simulators, secrets.SimulatorsToken, secrets.CaConsolePassword, secrets.PlatformSecret) { OtherPlatformSecret = secrets.OtherPlatformSecret };
}
