using Bzt.Contracts;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Platforms;

namespace Bzt.Gateway.Seals;

/// <summary>GET /rp/v1/signers/{creditCode}/seals/{kind} (M065): the picture that is put on the document, of an enterprise bound to this platform.</summary>
internal static class GetSignerSeal
{
    public static void Map(IEndpointRouteBuilder group) => group
        .MapGet(Routes.Platforms.SignerSeal, HandleAsync)
        .WithName("getSignerSeal")
        .WithSummary("One of a bound enterprise's own seals, as a transparent PNG")
        .WithDescription("`kind` is `enterprise`, `legal_representative` or `signature`, as far as the signer lists them.")
        .Refuses(403, 404, 422)
        .Produces<byte[]>(contentType: "image/png");

    private static async Task<IResult> HandleAsync(string creditCode, string kind, PlatformCaller caller, IGrainFactory grains, IBlobStore blobs, HttpContext context)
    {
        var (enterprise, refused) = GetSignerEndpoint.Read(creditCode, caller);
        if (refused is not null)
        {
            return refused;
        }

        return await grains.GetGrain<IBindingGrain>(BindingKey.Of(caller.Platform, enterprise)).Get(null) is Refused<PlatformBinding> notBound
            ? notBound.ToHttp(_ => Results.Empty)
            : await SealPictures.AnswerAsync(blobs, enterprise, await grains.EnterpriseSeals(enterprise).GetView(), kind, context);
    }
}
