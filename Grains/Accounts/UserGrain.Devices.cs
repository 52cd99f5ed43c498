namespace Bzt.Grains.Accounts;

// Which devices there are, and what each may do.
public sealed partial class UserGrain
{
    public Task<Reply<AuthenticatedDevice>> Authenticate(DeviceId device, byte[] tokenHash, string jkt)
    {
        var now = time.GetUtcNow();
        if (durable.RegisteredAt is null)
        {
            // A token names its account, and anybody can write one: an account that is none takes up no memory.
            DeactivateOnIdle();
            return Task.FromResult<Reply<AuthenticatedDevice>>(new Refusal(RefusalCode.NotFound));
        }

        var reply = DeviceRules.Authenticate(durable, device, tokenHash, jkt, now);
        if (reply is Done<AuthenticatedDevice> && DeviceRules.IsNews(durable, device, now))
        {
            // One way: nobody waits to be seen.
            _ = Steps.Seen(device);
        }

        return Task.FromResult(reply);
    }

    public Task Seen(DeviceId device)
    {
        var now = time.GetUtcNow();
        return DeviceRules.IsNews(durable, device, now) ? WriteAsync(DeviceRules.See(durable, device, now)) : Task.CompletedTask;
    }

    public async Task<Reply<Nothing>> LogOut(DeviceId device)
    {
        if (!durable.Devices.Any(known => known.Id == device.Value))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await WriteAsync(DeviceRules.LogOut(durable, device));
        return new Nothing();
    }

    public Task<IReadOnlyList<DeviceView>> GetDevices(DeviceId caller)
    {
        var (now, limited) = (time.GetUtcNow(), durable.Devices.Any(device => device.Id == caller.Value && !device.Active));
        return Task.FromResult<IReadOnlyList<DeviceView>>(
        [
            .. durable.Devices.OrderByDescending(device => device.LoggedInAt).Select(device => new DeviceView(
                new DeviceId(device.Id),
                limited && device.Id != caller.Value ? Masks.Name(device.Name) : device.Name,
                device.Active, DeviceRules.HasToken(device, now), device.LoggedInAt, device.SeenAt ?? device.LoggedInAt)),
        ]);
    }
}
