using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Bzt.Silo.Hosting;

/// <summary>
/// What a silo asks of the cluster's own grains before it is ready. One that starts because another died must not end because that one is still missed: each
/// that comes and goes makes the cluster look for its grains anew. Every try that failed is logged with what it waited for.
/// </summary>
internal static partial class StartCalls
{
    /// <summary>Each try ends with the response time-out at the latest.</summary>
    private const int MostTries = 10;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    public static void AddStartCall(this ISiloBuilder silo, string name, Func<IGrainFactory, Task> call) => silo.AddStartupTask((services, stop) =>
        OutlastAsync(name, () => call(services.GetRequiredService<IGrainFactory>()), services.GetRequiredService<ILoggerFactory>().CreateLogger("Bzt.Start"), stop));

    private static async Task OutlastAsync(string name, Func<Task> ask, ILogger log, CancellationToken stop)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await ask();
                return;
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException && tries < MostTries)
            {
                // Orleans' text names the silo that was asked, and what it was doing.
                LogWaits(log, name, tries, MostTries, exception.Message);
                await Task.Delay(BetweenTries, stop);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The start waits for {Call}: try {Tries} of {MostTries} failed. {Reason}")]
    private static partial void LogWaits(ILogger log, string call, int tries, int mostTries, string reason);
}
