using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Platforms;

namespace Bzt.Gateway.Seals;

/// <summary>GET /rp/v1/signers/{creditCode}/seals/{kind}/electronic (X17): the enterprise's own seal as its maker vouches for it.</summary>
internal static class GetSignerElectronicSeal
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.SignerElectronicSeal, HandleAsync)
        .WithName("getSignerElectronicSeal")
        .WithSummary("One of a bound enterprise's own seals as an electronic seal of GB/T 38540")
        .WithDescription("An SESeal, DER, made for one certificate: what a document in the form `ses` is built with. `kind` as for the picture; `serial` names a signing certificate "
            + "of `getSigner`'s list, without it the one that `getSigner` leads with, when its holder may seal.")
        .Refuses(403, 404, 409, 422)
        .Produces<byte[]>(contentType: "application/octet-stream");

    private static async Task<IResult> HandleAsync(string creditCode, string kind, string? serial, PlatformCaller caller, IGrainFactory grains, HttpContext context)
    {
        var (enterprise, refused) = GetSignerEndpoint.Read(creditCode, caller);
        if (refused is not null)
        {
            return refused;
        }

        if (!SealPictures.TryReadKind(kind, out var wanted))
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        var reply = await BoundCertificates.FindAsync(grains, caller.Platform, enterprise);
        if (reply is not Done<IReadOnlyList<BoundCertificate>>(var bound))
        {
            return reply.ToHttp(_ => Results.Empty);
        }

        var sealing = bound.Where(certificate => certificate.May(SessionKind.Seal)).ToList();
        if (sealing.Count == 0)
        {
            return new ProblemResult(ErrorCodes.NotAuthorised);
        }

        if ((serial is null ? GetSignerEndpoint.First(sealing) : sealing.Find(certificate => certificate.Facts.SigningSerial.Equals(serial, StringComparison.OrdinalIgnoreCase))) is not { } chosen)
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        context.Response.Headers.CacheControl = "no-store";
        return (await grains.SealMaker().Make(chosen.Certificate, wanted)).ToHttp(seal => Results.Bytes(seal, "application/octet-stream"));
    }
}
