using Bzt.Contracts;
using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

// The line to the server: what wakes the app up, what it then fetches, and what it shows while nothing comes.
public sealed partial class PhoneApp
{
    private static readonly TimeSpan RestBetweenLines = TimeSpan.FromSeconds(10);

    private CancellationTokenSource? listening;
    private bool lineMissing;

    /// <summary>The server answers again: what could not be fetched may be tried once more.</summary>
    public event Action? Reconnected;

    /// <summary>The last background request was answered.</summary>
    public bool IsReachable { get; private set; } = true;

    /// <summary>Why what is shown may be old, when it is not the network.</summary>
    public Fault? LoadFault { get; private set; }

    public bool IsOffline => !window.IsOnline || !IsReachable || lineMissing;

    /// <summary>As long as somebody is logged in. Whatever else ends it is told, and it begins again.</summary>
    private async Task ListenAsync(CancellationToken stopped)
    {
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                await line.LoadAsync(() => OnLineMissingAsync(stopped), stopped);
                lineMissing = false;
                Tell();
                await using var listener = await Client.ListenAsync(WakeAsync, stopped);
                await listener.Ended.WaitAsync(stopped);
            }
            catch (Exception exception) when (!stopped.IsCancellationRequested)
            {
                await Console.Out.WriteLineAsync($"Wake-ups ended: {exception}");
                var fault = await ExplainAsync(exception);
                LoadFault = Phase == AppPhase.Ready ? fault : null;
                Tell();
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(RestBetweenLines, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What the line needs does not come: the network, or the server has another release by now, whose files have other names.</summary>
    private async Task OnLineMissingAsync(CancellationToken stopped)
    {
        IsOutdated |= await window.IsOutdatedAsync();
        lineMissing = !IsOutdated && !stopped.IsCancellationRequested;
        Tell();
    }

    /// <summary>Work that nobody waits for and that tells its failures itself; any other is written down. (On the error stream the runtime would call the app broken.)</summary>
    private static async Task AloneAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await Console.Out.WriteLineAsync(exception.ToString());
        }
    }

    private Task WakeAsync(PhoneWakeUp kind) => kind switch
    {
        // Applications and memberships move on with a message, and have no call of their own.
        PhoneWakeUp.Inbox => Task.WhenAll(LoadMessagesAsync(), LoadApplicationsAsync(), LoadPlaceAsync()),
        PhoneWakeUp.Application => Task.WhenAll(LoadApplicationsAsync(), LoadEnterpriseAsync()),
        PhoneWakeUp.Session => AnswerSealingSessionsAsync(),
        PhoneWakeUp.Certificate => Task.WhenAll(LoadCertificatesAsync(), LoadMeAsync()),
        _ => Task.CompletedTask,
    };

    private async Task StopListeningAsync()
    {
        if (listening is { } running)
        {
            (listening, lineMissing) = (null, false);
            await running.CancelAsync();
            running.Dispose();
        }
    }

    private async Task LoadAsync(Func<Task> load)
    {
        try
        {
            await load();
            var again = !IsReachable || LoadFault is not null;
            (IsReachable, LoadFault) = (true, null);
            if (again)
            {
                Reconnected?.Invoke();
            }
        }
        catch (Exception exception)
        {
            if (exception is not (ApiRefusedException or HttpRequestException or OperationCanceledException))
            {
                await Console.Out.WriteLineAsync(exception.ToString());
            }

            // Nothing was asked for by a person: the banner says it, and the next connection of the hub asks again.
            var fault = await ExplainAsync(exception);
            // A limited phone may not see everything: its screens say so themselves.
            var known = fault.IsNetwork || IsOutdated || Phase != AppPhase.Ready || fault.Code == ErrorCodes.DeviceLimited;
            (IsReachable, LoadFault) = (!fault.IsNetwork, known ? null : fault);
        }

        Tell();
    }

    /// <summary>Nobody waits for the hub's next try.</summary>
    private void OnOnlineChanged()
    {
        Tell();
        if (window.IsOnline)
        {
            OnCameBack();
            Reconnected?.Invoke();
        }
    }

    private void OnCameBack()
    {
        if (Phase == AppPhase.Ready)
        {
            _ = AloneAsync(RefreshAsync);
        }
    }
}
