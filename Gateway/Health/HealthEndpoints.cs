using Bzt.Gateway.Hosting;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Silo.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Trace;
using Orleans.Runtime;

namespace Bzt.Gateway.Health;

internal static class HealthEndpoints
{
    private const string Metrics = "/metrics";

    public static void AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck<ClusterCheck>("cluster", tags: [Operations.Ready]).AddKeysCheck();
        builder.Services.AddSingleton<Readiness>();
        builder.AddObservability();
        builder.Services.AddHostedService<ReadinessFigure>();
        // Requests by their routes; where nothing is traced this is never looked at.
        builder.Services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddAspNetCoreInstrumentation());
    }

    /// <summary>Of the connection and not of the Host header, which is the caller's to choose.</summary>
    public static void UseOperatorsPort(this WebApplication app, GatewayOptions options)
    {
        if (options.OperatorsPort is { } port)
        {
            app.UseWhen(context => context.Request.Path.StartsWithSegments(Metrics) && context.Connection.LocalPort != port, refused => refused.Run(context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }));
        }
    }

    public static void MapHealth(this WebApplication app)
    {
        // Alive is whoever answers; ready is whoever can reach grains, and has its keys.
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false });
        app.MapMethods("/health/ready", [HttpMethods.Get, HttpMethods.Head], async (HttpContext http, Readiness readiness) =>
        {
            http.Response.Headers.CacheControl = "no-store, no-cache";
            var (status, text) = await readiness.AskAsync();
            return Results.Text(text, statusCode: status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        }).ExcludeFromDescription();
        app.MapPrometheusScrapingEndpoint(Metrics);
    }

    /// <summary>
    /// Whether a silo answers, by a question that nobody reads the store for. Without the store every gateway would be unready at once, and the proxy would
    /// have nobody: they stay, and say themselves what cannot be had now.
    /// </summary>
    private sealed class ClusterCheck(IGrainFactory grains, Release release) : IHealthCheck
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                // Where a grain is, any that is one: a look into the silos' memory. The management grain itself is a stateless worker, of which nobody says where it is.
                await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grains.EvidenceNotary(), cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                return HealthCheckResult.Unhealthy("The cluster does not answer.");
            }

            try
            {
                // Orleans' own grains are of no release. This one is, is at every silo, and has its answer in memory: only a silo of an older release
                // does not give it to us.
                await grains.Catalogue().GetStatus().WaitAsync(Patience, cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (KeyProtectionUnavailableException)
            {
                // One that serves us, without its keys just now: another may have them.
                return HealthCheckResult.Healthy();
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                return HealthCheckResult.Unhealthy($"No silo serves this gateway of release {release}: those that answer may be of an older one.");
            }
        }
    }
}
