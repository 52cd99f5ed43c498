using System.Collections.Concurrent;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Protocol.Evidence;

namespace Bzt.Gateway.Certificates;

/// <summary>Published checkpoints never change: each is asked of its grain once, however often a page of them is read.</summary>
internal sealed class KeptCheckpoints(IGrainFactory grains)
{
    /// <summary>More than a year of them, of some hundred octets each.</summary>
    private const int Most = 10_000;

    /// <summary>As many as somebody who keeps them asks for after a week; of a big one 200 KB.</summary>
    private const int MostLeaves = 200;

    private readonly ConcurrentDictionary<long, SignedCheckpoint> kept = new();
    private readonly ConcurrentDictionary<long, byte[]> leaves = new();
    private readonly ConcurrentDictionary<long, long> continued = new();

    /// <summary>Null where there is none of that number.</summary>
    public async Task<SignedCheckpoint?> GetAsync(long number)
    {
        if (kept.TryGetValue(number, out var known))
        {
            return known;
        }

        return await grains.EvidenceCheckpoint(number).Get() is { } found ? Keep(kept, number, found, Most) : null;
    }

    /// <summary><see cref="EvidenceLeaves"/> as they are sent; null where no checkpoint of that number is published.</summary>
    public async Task<byte[]?> GetLeavesAsync(long number)
    {
        if (leaves.TryGetValue(number, out var known))
        {
            return known;
        }

        // No number a stranger makes up brings up a grain.
        if (!(await RunsAsync(await grains.EvidenceNotary().GetNewest())).Any(run => run.First <= number && number <= run.Last) || await grains.EvidenceCheckpoint(number).GetPublished() is not { } found)
        {
            return null;
        }

        var published = new EvidenceLeaves(number, found.Continues, [.. found.Leaves.Zip(found.Marks, (leaf, mark) => new EvidenceLeafInfo(leaf, mark))]);
        return Keep(leaves, number, JsonSerializer.SerializeToUtf8Bytes(published, BztJson.Default.EvidenceLeaves), MostLeaves);
    }

    /// <summary>The published numbers, oldest first: one run, and one more for each declared restore, which leaves out what was lost.</summary>
    public async Task<IReadOnlyList<(long First, long Last)>> RunsAsync(long newest)
    {
        List<(long First, long Last)> runs = [];
        while (newest > 0)
        {
            var first = CheckpointNumber.First(newest);
            runs.Insert(0, (first, newest));
            newest = CheckpointNumber.IsAfterRestore(first) ? await ContinuedAsync(first) : 0;
        }

        return runs;
    }

    private async Task<long> ContinuedAsync(long number)
    {
        if (!continued.TryGetValue(number, out var before) && await grains.EvidenceCheckpoint(number).GetPublished() is { Continues: { } found })
        {
            continued[number] = before = found;
        }

        return before;
    }

    private static T Keep<T>(ConcurrentDictionary<long, T> where, long number, T found, int most)
    {
        if (where.Count >= most)
        {
            where.Clear();
        }

        where[number] = found;
        return found;
    }
}
