using System.ComponentModel.DataAnnotations;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Applications;

/// <summary>Section <c>Applications</c>.</summary>
public sealed class ApplicationOptions
{
    public const string Section = "Applications";

    /// <summary>How often the clock looks for applications nobody goes on with.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan SweepPeriod { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>
/// Ends the applications whose time is over, and with them the reservations they hold. The projection only names candidates; the
/// application decides. Every silo sweeps: ending twice is ending once.
/// </summary>
public sealed partial class ApplicationSweep(
    IProjectionStore projections, IGrainFactory grains, IOptions<ApplicationOptions> options, TimeProvider time, ILogger<ApplicationSweep> log) : BackgroundService
{
    private const int PageSize = 100;

    public async Task SweepAsync(CancellationToken cancellation)
    {
        string? after = null;
        do
        {
            var page = await projections.ApplicationsExpiringAsync(time.GetUtcNow(), new PageRequest(PageSize, after), cancellation);
            foreach (var row in page.Items)
            {
                await ExpireAsync(new ApplicationId(Guid.Parse(row.ApplicationId)));
            }

            after = page.Next;
        }
        while (after is not null);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepPeriod, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogNotSwept(exception);
            }
        }
    }

    /// <summary>One that fails keeps nobody else waiting.</summary>
    private async Task ExpireAsync(ApplicationId application)
    {
        try
        {
            await grains.Application(application).Expire();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotExpired(exception, application);
        }
    }

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "Applications whose time is over were not read; the next sweep tries again.")]
    private partial void LogNotSwept(Exception exception);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "Application {Application} was not ended; the next sweep tries again.")]
    private partial void LogNotExpired(Exception exception, ApplicationId application);
}
