using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.MobileApp.Device;

namespace Bzt.MobileApp;

/// <summary>Why a start ended before there was anything to show.</summary>
public enum StartFault
{
    /// <summary>One of the app's own scripts did not come, or was altered on its way and did not run.</summary>
    Incomplete,
    /// <summary>Nor did anything else: the server does not answer.</summary>
    Unreachable,
    /// <summary>What the phone keeps cannot be read: refused by the browser, or damaged.</summary>
    Unreadable,
    /// <summary>Nor can it be written.</summary>
    Refused,
}

// From the first line of code to the first screen, or to why there is none.
public sealed partial class PhoneApp
{
    /// <summary>Why the start came to its end before there was anything to show.</summary>
    public StartFault? StartFault { get; private set; }

    /// <param name="takeOver">The user chose this window over the one that runs.</param>
    public async Task StartAsync(bool takeOver)
    {
        (Phase, StartFault) = (AppPhase.Starting, null);
        try
        {
            await BeginAsync(takeOver);
        }
        catch (Exception exception)
        {
            await Console.Out.WriteLineAsync($"The start failed: {exception}");
            var fault = window.HasArrived && vault.HasArrived ? MobileApp.StartFault.Unreadable
                : await AnswersAsync() ? MobileApp.StartFault.Incomplete
                : MobileApp.StartFault.Unreachable;
            (Phase, StartFault) = (AppPhase.Starting, fault);
        }

        Tell();
    }

    /// <summary>The server answers, whatever it says. Asked for by an address of its own, which nothing on the way keeps.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(8));
            using var answer = await http.GetAsync($"app/manifest.webmanifest?{Guid.NewGuid():N}", patience.Token);
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The stored login cannot be read: without it the user logs in anew. Keys stay: they belong to the certificates.</summary>
    public async Task StartWithoutLoginAsync()
    {
        try
        {
            await records.WriteLoginAsync(null);
            await records.WriteRecoveryAskedAsync(false);
            await window.ReloadAsync();
        }
        catch (Exception exception)
        {
            await Console.Out.WriteLineAsync(exception.ToString());
            StartFault = MobileApp.StartFault.Refused;
            Tell();
        }
    }

    private async Task BeginAsync(bool takeOver)
    {
        if (!takeOver)
        {
            window.TakenOver += OnTakenOver;
            window.OnlineChanged += OnOnlineChanged;
            window.UpdateFound += Tell;
            window.CameBack += OnCameBack;
            window.PushChanged += OnPushChanged;
        }

        Tell();
        Surroundings = await window.SurroundingsAsync();
        if (Surroundings.Host != HostApp.Browser)
        {
            Phase = AppPhase.InsideOtherApp;
            return;
        }

        if (!await window.OwnAsync(takeOver))
        {
            Phase = AppPhase.OtherWindow;
            return;
        }

        await window.WatchAsync();
        if (await records.ReadLoginAsync() is { } login)
        {
            await SetUpAsync(new ChannelTrust(login.ChannelRoot) { CertificateRoots = login.CertificateRoots });
            phoneNumber = login.PhoneNumber;
            RecoveryAsked = await records.ReadRecoveryAskedAsync();
            Client.Login = new PhoneLogin(login.AccessToken, login.UserId, login.DeviceId);
            await LoadUnsettledAsync();
            PendingLink = await window.TakeLinkAsync();
            BeReady();
        }
        else
        {
            PendingLink = await window.TakeLinkAsync();
            Phase = AppPhase.LoggedOut;
            _ = AloneAsync(window.KeepAppAsync);
        }
    }

    private void BeReady()
    {
        Phase = AppPhase.Ready;
        listening = new CancellationTokenSource();
        var stopped = listening.Token;
        _ = AloneAsync(ShowFirstAsync);
        _ = AloneAsync(RecoverSealingAsync);
        _ = AloneAsync(() => ListenAsync(stopped));
        _ = AloneAsync(AskForPersistenceAsync);
        _ = AloneAsync(KeepPushAsync);
    }

    /// <summary>The first screen's content before the files of later starts: on a poor network both at once would keep it away.</summary>
    private async Task ShowFirstAsync()
    {
        await RefreshAsync();
        await window.KeepAppAsync();
    }
}
