using Bzt.Grains.Foundations;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Retention;

// Whether this round may end anything: what it ends comes back from nowhere.
public sealed partial class RetentionGrain
{
    /// <summary>Not by a clock that is not the store's, nor by one that jumped until somebody had time to set it right.</summary>
    private async Task<bool> MayEndAsync(DateTimeOffset now)
    {
        try
        {
            var store = await states.StoreClockAsync();
            if ((now - store).Duration() > RetentionClock.MostApart)
            {
                failed++;
                LogApart(now, store);
                return false;
            }

            var was = stored.State;
            await stored.WriteAsync(this, RetentionClock.Next(was, now));
            if (stored.State.QuietUntil is not { } until)
            {
                return true;
            }

            // Counted, so that somebody is called while there is time.
            failed++;
            LogQuiet(was.LastRound, now, until);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failed++;
            LogFailed("anything", exception);
        }

        return false;
    }

    [LoggerMessage(EventId = 336, Level = LogLevel.Critical, Message = "Retention: this silo's clock says {Silo:O}, the store's {Store:O}. Nothing is ended; one of them is wrong.")]
    private partial void LogApart(DateTimeOffset silo, DateTimeOffset store);

    [LoggerMessage(EventId = 337, Level = LogLevel.Warning, Message = "Retention: the last round was at {Last:O}, this one is at {Now:O}. Nothing is ended before {Until:O}, since the clock jumped or nothing ran.")]
    private partial void LogQuiet(DateTimeOffset? last, DateTimeOffset now, DateTimeOffset until);
}
