using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Bzt.Silo.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Hosting;

/// <summary>
/// A gateway that is asked to go says so first and goes later: it is not ready any more, answers long polls at once, and lets go of its
/// connections, so that proxies, platforms and phones are elsewhere before it stops listening. What is under way is finished.
/// </summary>
internal sealed class Draining(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, HubCallerContext> phones = new(StringComparer.Ordinal);

    public bool Begun { get; private set; }

    public void Begin() => Begun = true;

    public void Connected(HubCallerContext phone) => phones[phone.ConnectionId] = phone;

    public void Disconnected(HubCallerContext phone) => phones.TryRemove(phone.ConnectionId, out _);

    /// <summary>Phones come back at once, elsewhere: not all in the same moment.</summary>
    public async Task LetPhonesGoAsync(TimeSpan within)
    {
        const int Steps = 20;
        for (var step = 0; step < Steps; step++)
        {
            foreach (var phone in phones.Values.Take((phones.Count + Steps - step - 1) / (Steps - step)))
            {
                phone.Abort();
                Disconnected(phone);
            }

            await Task.Delay(within / Steps, time);
        }
    }
}

internal static class DrainingComposition
{
    public static void AddDraining(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Draining>();
        builder.Services.AddHealthChecks().AddCheck<DrainingCheck>("draining");
    }

    /// <summary>Of the process, not of a gateway inside another: it is what hears SIGTERM.</summary>
    public static void DrainBeforeStop(this WebApplicationBuilder builder) => builder.Services.AddSingleton<IHostLifetime, DrainingLifetime>();

    public static void UseDraining(this WebApplication app)
    {
        var draining = app.Services.GetRequiredService<Draining>();
        app.Use((context, next) =>
        {
            if (draining.Begun && HttpProtocol.IsHttp11(context.Request.Protocol) && !context.WebSockets.IsWebSocketRequest)
            {
                context.Response.Headers.Connection = "close";
            }

            return next(context);
        });
    }

    private sealed class DrainingCheck(Draining draining) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(draining.Begun ? HealthCheckResult.Unhealthy("This gateway is going.") : HealthCheckResult.Healthy());
    }
}

/// <summary>SIGTERM and SIGINT begin the drain; a second one does not wait for its end.</summary>
internal sealed partial class DrainingLifetime(
    Draining draining, IHostApplicationLifetime application, IOptions<GatewayOptions> options, StorageOptions storage, TimeProvider time, ILogger<DrainingLifetime> log) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> signals = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Asked));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Asked));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => signals.ForEach(signal => signal.Dispose());

    private void Asked(PosixSignalContext context)
    {
        context.Cancel = true;
        if (draining.Begun)
        {
            application.StopApplication();
        }
        else
        {
            draining.Begin();
            _ = DrainAsync();
        }
    }

    private async Task DrainAsync()
    {
        var seconds = options.Value.DrainSeconds ?? (storage.IsEmbedded ? 0 : 10);
        LogBegun(seconds);
        // The first half is for whoever watches our readiness.
        var half = TimeSpan.FromSeconds(seconds) / 2;
        await Task.Delay(half, time);
        await draining.LetPhonesGoAsync(half);
        application.StopApplication();
    }

    [LoggerMessage(LogLevel.Information, "Asked to stop: not ready any more, stopping in {Seconds} s.")]
    private partial void LogBegun(int seconds);
}
