using Bzt.Gateway.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bzt.Gateway.Health;

/// <summary>
/// Whether this gateway is ready. Anybody may ask, outside every limit: so it is found out once a second at most, and all who ask meanwhile are
/// answered by that one look. Only a gateway that is going says so at once.
/// </summary>
internal sealed class Readiness(HealthCheckService checks, Draining draining, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly Lock looking = new();
    private Task<Answer>? look;
    private long lookedAt;

    /// <param name="Status">What was found.</param>
    /// <param name="Text">The same in words, and why.</param>
    public sealed record Answer(HealthStatus Status, string Text);

    public Task<Answer> AskAsync()
    {
        if (draining.Begun)
        {
            return Task.FromResult(new Answer(HealthStatus.Unhealthy, nameof(HealthStatus.Unhealthy)));
        }

        lock (looking)
        {
            return look is { IsCompleted: false } || (look is not null && time.GetElapsedTime(Volatile.Read(ref lookedAt)) < Kept) ? look : look = LookAsync();
        }
    }

    private async Task<Answer> LookAsync()
    {
        // Of nobody's request: who goes away before the answer takes it from no other.
        var report = await checks.CheckHealthAsync(CancellationToken.None);
        Volatile.Write(ref lookedAt, time.GetTimestamp());

        // What a check says itself, and no exception's message: anybody reads it.
        var reasons = report.Entries.Values.Where(entry => entry is { Status: not HealthStatus.Healthy, Exception: null, Description: not null }).Select(entry => entry.Description);
        return new Answer(report.Status, string.Join(": ", [report.Status.ToString(), .. reasons]));
    }
}
