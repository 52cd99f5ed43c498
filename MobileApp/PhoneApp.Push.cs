using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.MobileApp.Device;

namespace Bzt.MobileApp;

/// <summary>How 后台通知 stands on this phone.</summary>
public enum PushState
{
    Unsupported,
    /// <summary>iOS notifies only apps that were put on the home screen.</summary>
    NeedsHomeScreen,
    NotOffered,
    Denied,
    Off,
    On,
}

// 后台通知: the browser's subscription and the server's record of it say the same.
public sealed partial class PhoneApp
{
    private byte[]? pushKey;

    public async Task<PushState> GetPushStateAsync()
    {
        var permission = await notifications.PermissionAsync();
        if (permission == "unsupported")
        {
            return Surroundings is { Apple: true, Installed: false } ? PushState.NeedsHomeScreen : PushState.Unsupported;
        }

        var settings = await Client.GetPushAsync();
        pushKey = settings.ServerKey;
        return pushKey is null ? PushState.NotOffered
            : permission == "denied" ? PushState.Denied
            : settings.Subscribed && permission == "granted" && await notifications.CurrentAsync() is not null ? PushState.On
            : PushState.Off;
    }

    /// <summary>At the user's touch, after <see cref="GetPushStateAsync"/>: nothing is asked of the server before the browser asks the user.</summary>
    public async Task<PushAnswer> TurnPushOnAsync()
    {
        var (answer, subscription) = await notifications.SubscribeAsync(pushKey!);
        if (subscription is not null)
        {
            await Client.SetPushAsync(subscription);
        }

        return answer;
    }

    /// <summary>At both ends; the browser's first, so that nothing comes any more even when the server is away.</summary>
    public async Task TurnPushOffAsync()
    {
        await notifications.UnsubscribeAsync();
        await Client.RemovePushAsync();
    }

    /// <summary>The browser may have renewed its subscription, or the server its key, while the app was closed.</summary>
    private async Task KeepPushAsync()
    {
        try
        {
            if (await notifications.CurrentAsync() is not { } subscription || await notifications.PermissionAsync() != "granted")
            {
                return;
            }

            try
            {
                await Client.SetPushAsync(subscription);
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.PushKeyOutdated)
            {
                if (await GetPushStateAsync() is PushState.On or PushState.Off)
                {
                    await TurnPushOnAsync();
                }
            }
        }
        catch (Exception exception) when (exception is ApiRefusedException or HttpRequestException or OperationCanceledException)
        {
            // Nobody waits for it: the next start tries again, and the switch shows how it stands.
        }
    }

    private void OnPushChanged()
    {
        if (Phase == AppPhase.Ready)
        {
            _ = AloneAsync(KeepPushAsync);
        }
    }
}
