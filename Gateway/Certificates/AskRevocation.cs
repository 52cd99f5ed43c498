using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Certificates;

/// <summary>POST /phone/v1/certificates/{certificateId}/revocation: what the holder then signs with the PIN; nothing is revoked before.</summary>
internal static class AskRevocation
{
    public static void Map(IEndpointRouteBuilder phones) => phones
        .MapPost(Routes.Phone.CertificateRevocation, HandleAsync)
        .Needs(PhoneAccess.RealNamed)
        .WithSummary("Asks for a certificate's revocation")
        .Produces<CertificateTaskInfo>()
        .ProducesProblem(404)
        .ProducesProblem(409);

    private static async Task<IResult> HandleAsync(Guid certificateId, RevocationRequest request, Caller caller, IGrainFactory grains) =>
        request.OperationId == Guid.Empty
            ? Invalid.Member("operationId")
            : (await grains.Certificate(new CertificateId(certificateId)).AskRevocation(GetCertificate.From(caller), request.OperationId, request.Insist))
                .ToHttp(task => Results.Json(new CertificateTaskInfo(task.Id, certificateId, task.ExpiresAt), BztJson.Default.CertificateTaskInfo));
}
