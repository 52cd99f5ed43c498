namespace Bzt.Gateway.Inbox;

internal static class InboxApi
{
    public static void AddInbox(this WebApplicationBuilder builder)
    {
        builder.Services.AddSignalR();
    }

    public static void MapInbox(this RouteGroupBuilder phones)
    {
        GetInbox.Map(phones);
        MarkRead.Map(phones);
    }
}
