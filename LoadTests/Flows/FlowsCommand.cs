using System.Diagnostics;
using System.Globalization;
using Bzt.LoadTests.Runs;
using Bzt.Protocol.Phone;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Flows;

/// <summary><c>flows</c>: whole sign flows through the product's HTTP surface.</summary>
internal static class FlowsCommand
{
    public const string Usage =
        "[--target embedded|cluster|URL] [--kind login|seal] [--documents N] [--phones N] [--concurrency C] [--seconds S] [--warm-up S] [--pin-rounds N] "
        + "[--silos N] [--pin] [--silo-share S] [--profile] [--simulators URL] [--secrets FILE] [--json FILE]: sign flows from the PC's request to the verified signature";

    private const int ProvisionedAtOnce = 8;

    public static Task<int> Run(string[] args) => CommandLine.RunAsync(async stop =>
    {
        var report = await RunAsync(args, stop);
        report.Print(Console.Out);
        if (Command.Option(args, "--json") is { } file)
        {
            await File.WriteAllTextAsync(file, report.ToJson(), stop);
        }

        return report.Errors.Count == 0 && report.Flows > 0 ? 0 : 1;
    });

    private static async Task<FlowReport> RunAsync(string[] args, CancellationToken stop)
    {
        var concurrency = Number(args, "--concurrency", 16);
        var phones = Number(args, "--phones", Math.Max(50, concurrency));
        var pinRounds = Number(args, "--pin-rounds", PinStretch.DefaultRounds);
        var kind = Enum.Parse<FlowKind>(Command.Option(args, "--kind") ?? nameof(FlowKind.Seal), ignoreCase: true);
        var documents = kind == FlowKind.Login ? 1 : Number(args, "--documents", 1);
        var length = TimeSpan.FromSeconds(Number(args, "--seconds", 30));
        var profiled = args.Contains("--profile");
        if (profiled)
        {
            CpuProfile.Prepare();
        }

        await using var started = await StartAsync(args, stop);
        using var limits = new Limits(started, Share(args));
        CpuProfile? profile = null;
        var options = new FlowOptions(kind, documents, concurrency, TimeSpan.FromSeconds(Number(args, "--warm-up", 10)), length)
        {
            BeforeCounting = async cancellation =>
            {
                await limits.BeginAsync(cancellation);
                profile = profiled ? CpuProfile.Begin(started.Target.ServerProcesses, length) : null;
            },
        };
        using var platform = new SimulatedPlatform(started.Target);
        using var phoneHttp = new HttpClient { BaseAddress = started.Target.Gateway, Timeout = TimeSpan.FromMinutes(2) };
        using var provisioning = new Provisioning(started.Target, phoneHttp, platform, pinRounds);
        Console.WriteLine($"{phones} phones get their certificates ...");
        var since = Stopwatch.StartNew();
        var made = await provisioning.MakeAsync(phones, ProvisionedAtOnce, done => Progress(done, phones), stop);
        var provisioned = since.Elapsed;

        Console.WriteLine($"warming up {options.WarmUp.TotalSeconds} s, then counting {options.Measured.TotalSeconds} s ...");
        var count = await new FlowRun(platform, made, options).RunAsync(started.Target.ServerProcesses, stop);
        var load = LoadAverage();
        using var ended = profile;
        var parts = profile is null ? [] : await profile.EndAsync(count.Flows, stop);
        limits.Dispose();
        foreach (var phone in made)
        {
            phone.Dispose();
        }

        // Measured after the run, when nothing of it disturbs them; the machine's other users do so alike.
        var costs = await FlowCosts.MeasureAsync(documents, pinRounds);
        return FlowReport.Of(started.Target.Name, options, count, costs, phones, phones / provisioned.TotalSeconds, load) with { Profile = parts };
    }

    private static Task<StartedTarget> StartAsync(string[] args, CancellationToken stop)
    {
        var target = Command.Option(args, "--target") ?? "embedded";
        if (target is "embedded" or "cluster")
        {
            Console.WriteLine($"starting: {target} ...");
            int? silos = Command.Option(args, "--silos") is null ? null : Number(args, "--silos", 2);
            return StartedTarget.StartAsync(target == "cluster", stop, silos, pinned: args.Contains("--pin"));
        }

        return Task.FromResult(StartedTarget.Running(
            new Uri(target), new Uri(Command.Option(args, "--simulators") ?? "http://localhost:5081"),
            Command.Option(args, "--secrets") ?? Path.Combine(Binaries.Repository, "var", "keys", "development.json")));
    }

    /// <summary>Each silo's part of a processor, from the end of the warm-up on: with it all would take as long to get ready as to be measured.</summary>
    private sealed class Limits(StartedTarget started, double? share) : IDisposable
    {
        /// <summary>What had queued up before is answered by then.</summary>
        private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

        private readonly List<ProcessorShare> given = [];

        public async Task BeginAsync(CancellationToken stop)
        {
            if (share is { } part)
            {
                given.AddRange(started.Processes.Where(process => process.Key.StartsWith("silo", StringComparison.Ordinal)).Select(process => ProcessorShare.Give(process.Value, part)));
                await Task.Delay(Settling, stop);
            }
        }

        public void Dispose()
        {
            given.ForEach(limit => limit.Dispose());
            given.Clear();
        }
    }

    private static double? Share(string[] args) => Command.Option(args, "--silo-share") is not { } text ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0.05 and <= 1 ? share
        : throw new FlowFailedException("--silo-share takes a part of a processor: 0.05 to 1");

    private static double LoadAverage() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : 0;

    private static void Progress(int done, int of)
    {
        if (done == of || done % Math.Max(1, of / 10) == 0)
        {
            Console.WriteLine($"  {done} of {of}");
        }
    }

    private static int Number(string[] args, string name, int otherwise) =>
        Command.Option(args, name) is not { } value ? otherwise
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new FlowFailedException($"{name} takes a number above zero");
}
