using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.Samples.Demo;
using Bzt.Simulators.Control;

namespace Bzt.LoadTests.Chaos;

/// <summary>What faults are done to, and where they say what came of it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ChaosGround(ScenarioRun run) : IDisposable
{
    private readonly HttpClient http = new();
    private readonly ConcurrentQueue<string> unfelt = new();
    private readonly ConcurrentQueue<string> unissued = new();
    private readonly Provisioning provisioning = run.NewProvisioning();

    public ClusterDeployment Cluster { get; } = run.Cluster;

    public SimulatorControl Simulators => field ??= new SimulatorControl(http, run.Target.Simulators, run.Target.SimulatorsToken);

    /// <summary>How far clocks jump.</summary>
    public TimeSpan Jump { get; } = run.Options.Seconds("jump");

    public PostgresServer Postgres => Cluster.Postgres ?? throw new DemoException("This cluster's PostgreSQL is somebody else's.");

    /// <summary>Faults that did not come about: a run with one proves nothing.</summary>
    public IReadOnlyCollection<string> Unfelt => unfelt;

    /// <summary>Applications for certificates that ended without one.</summary>
    public IReadOnlyCollection<string> Unissued => unissued;

    public void Feel(bool came, string what)
    {
        if (!came)
        {
            unfelt.Enqueue(what);
        }
    }

    /// <summary>The time that a process gives with its answers.</summary>
    public async Task<DateTimeOffset> ClockOfAsync(Uri address, CancellationToken stop)
    {
        using var response = await http.GetAsync(new Uri(address, "health/ready"), stop);
        return response.Headers.Date ?? throw new DemoException($"{address} does not tell the time.");
    }

    /// <summary>People who apply for a certificate of the vendor's; ends when all have it.</summary>
    /// <param name="count">So many.</param>
    /// <param name="submitted">Told of each one that has applied.</param>
    /// <param name="stop">Interrupts.</param>
    public async Task ApplyAsync(int count, Action submitted, CancellationToken stop)
    {
        try
        {
            foreach (var phone in await provisioning.MakeAsync(count, count, _ => { }, stop, StartedTarget.VendorCa, submitted))
            {
                run.Own(phone);
            }
        }
        catch (Exception exception) when (Failures.IsExpected(exception) && !stop.IsCancellationRequested)
        {
            unissued.Enqueue(exception.Message);
        }
    }

    public void Dispose()
    {
        provisioning.Dispose();
        http.Dispose();
    }
}
