using Bzt.Contracts;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Inbox;

internal static class MarkRead
{
    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.InboxRead, HandleAsync).WithSummary("Marks a message as read").Needs(PhoneAccess.Device).Produces(StatusCodes.Status204NoContent);

    private static async Task<IResult> HandleAsync(string messageId, Caller caller, IGrainFactory grains) =>
        (await grains.Inbox(caller.UserId).MarkRead(WithSlashes(messageId))).ToHttp(_ => Results.NoContent());

    // Ids are senders' paths. The server decodes a path but for its escaped slashes.
    private static string WithSlashes(string messageId) => messageId.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
