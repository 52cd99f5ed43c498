using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bzt.Silo.Hosting;

/// <summary>What operators look at: alive, ready, metrics.</summary>
public static class Operations
{
    /// <summary>The tag of what a process must do to be ready, whether or not it is about to stop.</summary>
    public const string Ready = "ready";

    public static IHostApplicationBuilder AddOperations(this IHostApplicationBuilder builder)
    {
        // Asked for every few seconds; and Orleans tells at Information what its metrics tell better. An operator's setting wins.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?> { ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning", ["Logging:LogLevel:Orleans"] = "Warning" },
        });
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddHealthChecks().AddCheck<StoreCheck>("store", tags: [Ready]).AddKeysCheck();
        builder.AddObservability();
        builder.Services.AddHostedService<ReadinessFigure>();
        return builder;
    }

    /// <summary>Ready is who can open what is sealed: silos and gateways.</summary>
    public static IHealthChecksBuilder AddKeysCheck(this IHealthChecksBuilder checks) => checks.AddCheck<KeysCheck>("keys", tags: [Ready]);

    public static void MapOperations(this IEndpointRouteBuilder endpoints)
    {
        // Alive is the process answering at all; ready is the store answering too, and the keys to what is in it.
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) });
        endpoints.MapPrometheusScrapingEndpoint("/metrics");
    }

    private sealed class StoreCheck(SqlStore store) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await store.QueryAsync("SELECT 1", row => row.GetInt32(0), cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
