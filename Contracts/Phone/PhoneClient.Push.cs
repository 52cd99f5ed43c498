using System.Text.Json;

namespace Bzt.Contracts.Phone;

// 后台通知: waking the closed app up.
public sealed partial class PhoneClient
{
    /// <summary>What to subscribe under, and whether this device has.</summary>
    public Task<PushSettings> GetPushAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Push, BztJson.Default.PushSettings, cancellation), cancellation);

    /// <summary>Sets this device's one subscription.</summary>
    public Task SetPushAsync(PushSubscriptionRequest subscription, CancellationToken cancellation = default) => RepeatAsync(async () =>
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(subscription, BztJson.Default.PushSubscriptionRequest);
        (await http.SendAsync(HttpMethod.Put, Routes.Phone.Push, content, "application/json", cancellation)).Dispose();
        return true;
    }, cancellation);

    /// <summary>Removes it; again changes nothing.</summary>
    public Task RemovePushAsync(CancellationToken cancellation = default) => RepeatAsync(async () =>
    {
        (await http.SendAsync(HttpMethod.Delete, Routes.Phone.Push, null, null, cancellation)).Dispose();
        return true;
    }, cancellation);
}
