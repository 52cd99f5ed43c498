using System.Collections.Concurrent;
using Bzt.Grains;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Certificates;

/// <summary>Published checkpoints never change: each is asked of its grain once, however often a page of them is read.</summary>
internal sealed class KeptCheckpoints(IGrainFactory grains)
{
    /// <summary>More than a year of them, of some hundred octets each.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<long, SignedCheckpoint> kept = new();

    /// <summary>Null where there is none of that number.</summary>
    public async Task<SignedCheckpoint?> GetAsync(long number)
    {
        if (kept.TryGetValue(number, out var known))
        {
            return known;
        }

        if (await grains.EvidenceCheckpoint(number).Get() is not { } found)
        {
            return null;
        }

        if (kept.Count >= Most)
        {
            kept.Clear();
        }

        kept[number] = found;
        return found;
    }
}
