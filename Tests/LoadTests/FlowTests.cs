using System.Text.Json;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.LoadTests.Scenarios;
using Bzt.Samples.Demo;
using Bzt.Tests.Embedded;
using Microsoft.AspNetCore.Builder;

namespace Bzt.Tests.LoadTests;

/// <summary>The load tests' flows in their shortest form: that everything is counted and nothing goes wrong. How fast it is, no test says.</summary>
public sealed class FlowTests
{
    private const string PlatformSecret = "a secret of the load tests' platform";
    private const string OtherPlatformSecret = "a secret of the load tests' other platform";
    private const string ConsolePassword = "password-of-the-reviewers";
    internal const int PinRounds = 10;

    [Fact]
    public async Task Every_flow_ends_with_verified_signatures_and_is_counted_once()
    {
        await using var system = await StartAsync();
        var target = TargetOf(system);
        using var platform = new SimulatedPlatform(target);
        using var provisioning = new Provisioning(target, system.Gateway, platform, PinRounds);
        var told = 0;
        var phones = await provisioning.MakeAsync(4, atOnce: 4, done => Interlocked.Exchange(ref told, Math.Max(told, done)), TestContext.Current.CancellationToken);
        Assert.Equal((4, 4), (phones.Count, told));
        Assert.Equal(4, phones.Select(phone => phone.Certificate.CertificateId).Distinct().Count());

        var seals = Options(FlowKind.Seal, documents: 3) with { AtMost = 8 };
        var count = await new FlowRun(platform, phones, seals).RunAsync(() => [Environment.ProcessId], TestContext.Current.CancellationToken);
        Assert.Empty(count.Errors);

        // Flows under way when it is enough are counted as well: at most one less than go on at once.
        Assert.InRange(count.Flows, 8, 8 + seals.Concurrency - 1);
        Assert.True(count.ServerCpu > TimeSpan.Zero);

        var costs = await FlowCosts.MeasureAsync(seals.Documents, PinRounds, warm: 0, timed: 2);
        var report = FlowReport.Of(target.Name, seals, count, costs, phones.Count, provisionedPerSecond: 1, load: 1);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(count.Flows, json.RootElement.GetProperty("flows").GetInt64());
        Assert.Equal(report.ServerCpuMs, json.RootElement.GetProperty("server_cpu_ms").GetDouble());
        Assert.Equal(report.ServerCpuMs!.Value, report.CryptographyCpuMs + report.RestCpuMs!.Value, 6);
        Assert.True(report.P50Ms > 0 && report.P50Ms <= report.P99Ms && report.P99Ms <= report.MaxMs);
        Assert.True(report.GroupOperationsMs > 0 && report.CryptographyCpuMs > 0 && report.PinStretchMs > 0);

        // A phone that is logged out fails, and that is an error of the run, not a flow.
        await phones[0].Client.LogOutAsync(TestContext.Current.CancellationToken);
        var login = Options(FlowKind.Login) with { AtMost = 3 };
        count = await new FlowRun(platform, phones, login).RunAsync(() => [], TestContext.Current.CancellationToken);
        Assert.InRange(count.Flows, 3, 3 + login.Concurrency - 1);
        Assert.Equal("unauthenticated", Assert.Single(count.Errors.Keys));
        Assert.Null(count.ServerCpu);
        foreach (var phone in phones)
        {
            phone.Dispose();
        }
    }

    [Fact]
    public async Task Each_scenario_in_its_shortest_form_counts_what_was_asked_and_finds_nothing_wrong()
    {
        await using var system = await StartAsync(builder => builder.Configuration["Limits:PlatformPerSecond"] = "20");
        await using var started = StartedTarget.Running(TargetOf(system));
        (IScenario Scenario, string[] Args, string[] Operations)[] runs = [
            (new DeadlineScenario(), ["--flows", "6", "--seconds", "2", "--growth", "1", "--phones", "2", "--documents", "2"], ["seal"]),
            (new SoakScenario(), ["--rate", "4", "--minutes", "0.05", "--phones", "2"], ["login", "seal"]),
            (new FloodScenario(), ["--rate", "2", "--flood", "400", "--seconds", "2", "--warm-up", "0.1", "--phones", "2"], ["flood", "login, beside", "login, quiet"]),
            (new ConnectedScenario(), ["--phones", "6", "--rate", "0.001", "--seconds", "1"], ["connect"])];
        foreach (var (scenario, args, operations) in runs)
        {
            string[] rounds = ["--pin-rounds", $"{PinRounds}"];
            var options = CommandOptions.Parse(scenario.Name, ScenarioCommand.OptionsOf(scenario), [.. args, .. rounds]);
            var report = await ScenarioCommand.RunAsync(scenario, options, started, TextWriter.Null, TestContext.Current.CancellationToken);
            Assert.All(report.Invariants, invariant => Assert.True(invariant.Holds, $"{scenario.Name}: {invariant.Name}: {string.Join("; ", invariant.Violations)}"));
            Assert.Equal(operations, report.Operations.Select(operation => operation.Name));
            Assert.True(report.IsGood);
            Assert.Equal(report.Operations.Sum(operation => operation.Ended + operation.Errors.Values.Sum()), report.Timeline.Sum(second => second.Arrived));
        }
    }

    private static FlowOptions Options(FlowKind kind, int documents = 1) => new(kind, documents, 2, TimeSpan.Zero, TimeSpan.FromMinutes(1));

    internal static Task<EmbeddedSystem> StartAsync(Action<WebApplicationBuilder>? configure = null) => EmbeddedSystem.StartAsync(builder =>
    {
        builder.Configuration["CaConsole:Password"] = ConsolePassword;
        builder.Configuration["Platforms:0:Id"] = Deployment.PlatformId;
        builder.Configuration["Platforms:0:Name"] = Deployment.PlatformName;
        builder.Configuration["Platforms:0:RecognitionGroup"] = Deployment.RecognitionGroup;
        builder.Configuration["Platforms:0:ClientSecret"] = PlatformSecret;
        builder.Configuration["Platforms:1:Id"] = Deployment.OtherPlatformId;
        builder.Configuration["Platforms:1:Name"] = Deployment.OtherPlatformName;
        builder.Configuration["Platforms:1:RecognitionGroup"] = Deployment.RecognitionGroup;
        builder.Configuration["Platforms:1:ClientSecret"] = OtherPlatformSecret;
        configure?.Invoke(builder);
    });

    internal static Target TargetOf(EmbeddedSystem system) =>
        new("test", system.Address, system.SimulatorsAddress, EmbeddedSystem.ControlToken, ConsolePassword, PlatformSecret) { OtherPlatformSecret = OtherPlatformSecret };
}
