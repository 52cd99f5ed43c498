using Bzt.Contracts.Phone;
using Microsoft.JSInterop;

namespace Bzt.MobileApp.Device;

public enum PushAnswer
{
    Subscribed,
    /// <summary>The user said no, now or earlier.</summary>
    Denied,
    /// <summary>The user gave no answer.</summary>
    Later,
    /// <summary>The browser's push service did not answer.</summary>
    Unreachable,
}

/// <summary>The browser's notifications while the app is closed (<c>js/push.js</c>).</summary>
public sealed class Notifications(IJSRuntime js)
{
    private readonly Lazy<Task<IJSObjectReference>> module = new(() => js.InvokeAsync<IJSObjectReference>("import", "./js/push.js").AsTask());

    /// <summary><c>unsupported</c>, <c>default</c>, <c>granted</c> or <c>denied</c>.</summary>
    public async Task<string> PermissionAsync() => await (await module.Value).InvokeAsync<string>("permission");

    public async Task<PushSubscriptionRequest?> CurrentAsync() => Read(await (await module.Value).InvokeAsync<string[]?>("current"));

    /// <summary>Asks the user, unless he has answered before. Only at his touch.</summary>
    public async Task<(PushAnswer Answer, PushSubscriptionRequest? Subscription)> SubscribeAsync(byte[] serverKey)
    {
        var found = await (await module.Value).InvokeAsync<string[]>("subscribe", Convert.ToBase64String(serverKey));
        return found is [var word]
            ? (word switch { "denied" => PushAnswer.Denied, "later" => PushAnswer.Later, _ => PushAnswer.Unreachable }, null)
            : (PushAnswer.Subscribed, Read(found));
    }

    public async Task UnsubscribeAsync() => await (await module.Value).InvokeVoidAsync("unsubscribe");

    private static PushSubscriptionRequest? Read(string[]? found) => found is [var endpoint, var key, var secret, var serverKey]
        ? new PushSubscriptionRequest(endpoint, Convert.FromBase64String(key), Convert.FromBase64String(secret), Convert.FromBase64String(serverKey))
        : null;
}
