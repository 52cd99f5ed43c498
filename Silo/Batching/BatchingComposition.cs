using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Bzt.Protocol.Secrets;
using Bzt.Silo.Hosting;

namespace Bzt.Silo.Batching;

/// <summary>Section <c>Batching</c>.</summary>
public sealed class BatchingOptions
{
    public const string Section = "Batching";

    /// <summary>Nonce pairs kept ready in memory; 0 draws each when it is needed. A signature takes two, a channel one.</summary>
    [Range(0, 65_536)]
    public int NoncesAhead { get; set; } = 256;

    /// <summary>
    /// How long a point that is needed only after the PIN waits for those of other certificates, in milliseconds; 0 computes each at once.
    /// Nobody waits for it: what is needed before is computed on the spot.
    /// </summary>
    [Range(0, 1_000)]
    public int WindowMilliseconds { get; set; } = 25;
}

internal static class BatchingComposition
{
    public static void AddBatching(this IHostApplicationBuilder builder)
    {
        var options = builder.Bind<BatchingOptions>(BatchingOptions.Section);
        builder.Services.AddSingleton(_ => new NoncePool(options.NoncesAhead, SystemRandom.Instance));
        builder.Services.AddSingleton<INonceSource>(services => services.GetRequiredService<NoncePool>());
        builder.Services.AddSingleton(_ => new GroupStage(TimeSpan.FromMilliseconds(options.WindowMilliseconds)));
        builder.Services.AddSingleton<IGroupStage>(services => services.GetRequiredService<GroupStage>());
        builder.Services.AddHostedService<Figures>();
    }

    /// <summary>How full the batches are, and how many nonces are ready.</summary>
    private sealed class Figures(NoncePool nonces, GroupStage stage) : IHostedLifecycleService, IDisposable
    {
        private readonly Meter meter = new(Telemetry.Name);

        public Task StartAsync(CancellationToken cancellationToken)
        {
            meter.CreateObservableGauge("bzt.nonces.ready", () => nonces.Ready.Count, description: "Nonce pairs made ahead.");
            meter.CreateObservableCounter("bzt.batch.runs", () => Each(stage.LaterRun.Batches, stage.ChecksRun.Batches), description: "Batches of group operations.");
            meter.CreateObservableCounter("bzt.batch.operations", () => Each(stage.LaterRun.Operations, stage.ChecksRun.Operations), description: "Group operations in batches: by runs, how full they are.");
            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            Telemetry.ShowZeros();
            return Task.CompletedTask;
        }

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => meter.Dispose();

        private static Measurement<long>[] Each(long later, long checks) => [new(later, new KeyValuePair<string, object?>("of", "later")), new(checks, new KeyValuePair<string, object?>("of", "check"))];
    }
}
