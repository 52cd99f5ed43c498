using System.Diagnostics.Metrics;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bzt.Silo.Hosting;

/// <summary>Asks the process' own checks what a proxy asks them, and shows the answer as a figure: whoever is not ready is called for, not only left out.</summary>
/// <remarks>One that is told to stop is ready until it is gone: that is no fault of its own.</remarks>
public sealed class ReadinessFigure : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>Below what a checker is likely to wait; a check that hangs is no yes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HealthCheckService checks;
    private readonly TimeProvider time;
    private readonly Meter meter = new(Telemetry.Name);
    private volatile bool ready;

    public ReadinessFigure(HealthCheckService checks, TimeProvider time)
    {
        (this.checks, this.time) = (checks, time);
        meter.CreateObservableGauge("bzt.ready", () => ready ? 1 : 0, description: "1 while this process is ready, else 0.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            ready = await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<bool> LookAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            var report = await checks.CheckHealthAsync(check => check.Tags.Contains(Operations.Ready), over.Token).WaitAsync(Patience, time, stop);
            return report.Status == HealthStatus.Healthy;
        }
        catch (Exception) when (!stop.IsCancellationRequested)
        {
            // What it is that fails stands in the log of the checks themselves.
            await over.CancelAsync();
            return false;
        }
    }
}
