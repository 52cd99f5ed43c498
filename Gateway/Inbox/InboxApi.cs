using Bzt.Contracts;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Microsoft.AspNetCore.Http.Connections;

namespace Bzt.Gateway.Inbox;

internal static class InboxApi
{
    public static void AddInbox(this WebApplicationBuilder builder, GatewayOptions options)
    {
        builder.Services.AddSingleton<PhoneSubscriptions>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PhoneSubscriptions>());
        var signalR = builder.Services.AddSignalR(hub => hub.MaximumReceiveMessageSize = 1024).AddJsonProtocol(json => StrictJson.Apply(json.PayloadSerializerOptions));
        if (options.HubBackplane)
        {
            signalR.AddStackExchangeRedis(options.Redis!);
        }
    }

    public static void MapInbox(this RouteGroupBuilder phones)
    {
        GetInbox.Map(phones);
        MarkRead.Map(phones);
        GetHubTicket.Map(phones);
        phones.MapHub<PhoneHub>(Routes.PhoneHub, hub => hub.Transports = HttpTransportType.WebSockets).Needs(PhoneAccess.Device).WithMetadata(new HubUser.TicketAccepted());
    }
}
