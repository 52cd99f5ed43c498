using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.WebPush;

namespace Bzt.Gateway.WebPush;

/// <summary>后台通知: the subscription under which this device's closed app is woken up. Every call is about the calling device and no other.</summary>
internal static class PushApi
{
    public static void MapWebPush(this RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.Push, GetAsync).Needs(PhoneAccess.Device)
            .WithName("getPush").WithSummary("What to subscribe under, and whether this device has").Produces<PushSettings>();
        phones.MapPut(Routes.Phone.Push, SetAsync).Needs(PhoneAccess.Device)
            .WithName("setPush").WithSummary("Sets this device's push subscription (RFC 8030)")
            .WithDescription("One a device; another replaces it. Only of push services the installation knows. It ends with the device's login.")
            .Refuses(409, 422).Produces(StatusCodes.Status204NoContent);
        phones.MapDelete(Routes.Phone.Push, RemoveAsync).Needs(PhoneAccess.Device)
            .WithName("removePush").WithSummary("No more pushes to this device").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> GetAsync(Caller caller, IGrainFactory grains)
    {
        var view = await grains.Push(caller.UserId).GetSettings(caller.DeviceId);
        return Results.Json(new PushSettings(view.ServerKey, view.Subscribed), BztJson.Default.PushSettings);
    }

    private static async Task<IResult> SetAsync(PushSubscriptionRequest request, Caller caller, IGrainFactory grains) =>
        (await grains.Push(caller.UserId).Subscribe(caller.DeviceId, new PushSubscription(request.Endpoint, request.P256dh, request.Auth, request.ServerKey)))
            .ToHttp(_ => Results.NoContent());

    private static async Task<IResult> RemoveAsync(Caller caller, IGrainFactory grains)
    {
        await grains.Push(caller.UserId).Unsubscribe(caller.DeviceId);
        return Results.NoContent();
    }
}
