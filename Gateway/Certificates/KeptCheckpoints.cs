using System.Collections.Concurrent;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Certificates;

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
        if (number < 1 || number > await grains.EvidenceNotary().GetNewest() || await grains.EvidenceCheckpoint(number).GetPublished() is not { } found)
        {
            return null;
        }

        var published = new EvidenceLeaves(number, found.Continues, [.. found.Leaves.Zip(found.Marks, (leaf, mark) => new EvidenceLeafInfo(leaf, mark))]);
        return Keep(leaves, number, JsonSerializer.SerializeToUtf8Bytes(published, BztJson.Default.EvidenceLeaves), MostLeaves);
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
