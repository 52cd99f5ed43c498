using System.Globalization;
using System.Reflection;
using System.Runtime.Versioning;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.LoadTests.Scenarios;

namespace Bzt.LoadTests.Fuzzing;

/// <summary>
/// Requests that are wrong in every way the API's own document lets one think of, frames and octets that are none, from everybody who may call;
/// meanwhile and afterwards the system does its work for those who ask properly.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class FuzzScenario : IScenario
{
    private const int Slice = 512;

    /// <summary>Connections of a moment, pools, logs.</summary>
    private const int MoreFiles = 100;

    /// <summary>A SAD and a token of scope credential are good for five minutes, and a hash is signed once.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(30);

    public string Name => "fuzz";

    public string Summary => "malformed requests to every endpoint, frames to the hub, octets to the port; what fails, hangs, or grows";

    public IReadOnlyList<CommandOption> Options => [
        new("seconds", "S", "60", "how long requests are sent"),
        new("at-once", "N", "8", "requests under way"),
        new("only", "N", "0", "sends the one request of that number and shows it"),
        new("half-handshakes", "N", "2000", "connections that ask for the hub and fall silent"),
        new("growth-bound", "MIB", "300", "a process whose memory grows by more, from a third of the run to its end, is a fault")];

    public IReadOnlyList<string> Examples => ["fuzz --seconds 600 --seed 7 --html fuzz.html", "fuzz --seed 7 --only 40117", "fuzz --target https://bzt.example --simulators https://simulators.example --secrets development.json"];

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var (gateway, seed, atOnce) = (run.Target.Gateway, run.Options.Count("seed"), run.Options.Count("at-once"));
        var phones = await run.MakePhonesAsync(3, stop);
        var (victim, bystander) = (phones[0], phones[1]);
        var application = await LetInAsync(run, phones[2], stop);
        using var strangerHttp = new HttpClient { BaseAddress = gateway };
        var api = ApiDescription.Read(await strangerHttp.GetStringAsync("openapi/v1.json", stop));
        FuzzCaller[] callers = [
            FuzzCaller.Stranger(gateway), FuzzCaller.Holder(gateway, "a phone", victim.Client.Login!.AccessToken, victim.Device, TimeProvider.System),
            FuzzCaller.Platform(gateway, "a platform", Samples.Demo.Deployment.PlatformId, run.Target.PlatformSecret, TimeProvider.System),
            await FuzzCaller.ReviewerAsync(gateway, run.Target.CaConsolePassword, stop),
            FuzzCaller.Bearer(gateway, FuzzRun.ServiceBearer, () => application.ServiceToken), FuzzCaller.Bearer(gateway, FuzzRun.CredentialBearer, () => application.CredentialToken)];
        Array.ForEach(callers, caller => run.Own(caller));
        var codes = typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).ToHashSet();
        var known = Known(victim, application);
        var fuzz = new FuzzRun(api, known, callers, codes, seed);
        if (run.Options.Text("only") is var only && only != "0")
        {
            await fuzz.SendAsync(run.Options.Count("only"), stop);
            run.Tell(string.Join('\n', fuzz.Statuses.Keys) + "\n" + new RequestFuzzer(api, known, seed).Make(run.Options.Count("only")));
            run.Recorder.Invariant("the answer is as it must be", fuzz.Faults);
            return;
        }

        var bystanderHttp = new PhoneHttp(run.PhoneHttp, bystander.Device, PhoneClient.Version) { AccessToken = bystander.Client.Login!.AccessToken };
        async Task<string> TicketAsync(CancellationToken cancellation) => (await bystanderHttp.PostAsync(Routes.Phone.HubTicket, BztJson.Default.HubTicket, cancellation)).Ticket;
        using var socket = await PhoneSocket.ConnectAsync(gateway, await TicketAsync(stop), stop);
        var listening = socket.ListenAsync(stop);

        run.Begin($"{api.Operations.Count} operations, seed {seed}, {run.Options.Seconds("seconds").TotalSeconds} s ...");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        enough.CancelAfter(run.Options.Seconds("seconds"));
        var renewed = run.Recorder.Now;
        for (var from = 0; !enough.IsCancellationRequested; from += Slice)
        {
            // Between two slices the newest request on the user's phone is his own application's.
            if (run.Recorder.Now - renewed > Renewal)
            {
                await run.Recorder.ObserveAsync("an authorisation over CSC", renewed = run.Recorder.Now, application.AuthoriseAsync, stop);
            }

            await run.Recorder.ObserveAsync($"{Slice} requests", run.Recorder.Now, cancellation => fuzz.SendAsync(from, Slice, atOnce, enough.Token, cancellation), stop);
            await socket.PingAsync(stop);
        }

        run.Recorder.Mark("raw octets");
        var raw = new List<string>();
        foreach (var message in RawHttp.Messages.Concat(Enumerable.Range(0, 500).Select(number => RawHttp.Mutated(seed, number))))
        {
            raw.AddRange(await RawHttp.FaultAsync(gateway, message, stop) is { } fault ? [fault] : []);
        }

        await socket.PingAsync(stop);
        run.Recorder.Mark("the hub");
        var hub = new HubFuzz(gateway, TicketAsync, seed);
        var frames = await hub.RunAsync(drawn: 300, atOnce, stop);
        await hub.HalfHandshakesAsync(run.Options.Count("half-handshakes"), stop);
        await socket.PingAsync(stop);
        run.Recorder.Figure("requests", fuzz.Sent, "sent");
        run.Recorder.Figure("operations with a request that was taken", fuzz.Accepted.Count, $"of {api.Operations.Count}");
        foreach (var (status, count) in fuzz.Statuses.OrderBy(status => status.Key))
        {
            run.Recorder.Figure($"answers {status.ToString(CultureInfo.InvariantCulture)}", count, "requests");
        }

        run.Recorder.Invariant("no request fails, hangs, or is answered by what is no answer of ours", fuzz.Faults);
        run.Recorder.Invariant("octets that are no HTTP are refused", raw);
        run.Recorder.Invariant("frames nobody may send end their own connection only", frames);
        run.Recorder.Invariant("another phone keeps its socket", socket.IsOpen ? [] : ["it was cut off"]);

        await run.Recorder.ObserveAsync("a login afterwards", run.Recorder.Now, cancellation => run.Platform.RunAsync(bystander, FlowKind.Login, 1, cancellation), stop);
        await run.Recorder.ObserveAsync("a seal afterwards", run.Recorder.Now, cancellation => run.Platform.RunAsync(bystander, FlowKind.Seal, 1, cancellation), stop);
        run.Recorder.Invariant("the system does its work afterwards", [.. run.Recorder.Samples.Where(sample => sample.Error is not null).Select(sample => $"{sample.Operation}: {sample.Error}")]);
        await SettleAsync(run, stop);
        run.Recorder.End();
        Growth(run);
        socket.Dispose();
        await listening;
    }

    private static async Task<SignatureApplication> LetInAsync(ScenarioRun run, SimulatedPhone user, CancellationToken stop)
    {
        using (var platform = new SimulatedPlatform(run.Target, Samples.Demo.Deployment.OtherPlatformId, run.Target.OtherPlatformSecret))
        {
            await platform.BindAsync(user, stop);
        }

        var application = run.Own(new SignatureApplication(
            run.Target.Gateway, new CscClientId(Samples.Demo.Deployment.OtherPlatformId, run.Target.OtherPlatformSecret, Samples.Demo.Deployment.OtherPlatformRedirect),
            new CscUser(user.Client, user.Certificate.CertificateId, SimulatedPhone.Pin)));
        await application.AuthoriseAsync(stop);
        return application;
    }

    /// <summary>The silent connections have just been given up: their ends are still on the way, through a balancer too.</summary>
    private static async Task SettleAsync(ScenarioRun run, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var seconds = 0; seconds < 60 && await timer.WaitForNextTickAsync(stop); seconds++)
        {
            if (EarlyAndLate(run).All(process => process.Late.OpenFiles - process.Early.OpenFiles <= MoreFiles))
            {
                return;
            }
        }
    }

    private static IEnumerable<(string Name, ResourceSample Early, ResourceSample Late)> EarlyAndLate(ScenarioRun run) =>
        from process in run.Recorder.Resources.GroupBy(sample => sample.Process)
        let samples = process.OrderBy(sample => sample.Second).ToArray()
        select (process.Key, samples[samples.Length / 3], samples[^1]);

    private static void Growth(ScenarioRun run)
    {
        foreach (var (name, early, late) in EarlyAndLate(run))
        {
            run.Recorder.Figure($"{name}: memory", late.ResidentMiB, $"MiB at the end, {early.ResidentMiB:F0} after a third");
            run.Recorder.Invariant($"{name} does not grow", late.ResidentMiB - early.ResidentMiB <= run.Options.Number("growth-bound") ? [] : [$"from {early.ResidentMiB:F0} to {late.ResidentMiB:F0} MiB"]);
            run.Recorder.Invariant($"{name} keeps no socket", late.OpenFiles - early.OpenFiles <= MoreFiles ? [] : [$"from {early.OpenFiles} to {late.OpenFiles} open files"]);
        }
    }

    private static Dictionary<string, string[]> Known(SimulatedPhone victim, SignatureApplication application) => new(application.Known, StringComparer.Ordinal)
    {
        ["certificateId"] = [victim.Certificate.CertificateId.ToString()],
        ["creditCode"] = [victim.Certificate.CreditCode],
        ["userId"] = [victim.Client.Login!.UserId.ToString()],
        ["deviceId"] = [victim.Client.Login.DeviceId.ToString()],
        ["platformId"] = [Samples.Demo.Deployment.PlatformId],
        ["ca"] = ["yichang-ca", "hubei-ca"],
        ["caId"] = ["yichang-ca", "hubei-ca"],
        ["client_id"] = [Samples.Demo.Deployment.PlatformId],
        ["provider"] = ["wechat", "alipay"],
        ["purpose"] = ["licence", "form", "login", "change_pin"],
        ["document"] = ["user_agreement", "privacy_policy"],
        // Numbers of test persons: nobody's phone.
        ["phoneNumber"] = ["19900000001", "19900000002"],
    };
}
