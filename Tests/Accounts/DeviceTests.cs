using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Accounts;

public sealed class DeviceTests
{
    [Fact]
    public async Task The_active_device_sees_the_others_and_ends_their_logins()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var owner = await system.RealNamedPhoneAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var limited = system.NewPhone(owner.Person);
        await limited.LogInAsync(await limited.ReceiveCodeAsync(), "陌生手机");

        var seen = await ListAsync(limited);
        Assert.Equal([true, false], seen.Select(device => device.Current));
        Assert.Equal(["陌生手机", "测***"], seen.Select(device => device.Name));
        Assert.Equal(ErrorCodes.DeviceLimited, await Refused(() => EndAsync(limited, owner.Login!.DeviceId)));
        Assert.Equal(ErrorCodes.NotFound, await Refused(() => EndAsync(owner, Guid.NewGuid())));

        await EndAsync(owner, limited.Login!.DeviceId);
        Assert.Equal(ErrorCodes.Unauthenticated, await Refused(limited.MeAsync));
        await system.RestartAsync();
        owner.Reconnect();
        limited.Reconnect();
        Assert.Equal(ErrorCodes.Unauthenticated, await Refused(limited.MeAsync));
        var list = await ListAsync(owner);
        Assert.Equal([("陌生手机", false, false), ("测试手机", true, true)], list.Select(device => (device.Name, device.Active, device.LoggedIn)));
    }

    [Fact]
    public async Task When_a_device_was_last_seen_is_known_to_the_hour()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.LoggedInPhoneAsync();
        var first = Assert.Single(await ListAsync(phone));
        Assert.Equal(first.LoggedInAt, first.LastSeenAt);
        system.Clock.Advance(TimeSpan.FromHours(3));
        var later = await Wait.UntilAsync(() => ListAsync(phone), list => list[0].LastSeenAt > first.LastSeenAt);
        Assert.True(later[0].LastSeenAt - first.LastSeenAt >= TimeSpan.FromHours(3));
        await system.RestartAsync();
        phone.Reconnect();
        Assert.Equal(later[0].LastSeenAt, (await ListAsync(phone))[0].LastSeenAt);
    }

    private static Task<IReadOnlyList<DeviceInfo>> ListAsync(TestPhone phone) => phone.Http.GetAsync(Routes.Phone.Devices, BztJson.Default.IReadOnlyListDeviceInfo);

    private static Task EndAsync(TestPhone phone, Guid device) => phone.Http.PostAsync(Routes.Phone.DeviceLogout.Replace("{deviceId}", device.ToString(), StringComparison.Ordinal));

    private static async Task<string> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;
}
