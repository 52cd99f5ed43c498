using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Runtime.Versioning;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.Samples.Demo;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Control;

namespace Bzt.LoadTests.Scenarios;

/// <summary>Phones that are connected and wait: how many one gateway holds, what each costs, how soon a call reaches one of them.</summary>
/// <remarks>
/// The call that is measured is "a new device logged in": one login of a second phone, from its request to the wake-up at the first phone's socket,
/// through the user's grain, its outbox, the inbox and the gateway's observer.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class ConnectedScenario : IScenario
{
    private const int AtOnce = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const int PingedAtOnce = 8;

    /// <summary>The hub gives a silent phone up after thirty seconds, and this machine may be late.</summary>
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(8);

    public string Name => "connected";

    public string Summary => "phones connected to one gateway: memory each, and how soon a call reaches them";

    public IReadOnlyList<CommandOption> Options => [
        new("phones", "N", "1000", "users, each with one connected phone"),
        new("rate", "N", "10", "calls a second"),
        new("seconds", "S", "30", "of calls")];

    public IReadOnlyList<string> Examples => [
        "connected --phones 18000 --target cluster --html connected.html",
        "connected --phones 200 --rate 20 --seconds 60"];

    public async Task RunAsync(ScenarioRun run, CancellationToken stop)
    {
        var (count, length) = (run.Options.Count("phones"), run.Options.Seconds("seconds"));
        using var simulatorHttp = new HttpClient();
        var simulators = new SimulatorControl(simulatorHttp, run.Target.Simulators, run.Target.SimulatorsToken);
        var users = await LogInAllAsync(run, simulators, count, stop);

        // One gateway is what is looked at, behind whatever stands before it.
        var cluster = run.Started.Deployment as ClusterDeployment;
        var gateway = cluster?.Gateways[0] ?? run.Target.Gateway;
        var process = run.Started.Processes.GetValueOrDefault(cluster is null ? "gateway" : "gateway-1");
        run.Begin($"{count} phones connect ...");
        var before = process == 0 ? null : ResourceWatch.Look("gateway", process, 0);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var sockets = new ConcurrentDictionary<int, PhoneSocket>();
        var listening = new ConcurrentBag<Task>();
        var pinging = PingAsync(sockets, leave.Token);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (i, cancellation) =>
        {
            await run.Recorder.ObserveAsync("connect", run.Recorder.Now, async token =>
            {
                var ticket = await users[i].Http.PostAsync(Routes.Phone.HubTicket, BztJson.Default.HubTicket, token);
                var socket = run.Own(await PhoneSocket.ConnectAsync(gateway, ticket.Ticket, token));
                sockets[i] = socket;
                listening.Add(socket.ListenAsync(leave.Token));
            }, cancellation);
        });
        run.Recorder.Mark($"{sockets.Count} connected");
        var held = process == 0 ? null : ResourceWatch.Look("gateway", process, 0);

        var arrivals = Arrivals.Constant(run.Options.Number("rate"), length, run.Options.Count("seed"));
        var woken = PickDistinct(sockets, arrivals.Count);
        run.Tell($"{woken.Count} calls in {length.TotalSeconds} s ...");
        var codes = await CodesAsync(run, simulators, woken.Select(user => users[user.Key]), stop);
        await OpenLoop.RunAsync(run.Recorder, "call to a phone", [.. arrivals.Take(woken.Count)], async (number, cancellation) =>
        {
            var (index, socket) = woken[number];
            var reached = socket.NextWakeUp();
            using var second = new EcdsaDeviceKey();
            await LogInAsync(new PhoneHttp(run.PhoneHttp, second, PhoneClient.Version), users[index].Person, codes[number], "第二部手机", cancellation);
            await reached.WaitAsync(Patience, cancellation);
        }, stop);
        run.Recorder.End();

        var open = sockets.Values.Count(socket => socket.IsOpen);
        run.Recorder.Figure("phones held by one gateway", open, "phones");
        run.Recorder.Invariant("every phone that connected is connected at the end", open == count ? [] : [$"{count - open} are not"]);
        run.Recorder.NoErrors("every call reached its phone");
        if (before is not null && held is not null)
        {
            run.Recorder.Figure("gateway's memory for each phone", (held.ResidentMiB - before.ResidentMiB) * 1024 / count, "KiB");
            run.Recorder.Figure("gateway's open files", held.OpenFiles, "files and sockets");
        }

        await leave.CancelAsync();
        await Task.WhenAll([pinging, .. listening]);
        users.ForEach(user => user.Key.Dispose());
    }

    private static async Task<List<User>> LogInAllAsync(ScenarioRun run, SimulatorControl simulators, int count, CancellationToken stop)
    {
        run.Tell($"{count} users log in ...");
        var first = Random.Shared.Next(1, TestPerson.Last - count);
        var users = Enumerable.Range(first, count).Select(number => new User(TestPerson.Get(number), run.PhoneHttp)).ToList();
        var done = 0;
        await Parallel.ForEachAsync(users, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = stop }, async (user, cancellation) =>
        {
            await LogInAsync(user.Http, user.Person, await CodeAsync(run, simulators, user.Person, cancellation), "负载测试", cancellation);
            run.Progress(Interlocked.Increment(ref done), count);
        });
        return users;
    }

    /// <summary>A number gets one code a minute: those whose first is not that long ago wait.</summary>
    private static async Task<string[]> CodesAsync(ScenarioRun run, SimulatorControl simulators, IEnumerable<User> users, CancellationToken stop)
    {
        var all = users.ToArray();
        var codes = new string[all.Length];
        await Parallel.ForAsync(0, all.Length, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = stop }, async (i, cancellation) =>
            codes[i] = await CodeAsync(run, simulators, all[i].Person, cancellation));
        return codes;
    }

    private static async Task<string> CodeAsync(ScenarioRun run, SimulatorControl simulators, TestPerson person, CancellationToken stop)
    {
        using var key = new EcdsaDeviceKey();
        var http = new PhoneHttp(run.PhoneHttp, key, PhoneClient.Version);
        while (true)
        {
            try
            {
                await http.PostAsync(Routes.Phone.SmsCodes, new SmsCodeRequest(person.Phone, SmsPurpose.Login), BztJson.Default.SmsCodeRequest, BztJson.Default.SmsCodeSent, stop);
                break;
            }
            catch (ApiRefusedException refused) when (refused.Code is ErrorCodes.SmsTooMany or ErrorCodes.RateLimited)
            {
                await Task.Delay(TimeSpan.FromSeconds(refused.Problem.RetryAfterSeconds ?? 5), stop);
            }
        }

        return (await simulators.LastMessageAsync(person.Phone, stop))?.Code ?? throw new FlowFailedException("an SMS did not come");
    }

    private static async Task LogInAsync(PhoneHttp http, TestPerson person, string code, string device, CancellationToken stop)
    {
        var texts = await http.GetAsync(Routes.Phone.Legal, BztJson.Default.IReadOnlyListLegalText, stop);
        string Version(LegalDocument document) => texts.Single(text => text.Document == document).Version;
        var request = new LoginRequest(person.Phone, code, device, new AcceptedVersions(Version(LegalDocument.UserAgreement), Version(LegalDocument.PrivacyPolicy)));
        http.AccessToken = (await http.PostAsync(Routes.Phone.Login, request, BztJson.Default.LoginRequest, BztJson.Default.LoginResponse, stop)).AccessToken;
    }

    private static List<KeyValuePair<int, PhoneSocket>> PickDistinct(IEnumerable<KeyValuePair<int, PhoneSocket>> sockets, int count) =>
        [.. sockets.OrderBy(socket => (socket.Key * 7919L) % 10_007).Take(count)];

    private static async Task PingAsync(ConcurrentDictionary<int, PhoneSocket> sockets, CancellationToken leave)
    {
        try
        {
            using var timer = new PeriodicTimer(PingEvery);
            while (await timer.WaitForNextTickAsync(leave))
            {
                await Parallel.ForEachAsync(
                    sockets.Values.Where(socket => socket.IsOpen), new ParallelOptions { MaxDegreeOfParallelism = PingedAtOnce, CancellationToken = leave }, async (socket, cancellation) =>
                {
                    try
                    {
                        await socket.PingAsync(cancellation);
                    }
                    catch (WebSocketException)
                    {
                        // Cut off: at the end it is counted as not connected.
                    }
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private sealed class User(TestPerson person, HttpClient http)
    {
        public TestPerson Person => person;

        public EcdsaDeviceKey Key { get; } = new();

        public PhoneHttp Http => field ??= new PhoneHttp(http, Key, PhoneClient.Version);
    }
}
