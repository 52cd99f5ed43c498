using System.Text.Json;
using Bzt.Grains.Foundations;
using Bzt.Grains.WebPush;

namespace Bzt.Grains.Accounts;

// Where a closed app is woken up: a device's one subscription, sealed under the person's key, gone with the device's login.
public sealed partial class UserGrain
{
    private const string PushField = "push";

    public async Task<Reply<Nothing>> SetPush(DeviceId device, PushSubscription subscription)
    {
        if (durable.PersonKey is not { } key || durable.Devices.FirstOrDefault(known => known.Id == device.Value) is not { TokenHash: not null } owner)
        {
            return new Refusal(RefusalCode.Unauthenticated);
        }

        var text = JsonSerializer.Serialize(subscription, StateJson.Options);
        if (owner.Push is not { } kept || personalData.Open(Person, key, PushField, kept) != text)
        {
            await WriteAsync(DeviceRules.WithPush(durable, device, personalData.Seal(Person, key, PushField, text)));
        }

        return new Nothing();
    }

    public Task RemovePush(DeviceId device, string? endpoint) =>
        durable.Devices.FirstOrDefault(known => known.Id == device.Value) is { Push: not null } owner && (endpoint is null || OpenPush(owner).Endpoint == endpoint)
            ? WriteAsync(DeviceRules.WithPush(durable, device, null))
            : Task.CompletedTask;

    public Task<IReadOnlyList<PushTarget>> GetPushTargets()
    {
        var now = time.GetUtcNow();
        return Task.FromResult<IReadOnlyList<PushTarget>>(
            [.. durable.Devices.Where(device => device.Push is not null && DeviceRules.HasToken(device, now)).Select(device => new PushTarget(new DeviceId(device.Id), device.Active, OpenPush(device)))]);
    }

    private PushSubscription OpenPush(Device device) =>
        JsonSerializer.Deserialize<PushSubscription>(personalData.Open(Person, durable.PersonKey!, PushField, device.Push!), StateJson.Options)!;
}
