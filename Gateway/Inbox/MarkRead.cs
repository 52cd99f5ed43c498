using Bzt.Contracts;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Inbox;

internal static class MarkRead
{
    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.InboxRead, HandleAsync).Needs(PhoneAccess.Device).Produces(StatusCodes.Status204NoContent);

    /// <param name="messageId">Ids are senders' paths: the client sends their slashes escaped.</param>
    private static async Task<IResult> HandleAsync(string messageId, Caller caller, IGrainFactory grains) =>
        (await grains.Inbox(caller.UserId).MarkRead(messageId)).ToHttp(_ => Results.NoContent());
}
