using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Openings;

namespace Bzt.Gateway.Openings;

/// <summary>GET /rp/v1/openings/{openingId}/files/{fileId}/record: the evidence of one file, for the platform and for its bidder.</summary>
internal static class GetOpeningRecord
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.OpeningRecord, HandleAsync)
        .WithName("getOpeningRecord")
        .WithSummary("The signed record of one file's opening")
        .WithDescription("Who was asked to decrypt it, when, what came back, and on whose side a failure lies, signed by the cluster's evidence key as it stands now. "
            + "`bidtool evidence verify` checks it offline.")
        .Refuses(404)
        .Produces<SignedOpeningRecord>();

    private static async Task<IResult> HandleAsync(Guid openingId, string fileId, PlatformCaller caller, IGrainFactory grains)
    {
        var id = new OpeningId(openingId);
        return (await grains.Opening(id).GetRecord(OpeningMessages.ViewerOf(caller), fileId)).ToHttp(evidence =>
        {
            var record = evidence.ToRecord(id);
            return Results.Json(new SignedOpeningRecord(record, record.Judge(), evidence.Signature, evidence.PublicKey), BztJson.Default.SignedOpeningRecord);
        });
    }
}
