using System.Runtime.Versioning;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.LoadTests.Scenarios;
using Bzt.Protocol.Evidence;

namespace Bzt.LoadTests.Chaos;

/// <summary>A cluster under load to which one thing after the other is done; afterwards everything that must hold is looked at, from outside.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ChaosScenario : IScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    public string Name => "chaos";

    public string Summary => "kills, freezes and cuts a cluster of its own under load, and checks what must hold";

    public IReadOnlyList<CommandOption> Options => [
        CommandOption.OwnCluster,
        new("faults", "A,B", string.Join(',', ChaosFault.All.Select(fault => fault.Name)), "of " + string.Join(", ", ChaosFault.All.Select(fault => fault.Name))),
        new("rounds", "N", "1", "how often all of them"),
        new("rate", "N", "5", "logins a second"),
        new("phones", "N", "20", "users, each with one phone"),
        new("hold", "S", "8", "how long a fault lasts"),
        new("calm", "S", "10", "between two faults"),
        new("jump", "S", "120", "how far clocks jump")];

    public IReadOnlyList<string> Examples => [
        "chaos --html chaos.html",
        "chaos --faults kill-silo,freeze-silo --rounds 10 --rate 20 --phones 100",
        "chaos --faults clock-ahead,clock-behind --jump 3600"];

    public ClusterExtras ExtrasOf(CommandOptions options) => ChaosFault.Named(options.Text("faults")).Aggregate(ClusterExtras.None, (all, fault) => all | fault.Needs);

    /// <summary>Of the last run: what they were told.</summary>
    public StubbornClients? Clients { get; private set; }

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var options = run.Options;
        var faults = ChaosFault.Named(options.Text("faults"));
        var (hold, calm, rounds) = (options.Seconds("hold"), options.Seconds("calm"), options.Count("rounds"));
        var http = run.Own(new HttpClient { BaseAddress = run.Target.Gateway, Timeout = StubbornClients.OneRequest });
        var phones = await run.MakePhonesAsync(options.Count("phones"), stop, http);
        var pool = new PhonePool(phones);
        var ground = run.Own(new ChaosGround(run));
        var clients = Clients = run.Own(new StubbornClients(run.Target, Patience));

        run.Begin($"{faults.Count * rounds} faults under {options.Number("rate")} logins a second ...");
        using var enough = new CancellationTokenSource();

        // Longer than any run; it ends with the faults.
        var longest = TimeSpan.FromSeconds(rounds * faults.Count * (hold + calm + TimeSpan.FromMinutes(2)).TotalSeconds);
        var load = OpenLoop.RunAsync(
            run.Recorder, "login", Arrivals.Constant(options.Number("rate"), longest, options.Count("seed")),
            (number, cancellation) => pool.UseAsync(phone => clients.LogInAsync(phone, slips: number % 4 == 1, cancellation), cancellation), stop, enough.Token);
        var strikes = new List<Struck>();
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var fault in faults)
                {
                    await Task.Delay(calm, stop);
                    run.Tell($"  {fault.Text}");
                    run.Recorder.Mark(fault.Text);
                    var at = run.Recorder.Now;
                    var heal = await fault.Strike(ground, stop);
                    var whole = TimeSpan.Zero;
                    try
                    {
                        await Task.Delay(fault.IsMoment ? TimeSpan.Zero : hold, stop);
                        whole = run.Recorder.Now;
                    }
                    finally
                    {
                        // Also when the run is broken off: a filter rule or a stopped process would stay.
                        await heal();
                    }

                    strikes.Add(new Struck(fault, at, whole));
                }
            }

            await Task.Delay(calm, stop);
        }
        finally
        {
            await enough.CancelAsync();
        }

        await load;
        run.Recorder.End();
        await CheckAsync(run, clients, phones, stop);
        run.Recorder.Invariant("every fault came about", ground.Unfelt);
        run.Recorder.Invariant("who applied for a certificate has it", ground.Unissued);
        Measure(run.Recorder, strikes);
    }

    private static async Task CheckAsync(ScenarioRun run, StubbornClients clients, IReadOnlyList<SimulatedPhone> phones, CancellationToken stop)
    {
        run.Tell("checking what must hold ...");

        // A try that no success follows, so that there is a count to find in the store.
        await clients.SlipAndLeaveAsync(phones[0], stop);
        await clients.AskAgainAsync(stop);
        var chains = new List<string>();
        foreach (var phone in phones)
        {
            var export = await clients.InsistAsync(() => phone.Client.GetEvidenceAsync(phone.Certificate.CertificateId, stop), stop);
            if (export.Verify(export.EvidenceKey) is var fault and not EvidenceFault.None)
            {
                chains.Add($"{phone.Certificate.CertificateId}: {fault}");
            }
        }

        using var store = await StoreReader.ReadAsync(run.Cluster.Database!, clients.Answers, Patience, stop);
        var recorder = run.Recorder;
        recorder.NoErrors("every session ends with a result");
        recorder.Invariant("nothing that was answered is lost or altered", [.. clients.Lost, .. store.Lost(clients.Answers)]);
        recorder.Invariant("no two signatures for one request", store.DoubleReleases());
        recorder.Invariant("no nonce is used twice", store.RepeatedNonces(clients.Answers));
        recorder.Invariant("the PIN count is never below the tries made", store.TriesForNothing(clients.WrongTries));
        recorder.Invariant("evidence chains are whole", [.. chains, .. store.BrokenChains()]);
        recorder.Invariant("every enterprise has one administrator", store.AdministratorsBeyondOne());
        recorder.Figure("sessions the store holds", store.Sessions, "sessions");
        recorder.Figure("links of evidence", store.Evidence, "links");
        recorder.Figure("logins that ended well", clients.Answers.Count(answer => answer.Signatures.Count > 0), "logins");
    }

    /// <summary>What users had of each fault: those who came while it lasted, the unluckiest of them, and the first that got through.</summary>
    private static void Measure(Recorder recorder, IReadOnlyList<Struck> strikes)
    {
        var well = recorder.Samples.Where(sample => sample.Error is null).ToList();
        for (var i = 0; i < strikes.Count; i++)
        {
            var (fault, at, whole) = strikes[i];
            var until = i + 1 < strikes.Count ? strikes[i + 1].At : TimeSpan.MaxValue;
            var after = well.Where(sample => sample.Intended >= at && sample.Intended < until).ToList();
            if (after.Count == 0)
            {
                continue;
            }

            recorder.Figure($"{i + 1}. {fault.Text}: first login begun after it was done after", after.Min(sample => sample.Intended + sample.Latency - at).TotalSeconds, "s");
            recorder.Figure($"{i + 1}. {fault.Text}: the longest login", after.Max(sample => sample.Latency).TotalSeconds, "s");
            if (fault.IsElsewhere && after.Where(sample => sample.Intended < whole).Select(sample => sample.Latency).Order().ToList() is { Count: > 0 } meanwhile)
            {
                recorder.Figure($"{i + 1}. {fault.Text}: the median login meanwhile", meanwhile[meanwhile.Count / 2].TotalSeconds, "s");
            }
        }
    }

    /// <param name="Whole">When it was being made whole.</param>
    private sealed record Struck(ChaosFault Fault, TimeSpan At, TimeSpan Whole);
}
