using System.Net;
using Bzt.Tests.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

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

    private sealed class Look : IHealthCheck
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public HealthStatus Status { get; set; } = HealthStatus.Healthy;

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref count);
            return Task.FromResult(new HealthCheckResult(Status));
        }
    }
}
