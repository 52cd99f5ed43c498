using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Bzt.Contracts;
using Bzt.LoadTests.Flows;
using Bzt.Protocol.Phone;
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

    /// <summary>Phones with bound certificates, got the way people get them.</summary>
    /// <param name="http">How they reach the gateway, when not as the others.</param>
    public async Task<IReadOnlyList<SimulatedPhone>> MakePhonesAsync(int count, int pinRounds, CancellationToken stop, HttpClient? http = null)
    {
        Tell($"{count} phones get their certificates ...");
        using var provisioning = new Provisioning(Target, http ?? phoneHttp, Platform, pinRounds);
        var phones = await provisioning.MakeAsync(count, ProvisionedAtOnce, done => Progress(done, count), stop);
        owned.AddRange(phones);
        return phones;
    }

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

/// <summary>Runs a scenario from the command line: options, the target's life, reports, exit code.</summary>
[SupportedOSPlatform("linux")]
internal static class ScenarioCommand
{
    public static readonly IReadOnlyList<CommandOption> Shared = [
        new("target", "embedded|cluster|URL", "embedded", "what is asked: a deployment started for the run, or a running system"),
        new("simulators", "URL", "http://localhost:5081", "the running system's simulators"),
        new("secrets", "FILE", "", "the running system's development secrets; default: this clone's"),
        new("pin-rounds", "N", $"{PinStretch.DefaultRounds}", "rounds of PIN stretching on the phones"),
        new("seed", "N", "1", "of the arrivals: the same seed asks the same"),
        new("html", "FILE", "", "the report as a page"),
        new("json", "FILE", "", "the report for compare")];

    public static Command Of(IScenario scenario) => new($"[--help]: {scenario.Summary}", args => Run(scenario, args));

    public static async Task<int> Run(IScenario scenario, string[] args)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Help(scenario, Console.Out);
            return 0;
        }

        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        // What was started is stopped again, however the run ends.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var options = CommandOptions.Parse(scenario.Name, OptionsOf(scenario), args);
            await using var started = await StartAsync(options, stop.Token);
            var report = await RunAsync(scenario, options, started, Console.Out, stop.Token);
            report.Print(Console.Out);
            await WriteAsync(options.Text("json"), report.ToJson);
            await WriteAsync(options.Text("html"), () => HtmlReport.Of(report));
            return report.IsGood ? 0 : 1;
        }
        catch (CommandException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
        catch (Exception exception) when (exception is DemoException or FlowFailedException or ApiRefusedException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 1;
        }
    }

    /// <summary>The run itself, on a target that is there.</summary>
    public static async Task<RunReport> RunAsync(IScenario scenario, CommandOptions options, StartedTarget started, TextWriter output, CancellationToken stop)
    {
        var recorder = new Recorder(TimeProvider.System);
        await using var run = new ScenarioRun(options, started, recorder, output);
        await scenario.RunAsync(run, stop);
        return RunReport.Of(scenario.Name, started.Target.Name, options.Given, run.StartedAt, recorder);
    }

    /// <summary>The scenario's own first; where it names one that all have, its form counts.</summary>
    public static IReadOnlyList<CommandOption> OptionsOf(IScenario scenario) =>
        [.. scenario.Options, .. Shared.Where(shared => scenario.Options.All(own => own.Name != shared.Name))];

    private static void Help(IScenario scenario, TextWriter output)
    {
        output.WriteLine($"loadtests {scenario.Name}: {scenario.Summary}\n\noptions");
        foreach (var option in OptionsOf(scenario))
        {
            output.WriteLine($"  {"--" + option.Name + " " + option.Placeholder,-34}{option.Text}{(option.Default.Length > 0 ? $" ({option.Default})" : "")}");
        }

        output.WriteLine("\nexamples");
        foreach (var example in scenario.Examples)
        {
            output.WriteLine("  loadtests " + example);
        }

        output.WriteLine("\nexit code: 0 when all that must hold held, 1 when not, 2 when the command line is wrong");
    }

    private static Task<StartedTarget> StartAsync(CommandOptions options, CancellationToken stop)
    {
        var target = options.Text("target");
        if (target is "embedded" or "cluster")
        {
            Console.WriteLine($"starting: {target} ...");
            return StartedTarget.StartAsync(target == "cluster", stop);
        }

        return Uri.TryCreate(target, UriKind.Absolute, out var gateway) && Uri.TryCreate(options.Text("simulators"), UriKind.Absolute, out var simulators)
            ? Task.FromResult(StartedTarget.Running(
                gateway, simulators, options.Text("secrets") is { Length: > 0 } file ? file : Path.Combine(Binaries.Repository, "var", "keys", "development.json")))
            : throw new CommandException("--target is embedded, cluster or a URL, --simulators a URL.");
    }

    private static async Task WriteAsync(string file, Func<string> content)
    {
        if (file.Length > 0)
        {
            await File.WriteAllTextAsync(file, content());
        }
    }
}
