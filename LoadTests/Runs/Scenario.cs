using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Scenarios;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Runs;

/// <summary>A scenario an operator can run: what it is called, what it takes, what it does.</summary>
[SupportedOSPlatform("linux")]
internal interface IScenario
{
    string Name { get; }

    /// <summary>One line.</summary>
    string Summary { get; }

    /// <summary>Beside those every scenario has.</summary>
    IReadOnlyList<CommandOption> Options { get; }

    /// <summary>Command lines without the program's name.</summary>
    IReadOnlyList<string> Examples { get; }

    /// <summary>What a cluster that is started for the run must have.</summary>
    ClusterExtras ExtrasOf(CommandOptions options) => ClusterExtras.None;

    /// <summary>Settings of the gateways of a deployment that is started for the run; over those that keep a load test's one address from being a stranger's.</summary>
    IReadOnlyDictionary<string, string> SettingsOf(CommandOptions options) => new Dictionary<string, string>();

    /// <summary>Makes what it needs, calls <see cref="ScenarioRun.Begin"/>, does its work, adds figures and invariants to the recorder.</summary>
    Task RunAsync(ScenarioRun run, CancellationToken stop);
}

/// <summary>What a scenario works with.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ScenarioRun(CommandOptions options, StartedTarget started, Recorder recorder, TextWriter output) : IAsyncDisposable
{
    private const int ProvisionedAtOnce = 8;

    private readonly HttpClient phoneHttp = new() { BaseAddress = started.Target.Gateway, Timeout = TimeSpan.FromMinutes(2) };
    private readonly List<IDisposable> owned = [];
    private SimulatedPlatform? platform;
    private ResourceWatch? watch;

    public CommandOptions Options => options;

    public StartedTarget Started => started;

    public Target Target => started.Target;

    public Recorder Recorder => recorder;

    public HttpClient PhoneHttp => phoneHttp;

    public SimulatedPlatform Platform => platform ??= Own(new SimulatedPlatform(Target));

    public DateTimeOffset StartedAt { get; private set; } = recorder.Time.GetUtcNow();

    public void Tell(string line) => output.WriteLine(line);

    public T Own<T>(T disposable) where T : IDisposable
    {
        lock (owned)
        {
            owned.Add(disposable);
        }

        return disposable;
    }

    /// <summary>For scenarios that look at a cluster's inside, or break it.</summary>
    public ClusterDeployment Cluster => started.Deployment as ClusterDeployment
        ?? throw new CommandException("This runs on --target cluster, which it starts itself.");

    /// <summary>As many as <c>--phones</c> says, taken in turn.</summary>
    public async Task<PhonePool> MakePoolAsync(CancellationToken stop) => new(await MakePhonesAsync(options.Count("phones"), stop));

    /// <summary>Flows at their times, each with the next phone that is free; under the kind's name when none is given.</summary>
    public Task LoadAsync(PhonePool pool, FlowKind kind, IReadOnlyList<TimeSpan> arrivals, CancellationToken stop, int documents = 1, string? name = null) => OpenLoop.RunAsync(
        recorder, name ?? kind.ToString().ToLowerInvariant(), arrivals,
        (_, cancellation) => pool.UseAsync(phone => Platform.RunAsync(phone, kind, documents, cancellation), cancellation), stop);

    /// <summary>Phones with bound certificates, got the way people get them.</summary>
    /// <param name="http">How they reach the gateway, when not as the others.</param>
    public async Task<IReadOnlyList<SimulatedPhone>> MakePhonesAsync(int count, CancellationToken stop, HttpClient? http = null)
    {
        Tell($"{count} phones get their certificates ...");
        using var provisioning = NewProvisioning(http);
        var phones = await provisioning.MakeAsync(count, ProvisionedAtOnce, done => Progress(done, count), stop);
        owned.AddRange(phones);
        return phones;
    }

    public Provisioning NewProvisioning(HttpClient? http = null) => new(Target, http ?? phoneHttp, Platform, options.Count("pin-rounds"));

    public void Progress(int done, int of)
    {
        if (done == of || done % Math.Max(1, of / 10) == 0)
        {
            Tell($"  {done} of {of}");
        }
    }

    /// <summary>From here on it counts.</summary>
    public void Begin(string what)
    {
        Tell(what);
        recorder.Begin();
        StartedAt = recorder.Time.GetUtcNow();
        watch ??= new ResourceWatch(recorder, () => started.Processes);
        watch.Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (watch is not null)
        {
            await watch.DisposeAsync();
        }

        owned.ForEach(disposable => disposable.Dispose());
        phoneHttp.Dispose();
    }
}
