using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Bzt.LoadTests.Runs;
using Bzt.Protocol.Phone;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Flows;

/// <summary><c>flows</c>: whole sign flows through the product's HTTP surface.</summary>
[SupportedOSPlatform("linux")]
internal static class FlowsCommand
{
    public const string Usage = Command.Help + ": " + Summary;

    private const string Name = "flows";
    private const string Summary = "sign flows from the PC's request to the verified signature, as fast as they go";
    private const int ProvisionedAtOnce = 8;

    private static readonly IReadOnlyList<CommandOption> Known = [
        new("kind", "login|seal", "seal", "what is signed"),
        new("documents", "N", "1", "seals in one confirmation"),
        new("concurrency", "N", "16", "flows under way at once"),
        new("phones", "N", "", "users, each with one phone; default: 50, or as many as flows at once"),
        new("seconds", "S", "30", "how long flows are counted"),
        new("warm-up", "S", "10", "before that; a minute until .NET has compiled everything well"),
        new("silos", "N", "", "of the cluster started for the run; default: as ./run.sh cluster"),
        new("published", "", "", "that cluster as operators run it, compiled ahead (./run.sh build-cluster); default: as it was built"),
        new("join", "", "", "one more silo comes up before counting begins: what is counted is what users have of a silo that has just joined"),
        new("pin", "", "", "each process of that cluster on a processor of its own"),
        new("silo-share", "PART", "", "of a processor for each silo once counting begins, 0.05 to 1; default: whole ones"),
        new("profile", "", "", "with perf: where the servers' time goes"),
        .. ScenarioCommand.Shared.Where(option => option.Name is not ("seed" or "html"))];

    public static Task<int> Run(string[] args)
    {
        if (CommandLine.AsksForHelp(args))
        {
            CommandLine.Help(Console.Out, Name, Summary, Known, ["flows --phones 16 --warm-up 60", "flows --target cluster --kind login --silos 2 --silo-share 0.25"]);
            return Task.FromResult(0);
        }

        return CommandLine.RunAsync(async stop =>
        {
            var options = CommandOptions.Parse(Name, Known, args);
            var report = await RunAsync(options, stop);
            report.Print(Console.Out);
            if (options.Has("json"))
            {
                await File.WriteAllTextAsync(options.Text("json"), report.ToJson(), stop);
            }

            return report.Errors.Count == 0 && report.Flows > 0 ? 0 : 1;
        });
    }

    private static async Task<FlowReport> RunAsync(CommandOptions given, CancellationToken stop)
    {
        var concurrency = given.Count("concurrency");
        var phones = given.Has("phones") ? given.Count("phones") : Math.Max(50, concurrency);
        var pinRounds = given.Count("pin-rounds");
        var kind = given.Choice<FlowKind>("kind");
        var documents = kind == FlowKind.Login ? 1 : given.Count("documents");
        var length = given.Seconds("seconds");
        var share = Share(given);
        var profiled = given.Has("profile");
        if (profiled)
        {
            CpuProfile.Prepare();
        }

        await using var started = await StartAsync(given, stop);
        using var limits = new Limits(started, share);
        CpuProfile? profile = null;
        IReadOnlyList<int> servers = [];
        var options = new FlowOptions(kind, documents, concurrency, given.Seconds("warm-up"), length)
        {
            BeforeCounting = async cancellation =>
            {
                if (given.Has("join"))
                {
                    await JoinAsync(started, cancellation);
                }

                await limits.BeginAsync(cancellation);
                servers = [.. started.Processes.Values];
                profile = profiled ? CpuProfile.Begin(servers, length) : null;
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
        var count = await new FlowRun(platform, made, options).RunAsync(() => servers, stop);
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
        return FlowReport.Of(started.Target.Name, options, count, costs, phones, phones / provisioned.TotalSeconds, load) with
        {
            Profile = parts,
            ServerCpuMsOf = count.ServerCpuOf.Zip(servers)
                .Select(use => (started.Processes.FirstOrDefault(process => process.Value == use.Second).Key, Ms: use.First.TotalMilliseconds / Math.Max(1, count.Flows)))
                .Where(use => use.Key is not null)
                .ToDictionary(use => use.Key, use => use.Ms),
        };
    }

    private static async Task JoinAsync(StartedTarget started, CancellationToken stop)
    {
        var cluster = started.Deployment as ClusterDeployment ?? throw new CommandException("--join takes a cluster started for the run: --target cluster");
        var since = Stopwatch.StartNew();
        await cluster.AddSiloAsync(stop);
        Console.WriteLine($"one more silo, ready {since.Elapsed.TotalSeconds:F1} s after its start");
    }

    private static Task<StartedTarget> StartAsync(CommandOptions given, CancellationToken stop)
    {
        var target = given.Text("target");
        if (target is not ("embedded" or "cluster"))
        {
            return Task.FromResult(ScenarioCommand.Running(given));
        }

        Console.WriteLine($"starting: {target} ...");
        return StartedTarget.StartAsync(target == "cluster", stop, given.Has("silos") ? given.Count("silos") : null, given.Has("published"), given.Has("pin"));
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

    private static double? Share(CommandOptions given) => !given.Has("silo-share") ? null
        : given.Number("silo-share") is >= 0.05 and <= 1 and var share ? share
        : throw new CommandException("--silo-share takes a part of a processor: 0.05 to 1");

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
}
