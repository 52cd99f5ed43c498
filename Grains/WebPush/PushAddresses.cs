using Bzt.Grains.Callbacks;

namespace Bzt.Grains.WebPush;

/// <summary>What a phone may have us send to: a subscription of a push service we know, and nothing else.</summary>
internal static class PushAddresses
{
    private const int LongestEndpoint = 1024;

    public static Reply<Nothing> Judge(PushSubscription subscription, WebPushOptions options, bool allowLoopback) =>
        subscription.Auth.Length != WebPushEncryption.AuthLength || !WebPushEncryption.IsPoint(subscription.P256dh) || subscription.Endpoint.Length > LongestEndpoint
            ? new Refusal(RefusalCode.InvalidRequest)
            : CallbackAddresses.TryParse(subscription.Endpoint, allowLoopback, out var endpoint) && options.IsKnownService(endpoint.Host) && (endpoint.IsDefaultPort || endpoint.IsLoopback)
                ? default(Nothing)
                : new Refusal(RefusalCode.PushServiceUnknown);
}
