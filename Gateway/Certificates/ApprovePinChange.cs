using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Certificates;

/// <summary>POST /phone/v1/certificates/{certificateId}/pin/change-approval: the SMS code before a change of the PIN.</summary>
internal static class ApprovePinChange
{
    public static void Map(IEndpointRouteBuilder phones) => phones
        .MapPost(Routes.Phone.PinChangeApproval, HandleAsync)
        .Needs(PhoneAccess.RealNamed)
        .WithSummary("The SMS code before a change of the PIN")
        .Produces<PinChangeApproval>()
        .ProducesProblem(404)
        .ProducesProblem(409)
        .ProducesProblem(422);

    /// <summary>Six digits; the grain knows which ones.</summary>
    public static bool IsCode(string? code) => code is { Length: 6 } && code.All(char.IsAsciiDigit);

    private static async Task<IResult> HandleAsync(Guid certificateId, PinChangeApprovalRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        if (!IsCode(request.Code))
        {
            return Invalid.Member("code");
        }

        var command = new Grains.Certificates.ApprovePinChange(request.OperationId, GetCertificate.From(caller), request.Code);
        return (await grains.CertificatePin(new CertificateId(certificateId)).ApprovePinChange(command))
            .ToHttp(expires => Results.Json(new PinChangeApproval(expires), BztJson.Default.PinChangeApproval));
    }
}
