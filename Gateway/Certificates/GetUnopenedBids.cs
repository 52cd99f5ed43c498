using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Certificates;

/// <summary>GET /phone/v1/certificates/{certificateId}/unopened-bids: what a revocation would close for ever.</summary>
internal static class GetUnopenedBids
{
    public static void Map(IEndpointRouteBuilder phones) => phones
        .MapGet(Routes.Phone.CertificateUnopenedBids, HandleAsync)
        .Needs(PhoneAccess.FullDevice)
        .WithSummary("Bids encrypted to a certificate that are not opened yet")
        .Produces<IReadOnlyList<UnopenedBidInfo>>()
        .ProducesProblem(404);

    private static async Task<IResult> HandleAsync(Guid certificateId, Caller caller, IGrainFactory grains) =>
        (await grains.Certificate(new CertificateId(certificateId)).GetUnopenedBids(GetCertificate.From(caller))).ToHttp(bids => Results.Json(
            [.. bids.Select(bid => new UnopenedBidInfo(bid.Platform.Value, bid.ProjectId, bid.ProjectName, bid.OpeningTime))],
            BztJson.Default.IReadOnlyListUnopenedBidInfo));
}
