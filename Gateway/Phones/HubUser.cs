using Bzt.Grains;

namespace Bzt.Gateway.Phones;

/// <summary>Whose ticket opened the hub.</summary>
/// <param name="UserId">The account.</param>
/// <param name="DeviceId">The device it was given to; null in a ticket of the release before, which names none.</param>
internal sealed record HubUser(UserId UserId, DeviceId? DeviceId)
{
    /// <summary>On the endpoint that takes tickets.</summary>
    internal sealed record TicketAccepted;

    /// <summary>Who is connected; null when nobody has shown who he is.</summary>
    public static HubUser? Of(HttpContext? context) =>
        context?.Features.Get<HubUser>() ?? (context?.Features.Get<Caller>() is { } caller ? new HubUser(caller.UserId, caller.DeviceId) : null);
}
