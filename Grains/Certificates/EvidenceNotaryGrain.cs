using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <inheritdoc cref="IEvidenceNotaryGrain"/>
/// <remarks>
/// In this order: the checkpoint is kept under its number, the notary counts it, the pages hear of it, the sweep goes on. A crash between the first
/// two finds the kept one and takes it over, so no number is ever signed twice and published; a crash later costs chains that are in two checkpoints.
/// </remarks>
[GrainType("evidence-notary")]
public sealed partial class EvidenceNotaryGrain(
    [PersistentState("evidence-notary")] IPersistentState<StoredNotary> storage, IEvidenceActivity activity, ClusterKeyRings keys, TimeProvider time,
    ILogger<EvidenceNotaryGrain> log)
    : Grain, IEvidenceNotaryGrain, IRemindable
{
    /// <summary>Leaves of one checkpoint; what is more goes into the next one at once.</summary>
    public const int MostLeaves = 2000;

    private const string Reminder = "hourly";
    private const int AtOnce = 16;
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    // A row's time is when its transaction began: one that took long is still found by the next sweep.
    private const long Overlap = 600;

    public Task Ensure() => this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromMinutes(2), Period);

    public Task ReceiveReminder(string reminderName, TickStatus status) => Sweep();

    public Task<long> GetNewest() => Task.FromResult(storage.State.Number);

    public async Task Sweep()
    {
        var since = storage.State.SweptTo - Overlap;
        WrittenPage? last = null;
        while (await activity.WrittenSinceAsync(since, last, MostLeaves) is { Count: > 0 } pages)
        {
            last = pages[^1];
            var heads = await EachAsync(pages, page => GrainFactory.GetGrain<IEvidenceGrain>(page.Key).GetUnchecked());
            if (CheckpointRules.Order(heads.OfType<CheckpointLeaf>()) is { Count: > 0 } leaves)
            {
                await TakeAsync(leaves);
            }

            if (last.At > storage.State.SweptTo)
            {
                await storage.WriteAsync(this, storage.State with { SweptTo = last.At });
            }

            if (pages.Count < MostLeaves)
            {
                break;
            }
        }
    }

    private async Task TakeAsync(IReadOnlyList<CheckpointLeaf> leaves)
    {
        // One that was kept before a crash is the one of its number, whatever moved since; those chains come into the next.
        var state = storage.State;
        var wanted = CheckpointRules.Make(state.Number + 1, state.Hash ?? EvidenceEntry.Beginning, leaves, time.GetUtcNow());
        var grain = GrainFactory.EvidenceCheckpoint(wanted.Number);
        var kept = await grain.Keep(await keys.SignAsync(wanted), leaves);
        var isOurs = kept.Root.AsSpan().SequenceEqual(wanted.Root);
        await storage.WriteAsync(this, new StoredNotary(kept.Number, CheckpointRules.Hash(kept), state.SweptTo));
        var told = isOurs ? leaves : await grain.GetLeaves();
        await EachAsync(told, async leaf =>
        {
            await GrainFactory.Evidence(leaf.Certificate, EvidencePages.PageOf(leaf.Sequence)).Checkpointed(kept.Number, leaf.Sequence);
            return true;
        });
        LogTaken(kept.Number, kept.Size);
        if (!isOurs)
        {
            await TakeAsync(leaves);
        }
    }

    private static async Task<List<TResult>> EachAsync<TItem, TResult>(IReadOnlyList<TItem> items, Func<TItem, Task<TResult>> ask)
    {
        var results = new List<TResult>(items.Count);
        foreach (var some in items.Chunk(AtOnce))
        {
            results.AddRange(await Task.WhenAll(some.Select(ask)));
        }

        return results;
    }

    [LoggerMessage(EventId = 332, Level = LogLevel.Information, Message = "Evidence checkpoint {Number} over {Size} chains.")]
    private partial void LogTaken(long number, int size);
}

/// <summary>The stored state of <see cref="EvidenceNotaryGrain"/>.</summary>
/// <param name="Number">Of the newest checkpoint; 0 before the first.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="SweptTo">By the store's clock, in seconds since 1970: what was written before is in a checkpoint.</param>
[StateVersion(1)]
public sealed record StoredNotary(long Number, byte[]? Hash, long SweptTo)
{
    public StoredNotary() : this(0, null, 0)
    {
    }
}
