using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.Protocol.Phone;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Runs;

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

    public static Command Of(IScenario scenario) => new($"{Command.Help}: {scenario.Summary}", args => Run(scenario, args));

    public static async Task<int> Run(IScenario scenario, string[] args)
    {
        if (CommandLine.AsksForHelp(args))
        {
            CommandLine.Help(Console.Out, scenario.Name, scenario.Summary, OptionsOf(scenario), scenario.Examples);
            return 0;
        }

        return await CommandLine.RunAsync(async stop =>
        {
            var options = CommandOptions.Parse(scenario.Name, OptionsOf(scenario), args);
            await using var started = await StartAsync(scenario, options, stop);
            var report = await RunAsync(scenario, options, started, Console.Out, stop);
            report.Print(Console.Out);
            await WriteAsync(options.Text("json"), report.ToJson);
            await WriteAsync(options.Text("html"), () => HtmlReport.Of(report));
            return report.IsGood ? 0 : 1;
        });
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

    private static Task<StartedTarget> StartAsync(IScenario scenario, CommandOptions options, CancellationToken stop)
    {
        var target = options.Text("target");
        if (target is "embedded" or "cluster")
        {
            Console.WriteLine($"starting: {target} ...");
            return StartedTarget.StartAsync(target == "cluster", stop, extras: scenario.ExtrasOf(options), settings: scenario.SettingsOf(options));
        }

        return Task.FromResult(Running(options));
    }

    /// <summary>The running system that the options name.</summary>
    public static StartedTarget Running(CommandOptions options) =>
        Uri.TryCreate(options.Text("target"), UriKind.Absolute, out var gateway) && Uri.TryCreate(options.Text("simulators"), UriKind.Absolute, out var simulators)
            ? StartedTarget.Running(
                gateway, simulators, options.Text("secrets") is { Length: > 0 } file ? file : Path.Combine(Binaries.Repository, "var", "keys", "development.json"))
            : throw new CommandException("--target is embedded, cluster or a URL, --simulators a URL.");

    private static async Task WriteAsync(string file, Func<string> content)
    {
        if (file.Length > 0)
        {
            await File.WriteAllTextAsync(file, content());
        }
    }
}
