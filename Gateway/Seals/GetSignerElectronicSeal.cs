using Bzt.Contracts;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.Seals;

/// <summary>GET /rp/v1/signers/{creditCode}/seals/{kind}/electronic (X17): the enterprise's own seal as its maker vouches for it.</summary>
internal static class GetSignerElectronicSeal
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.SignerElectronicSeal, HandleAsync)
        .WithName("getSignerElectronicSeal")
        .WithSummary("One of a bound enterprise's own seals as an electronic seal of GB/T 38540")
        .WithDescription("An SESeal, DER, made for the bound certificate: what a document in the form `ses` is built with. `kind` as for the picture.")
        .Refuses(403, 404, 409, 422)
        .Produces<byte[]>(contentType: "application/octet-stream");

    private static async Task<IResult> HandleAsync(string creditCode, string kind, PlatformCaller caller, IGrainFactory grains, HttpContext context)
    {
        var (bound, _, refused) = await GetSignerEndpoint.FindAsync(creditCode, caller, grains);
        if (bound is null)
        {
            return refused;
        }

        if (!SealPictures.TryReadKind(kind, out var wanted))
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        context.Response.Headers.CacheControl = "no-store";
        return (await grains.SealMaker().Make(bound.Certificate, wanted)).ToHttp(seal => Results.Bytes(seal, "application/octet-stream"));
    }
}
