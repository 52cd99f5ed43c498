using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;

namespace Bzt.Gateway.Certificates;

/// <summary>GET /evidence/checkpoints/{number}/leaves: what a checkpoint's root is over, for anybody who wants to keep it.</summary>
internal static class GetCheckpointLeaves
{
    public static void Map(IEndpointRouteBuilder phones) => phones
        .MapGet(Routes.Phone.EvidenceLeaves, HandleAsync)
        .Needs(PhoneAccess.Anyone)
        .WithName("getEvidenceLeaves").WithSummary("The leaves of a published checkpoint")
        .Produces<EvidenceLeaves>()
        .ProducesProblem(404);

    private static async Task<IResult> HandleAsync(long number, HttpContext http, KeptCheckpoints kept)
    {
        if (await kept.GetLeavesAsync(number) is not { } leaves)
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(leaves, "application/json; charset=utf-8");
    }
}
