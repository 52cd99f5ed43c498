using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Inbox;
using Bzt.LoadTests.Fuzzing;
using Bzt.LoadTests.Scenarios;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.BadInput;

/// <summary>
/// Drawn requests to every endpoint, octets that are no HTTP, frames nobody may send: always the same ones here; <c>loadtests fuzz</c> draws others
/// for as long as one likes. A fault's report names seed and number, and <c>loadtests fuzz --seed S --only N</c> sends that request again.
/// </summary>
public sealed class FuzzTests(FuzzedWorld world) : IClassFixture<FuzzedWorld>
{
    private const int Seed = 20261126;
    private const int Rounds = 8;
    private const int AtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_endpoint_of_the_gateway_is_drawn_from()
    {
        var drawn = world.Api.Operations.Select(operation => Shape(operation.Path)).ToHashSet(StringComparer.Ordinal);
        var routes = world.System.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => Shape("/" + endpoint.RoutePattern.RawText!.TrimStart('/'))).ToHashSet(StringComparer.Ordinal);
        Assert.True(routes.Count > 100);
        string[] missing = [.. routes.Where(route => !drawn.Contains(route)).Order(StringComparer.Ordinal)];
        Assert.True(missing.Length == 0, "Not drawn from: " + string.Join(' ', missing));
    }

    [Fact]
    public async Task Nothing_fails_hangs_tells_or_grows_whatever_is_sent_and_whoever_asks_properly_is_served()
    {
        var codes = HostileWorld.Codes;
        var fuzz = new FuzzRun(world.Api, world.Known, world.Callers, codes, Seed);
        var rows = await world.CountRowsAsync();
        await fuzz.SendAsync(0, Rounds * world.Api.Operations.Count, AtOnce, CancellationToken.None, Stop);
        var faults = fuzz.Faults.ToList();
        foreach (var message in RawHttp.Messages.Concat(Enumerable.Range(0, 60).Select(number => RawHttp.Mutated(Seed, number))))
        {
            faults.AddRange(await RawHttp.FaultAsync(world.System.Address, message, Stop) is { } fault ? [fault] : []);
        }

        var hub = new HubFuzz(world.System.Address, world.TicketAsync, Seed);
        faults.AddRange(await hub.RunAsync(drawn: 40, AtOnce, Stop));
        await hub.HalfHandshakesAsync(200, Stop);
        faults.AddRange(world.Log.Text.Length == 0 ? [] : [$"logged: {world.Log.Text}"]);

        // It went behind the first checks, and left nothing where nothing was to be left.
        faults.AddRange(fuzz.Accepted.Count > world.Api.Operations.Count / 5 ? [] : [$"only {fuzz.Accepted.Count} operations took one of their requests: {string.Join(", ", fuzz.Statuses)}"]);
        var grown = await world.CountRowsAsync() - rows;
        faults.AddRange(grown <= 100 + (8L * fuzz.Changes) ? [] : [$"{grown} rows after {fuzz.Changes} changes"]);
        faults.AddRange(world.Socket.IsOpen ? [] : ["somebody else's phone was cut off"]);
        Assert.True(faults.Count == 0, $"{faults.Count} faults\n" + string.Join('\n', faults.Take(20)));

        // Somebody else's phone is still connected and reached, a new one gets in, and his session ends as he confirms it.
        var woken = world.Socket.NextWakeUp();
        await world.System.Grains.Inbox(new UserId(world.Bystander.Phone.Login!.UserId)).WakeUp(WakeUpKind.Session);
        await woken.WaitAsync(Patience, Stop);
        using (var second = await PhoneSocket.ConnectAsync(world.System.Address, await world.TicketAsync(Stop), Stop))
        {
            Assert.True(second.IsOpen);
        }

        Assert.Equal(SessionState.Created, (await world.Platform.GetAsync(world.Waiting.SessionId, cancellation: Stop)).State);
        Assert.IsType<PinOutcome.Done>(await world.Bystander.ConfirmAsync(await world.Bystander.Client.ScanAsync(world.Waiting), CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Ok, (await world.Platform.WaitAsync(world.Waiting.SessionId, cancellation: Stop)).End);
    }

    [Fact]
    public void The_same_seed_makes_the_same_requests_and_another_makes_others()
    {
        string[] Draw(int seed) => [.. Enumerable.Range(0, 500).Select(number => new RequestFuzzer(world.Api, world.Known, seed).Make(number)).Select(request => request + Convert.ToHexString(request.Body ?? []))];
        Assert.Equal(Draw(1), Draw(1));
        Assert.True(Draw(1).Zip(Draw(2)).Count(pair => pair.First.Replace("fz1x", "", StringComparison.Ordinal) == pair.Second.Replace("fz2x", "", StringComparison.Ordinal)) < 150);
    }

    /// <summary>Names of parameters, constraints and catch-alls aside.</summary>
    private static string Shape(string path) =>
        string.Join('/', path.TrimEnd('/').Split('/').Select(part => part.Contains('{', StringComparison.Ordinal) ? "{}" : part));
}
