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
        var runs = await kept.RunsAsync(newest);
        var from = after ?? Math.Max(0, newest - PageSize);
        if (after is null && runs is [.., var last] && from < last.First)
        {
            from = runs.Count > 1 ? Math.Max(0, runs[^2].Last - (PageSize - (newest - last.First + 1))) : 0;
        }

        var numbers = runs.SelectMany(run => Following(run, from)).Take(PageSize).ToList();
        var found = await Task.WhenAll(numbers.Select(kept.GetAsync));
        return Results.Json(new EvidenceCheckpoints([.. found.OfType<SignedCheckpoint>().Select(ToContract)], newest), BztJson.Default.EvidenceCheckpoints);
    }

    private static IEnumerable<long> Following((long First, long Last) run, long after)
    {
        for (var number = Math.Max(run.First, after < run.Last ? after + 1 : run.Last + 1); number <= run.Last; number++)
        {
            yield return number;
        }
    }
}
