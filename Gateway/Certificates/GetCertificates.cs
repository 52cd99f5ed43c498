using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Grains;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Certificates;

/// <summary>GET /phone/v1/certificates: every certificate the caller holds, on this phone or another.</summary>
internal static class GetCertificates
{
    public static void Map(IEndpointRouteBuilder phones) => phones
        .MapGet(Routes.Phone.Certificates, HandleAsync)
        .Needs(PhoneAccess.RealNamed)
        .WithSummary("The caller's certificates")
        .Produces<IReadOnlyList<CertificateInfo>>();

    private static async Task<IResult> HandleAsync(Caller caller, IGrainFactory grains)
    {
        var held = await grains.Holder(caller.UserId).GetCertificates();
        var views = await Task.WhenAll(held.Select(id => grains.Certificate(id).GetView(GetCertificate.From(caller)).IfReadableAsync()));
        IReadOnlyList<CertificateInfo> certificates = 
        [
            .. views.OfType<Done<CertificateView>>().Where(done => done.Value.Facts.State != CertificateState.Abandoned).Select(done => GetCertificate.ToHttp(done.Value)),
        ];
        return Results.Json(certificates, BztJson.Default.IReadOnlyListCertificateInfo);
    }
}
