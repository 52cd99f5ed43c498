using System.Net.Mime;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Grains;

namespace Bzt.Gateway.Certificates;

/// <summary>
/// GET /phone/v1/channel-keys: the cluster's channel keys as its root signed them. GET /app/trust.json: that root, delivered with the app.
/// As long as both come from one host, the root protects against everybody but that host.
/// </summary>
internal static class GetChannelKeys
{
    public static void Map(IEndpointRouteBuilder phones)
    {
        phones.MapGet(Routes.Phone.ChannelKeys, KeysAsync)
            .Needs(PhoneAccess.Anyone)
            .WithSummary("The channel keys, signed by the app's root")
            .Produces(200, contentType: MediaTypeNames.Application.Octet);
        phones.MapGet(Routes.PhoneAppTrust, TrustAsync)
            .Needs(PhoneAccess.Anyone)
            .WithName("getAppTrust").WithSummary("What the phone app is built to trust")
            .Produces<ChannelTrust>();
    }

    private static async Task<IResult> KeysAsync(IGrainFactory grains) =>
        Results.Bytes((await grains.ClusterKeys().GetPublic()).ChannelKeys, MediaTypeNames.Application.Octet);

    private static async Task<IResult> TrustAsync(IGrainFactory grains)
    {
        var keys = await grains.ClusterKeys().GetPublic();
        return Results.Json(new ChannelTrust(keys.ChannelRoot) { EvidenceKey = keys.EvidenceKey }, BztJson.Default.ChannelTrust);
    }
}
