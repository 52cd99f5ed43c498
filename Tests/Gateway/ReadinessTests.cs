using System.Net;
using Bzt.Tests.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Runtime;

namespace Bzt.Tests.Gateway;

/// <summary>Anybody may ask whether a gateway is ready: it is looked at once for all of them.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task However_many_ask_there_is_one_look_a_second()
    {
        var look = new Look();
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Services.AddHealthChecks().AddCheck("look", look));
        var before = look.Count;
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => system.Gateway.GetAsync("/health/ready", TestContext.Current.CancellationToken)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.InRange(look.Count - before, 1, 20);

        // What was seen is old in a second.
        look.Status = HealthStatus.Unhealthy;
        await Applications.Wait.UntilAsync(async () =>
        {
            using var answer = await system.Gateway.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }, answer => answer == (HttpStatusCode.ServiceUnavailable, "Unhealthy"));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    /// <summary>Proxies ask with HEAD.</summary>
    [Fact]
    public async Task It_may_be_asked_without_a_body()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/health/ready");
        using var answer = await system.Gateway.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>Silos of an older release answer for Orleans' own grains, and for none of ours.</summary>
    [Fact]
    public async Task Where_no_silo_serves_its_release_a_gateway_is_not_ready_and_says_why()
    {
        var older = new OlderSilos();
        var look = new Look();
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Services.AddSingleton<IOutgoingGrainCallFilter>(older);
            builder.Services.AddHealthChecks().AddCheck("look", look);
        });
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync());
        older.Alone = true;
        var release = system.Services.GetRequiredService<Silo.Hosting.Release>();
        await Applications.Wait.UntilAsync(AskAsync, answer => answer == (HttpStatusCode.ServiceUnavailable, $"Unhealthy: No silo serves this gateway of release {release}: those that answer may be of an older one."));
        older.Alone = false;
        await Applications.Wait.UntilAsync(AskAsync, answer => answer == (HttpStatusCode.OK, "Healthy"));

        // What a check did not mean to say is nobody's to read.
        look.Fault = new InvalidOperationException("Host=db.internal;Password=secret");
        await Applications.Wait.UntilAsync(AskAsync, answer => answer == (HttpStatusCode.ServiceUnavailable, "Unhealthy"));

        async Task<(HttpStatusCode, string)> AskAsync()
        {
            using var answer = await system.Gateway.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    private sealed class OlderSilos : IOutgoingGrainCallFilter
    {
        public bool Alone { get; set; }

        public Task Invoke(IOutgoingGrainCallContext context) => Alone && context.InterfaceMethod.DeclaringType!.Assembly == typeof(Grains.Reply<>).Assembly
            ? throw new OrleansException("No active nodes are compatible with grain catalogue and interface ICatalogue version 20000.")
            : context.Invoke();
    }

    private sealed class Look : IHealthCheck
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public HealthStatus Status { get; set; } = HealthStatus.Healthy;

        public Exception? Fault { get; set; }

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref count);
            return Fault is { } fault ? throw fault : Task.FromResult(new HealthCheckResult(Status));
        }
    }
}
