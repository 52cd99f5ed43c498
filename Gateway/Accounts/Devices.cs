using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Inbox;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;

namespace Bzt.Gateway.Accounts;

/// <summary>The account's devices; the active one may end another's login.</summary>
internal static class Devices
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.Devices, ListAsync).WithSummary("The account's devices").Needs(PhoneAccess.Device).Produces<IReadOnlyList<DeviceInfo>>();
        phones.MapPost(Routes.Phone.DeviceLogout, LogOutAsync).WithName("logOutDevice").WithSummary("Ends the login of one of the account's devices").Needs(PhoneAccess.FullDevice).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(Caller caller, IGrainFactory grains)
    {
        var devices = await grains.User(caller.UserId).GetDevices(caller.DeviceId);
        return Results.Json<IReadOnlyList<DeviceInfo>>(
            [.. devices.Select(device => ToContract(device, caller))], BztJson.Default.IReadOnlyListDeviceInfo);
    }

    public static DeviceInfo ToContract(DeviceView device, Caller caller) =>
        new(device.Device.Value, device.Name, device.Active, device.LoggedIn, device.Device == caller.DeviceId, device.LoggedInAt, device.LastSeenAt);

    private static async Task<IResult> LogOutAsync(Guid deviceId, Caller caller, IGrainFactory grains, PhoneSubscriptions subscriptions) =>
        (await grains.User(caller.UserId).LogOut(new DeviceId(deviceId))).ToHttp(_ =>
        {
            subscriptions.End(caller.UserId, new DeviceId(deviceId));
            return Results.NoContent();
        });
}
