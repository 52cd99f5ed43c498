using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Certificates;

/// <summary>GET /evidence/checkpoints: the published checkpoints, oldest first, for anybody who wants to keep them.</summary>
internal static class GetCheckpoints
{
    private const int PageSize = 100;

    public static void Map(IEndpointRouteBuilder phones) => phones
        .MapGet(Routes.Phone.EvidenceCheckpoints, HandleAsync)
        .Needs(PhoneAccess.Anyone)
        .WithName("getEvidenceCheckpoints").WithSummary("Published checkpoints over all evidence")
        .Produces<EvidenceCheckpoints>();

    public static EvidenceCheckpointInfo ToContract(SignedCheckpoint checkpoint) =>
        new(checkpoint.Number, checkpoint.Previous, checkpoint.Size, checkpoint.Root, checkpoint.At, checkpoint.Signature);

    /// <param name="after">Only those after this number; without it the newest hundred.</param>
    private static async Task<IResult> HandleAsync(IGrainFactory grains, KeptCheckpoints kept, long? after = null)
    {
        if (after < 0)
        {
            return Invalid.Member("after");
        }

        var newest = await grains.EvidenceNotary().GetNewest();
        var from = Math.Min(after ?? Math.Max(0, newest - PageSize), newest);
        var numbers = Enumerable.Range(1, (int)Math.Min(PageSize, newest - from)).Select(offset => from + offset);
        var found = await Task.WhenAll(numbers.Select(kept.GetAsync));
        return Results.Json(new EvidenceCheckpoints([.. found.OfType<SignedCheckpoint>().Select(ToContract)], newest), BztJson.Default.EvidenceCheckpoints);
    }
}
