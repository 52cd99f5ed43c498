using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;

namespace Bzt.Gateway.Inbox;

internal static class GetHubTicket
{
    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.HubTicket, Handle).WithSummary("A one-use ticket for the hub").Needs(PhoneAccess.Device).Produces<HubTicket>();

    private static IResult Handle(Caller caller, HubTickets tickets) =>
        Results.Json(new HubTicket(tickets.New(caller.UserId, caller.DeviceId), (int)HubTickets.Lifetime.TotalSeconds), BztJson.Default.HubTicket);
}
