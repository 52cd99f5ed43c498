using Bzt.Contracts;
using Bzt.Gateway.Inbox;
using Bzt.Gateway.Phones;
using Bzt.Grains;

namespace Bzt.Gateway.Accounts;

internal static class LogOut
{
    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.Logout, HandleAsync).WithSummary("Ends the login of this device").Needs(PhoneAccess.Device).Produces(StatusCodes.Status204NoContent);

    private static async Task<IResult> HandleAsync(Caller caller, IGrainFactory grains, PhoneSubscriptions subscriptions)
    {
        await grains.User(caller.UserId).LogOut(caller.DeviceId);
        subscriptions.End(caller.UserId, caller.DeviceId);
        return Results.NoContent();
    }
}
