using System.Net.Mime;
using Bzt.Contracts;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Certificates;

/// <summary>POST /phone/v1/certificates/{certificateId}/exchange: the sealed channel passes through; this side cannot read it.</summary>
internal static class Exchange
{
    private const int MaxOctets = 256 * 1024;

    public static void Map(IEndpointRouteBuilder phones) => phones
        .MapPost(Routes.Phone.Exchange, HandleAsync)
        .Needs(PhoneAccess.RealNamed)
        .LimitBody(MaxOctets)
        .WithSummary("The sealed channel between phone and silo")
        .Accepts<byte[]>(MediaTypeNames.Application.Octet)
        .Produces(200, contentType: MediaTypeNames.Application.Octet)
        .ProducesProblem(404)
        .ProducesProblem(422);

    private static async Task<IResult> HandleAsync(Guid certificateId, HttpRequest request, Caller caller, IGrainFactory grains, CancellationToken aborted)
    {
        if (request.ContentType != MediaTypeNames.Application.Octet)
        {
            return new ProblemResult(ErrorCodes.InvalidRequest);
        }

        using var message = new MemoryStream();
        await request.Body.CopyToAsync(message, aborted);

        // From here the caller's going away stops nothing: the certificate's grain decides, and the phone asks for the outcome.
        var reply = await grains.Certificate(new CertificateId(certificateId)).Exchange(message.ToArray(), GetCertificate.From(caller));
        return reply.ToHttp(answer => Results.Bytes(answer, MediaTypeNames.Application.Octet));
    }
}
