using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Bzt.Grains.Foundations;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Bzt.Silo.Hosting;

/// <summary>Section <c>Tracing</c>.</summary>
public sealed class TracingOptions : IValidatableObject
{
    public const string Section = "Tracing";

    /// <summary>An OpenTelemetry collector, over HTTP: <c>http://collector:4318</c>. Without one nothing is traced.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The share of flows that are traced, of 1.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; set; } = 0.1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && Endpoint.Scheme is not ("http" or "https"))
        {
            yield return new("Tracing:Endpoint is a collector's address: http://collector:4318", [nameof(Endpoint)]);
        }
    }
}

/// <summary>What a process tells about itself: metrics to whoever asks, traces to a collector.</summary>
public static class Observability
{
    private static readonly string[] Meters = ["Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime", "Bzt.KeyProtection", "Bzt.KeyProtection.Rewrapping", Telemetry.Name];

    /// <summary>Of Orleans only the calls: its other spans name grains, and some grains are named by a person's number.</summary>
    private static readonly string[] Sources = [Telemetry.Name, "Microsoft.Orleans.Application"];

    public static void AddObservability(this IHostApplicationBuilder builder)
    {
        var tracing = builder.Bind<TracingOptions>(TracingOptions.Section);
        var telemetry = builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(Meters).AddView(Points).AddPrometheusExporter());
        if (tracing.Endpoint is { } collector)
        {
            Telemetry.TracedShare = tracing.Share;
            telemetry.WithTracing(traces => traces
                .AddSource(Sources)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(tracing.Share)))
                .AddProcessor(new KnownTagsOnly())
                .AddOtlpExporter(exporter => (exporter.Endpoint, exporter.Protocol) = (new Uri(collector, "/v1/traces"), OtlpExportProtocol.HttpProtobuf)));
        }
    }

    /// <summary>
    /// Room for the values of an instrument is taken when it is made: 2,000 by default, 144 KB, some 35 MB for all of them. Only requests to many
    /// endpoints with many answers have so many.
    /// </summary>
    private static MetricStreamConfiguration? Points(Instrument instrument) =>
        instrument.Meter.Name == "Microsoft.AspNetCore.Hosting" ? null : new MetricStreamConfiguration { CardinalityLimit = 400 };

    /// <summary>Calls of grains carry the caller's trace with them.</summary>
    internal static bool IsTraced(this IHostApplicationBuilder builder) => builder.Configuration[$"{TracingOptions.Section}:{nameof(TracingOptions.Endpoint)}"] is { Length: > 0 };

    /// <summary>
    /// A span leaves with the tags named here and no other, whatever a library thinks of next: addresses of requests carry tokens, keys of grains
    /// a person's number.
    /// </summary>
    private sealed class KnownTagsOnly : BaseProcessor<Activity>
    {
        private static readonly FrozenSet<string> Known = new[]
        {
            "http.request.method", "http.response.status_code", "http.route", "network.protocol.version", "rpc.system", "rpc.service", "rpc.method", "error.type",
        }.ToFrozenSet(StringComparer.Ordinal);

        public override void OnEnd(Activity data)
        {
            foreach (var (name, _) in data.TagObjects.Where(tag => !Known.Contains(tag.Key)).ToList())
            {
                data.SetTag(name, null);
            }

            if (data.Status == ActivityStatusCode.Error)
            {
                // The description is an exception's message.
                data.SetStatus(ActivityStatusCode.Error);
            }
        }
    }
}
