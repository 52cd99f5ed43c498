using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Evidence;

/// <inheritdoc cref="IEvidenceNotaryGrain"/>
/// <remarks>
/// In this order: the checkpoint is kept under its number, the notary counts it, the pages hear of it, the sweep goes on. A crash between the first
/// two finds the kept one and takes it over, so no number is ever signed twice and published; a crash later costs chains that are in two checkpoints.
/// A page that cannot be read keeps no other from its checkpoint: it is remembered, the sweep goes past it, and each sweep asks for it again.
/// </remarks>
[GrainType("evidence-notary")]
public sealed partial class EvidenceNotaryGrain(
    [PersistentState("evidence-notary")] IPersistentState<StoredNotary> storage, [PersistentState("evidence-notary-unread")] IPersistentState<UnreadPages> unread,
    IEvidenceActivity activity, IStoreRestores restores, ClusterKeyRings keys, TimeProvider time, ILogger<EvidenceNotaryGrain> log)
    : Grain, IEvidenceNotaryGrain, IRemindable
{
    /// <summary>Leaves of one checkpoint; what is more goes into the next one at once.</summary>
    public const int MostLeaves = 2000;

    private const string Reminder = "hourly";
    private const int AtOnce = 16;
    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    // A row's time is when its transaction began: one that took long is still found by the next sweep.
    private const long Overlap = 600;

    public Task Ensure() => this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromMinutes(2), Period);

    public Task ReceiveReminder(string reminderName, TickStatus status) => Sweep();

    public Task<long> GetNewest() => Task.FromResult(storage.State.Number);

    public async Task Sweep()
    {
        // Said at once and signed, whether anything moved or not: numbers of the lost time are not used again.
        if (CheckpointNumber.IsAfterRestore(NextNumber))
        {
            await CheckpointAsync([]);
        }

        var asked = unread.State.Keys;
        var (_, missed) = await TakeAsync(asked);
        var beyond = await RememberAsync(new UnreadPages(), missed);

        var since = storage.State.SweptTo - Overlap;
        var upTo = long.MaxValue;
        WrittenPage? last = null;
        while (await activity.WrittenSinceAsync(since, last, MostLeaves) is { Count: > 0 } pages)
        {
            last = pages[^1];
            (var read, missed) = await TakeAsync([.. pages.Select(page => page.Key).Distinct().Except(asked)]);
            if (read == 0 && missed.Count >= AtOnce)
            {
                // That is no chain any more, but the store or the cluster: the sweep waits for better times.
                throw Unreachable();
            }

            // Remembered first, then gone past. For what finds no room the next sweep begins here again: what follows has nothing to say unless it moved.
            if (await RememberAsync(unread.State, missed) is > 0 and var more)
            {
                beyond += more;
                upTo = Math.Min(upTo, pages[0].At);
            }

            if (Math.Min(last.At, upTo) is var swept && swept > storage.State.SweptTo)
            {
                await storage.WriteAsync(this, storage.State with { SweptTo = swept });
            }

            if (pages.Count < MostLeaves)
            {
                break;
            }
        }

        // The round was done; what it could not read is counted, and calls by itself.
        Duties.Done(Duties.Checkpoints, time.GetUtcNow());
        Duties.Missed(Duties.Checkpoints, unread.State.Keys.Length + beyond);
    }

    private long NextNumber => CheckpointNumber.Next(storage.State.Number, restores.Newest);

    /// <summary>How many find no room.</summary>
    private async Task<int> RememberAsync(UnreadPages known, IEnumerable<string> missed)
    {
        var next = known.With(missed, out var beyond);
        if (!next.Keys.SequenceEqual(unread.State.Keys))
        {
            await unread.WriteAsync(this, next);
        }

        return beyond;
    }

    /// <summary>Takes what moved on these pages into a checkpoint.</summary>
    /// <returns>How many were read, and those that were not, or were not told; these are in the checkpoint all the same.</returns>
    private async Task<(int Read, List<string> Missed)> TakeAsync(IReadOnlyList<string> pages)
    {
        var (heads, missed) = await EachAsync(pages, page => GrainFactory.GetGrain<IEvidenceGrain>(page).GetUnchecked(), page => page);
        if (CheckpointRules.Order(heads.OfType<CheckpointLeaf>()) is { Count: > 0 } leaves)
        {
            missed.AddRange(await CheckpointAsync(leaves));
        }

        return (heads.Count, missed);
    }

    /// <returns>The pages that were not told.</returns>
    private async Task<IReadOnlyList<string>> CheckpointAsync(IReadOnlyList<CheckpointLeaf> heads)
    {
        // One that was kept before a crash is the one of its number, whatever moved since; those chains come into the next.
        var state = storage.State;
        var number = NextNumber;
        var (leaves, marks) = CheckpointRules.Mark(number, state.Number, heads, await FirstsAsync(heads));
        var wanted = CheckpointRules.Make(number, state.Hash ?? EvidenceEntry.Beginning, leaves, time.GetUtcNow());
        var grain = GrainFactory.EvidenceCheckpoint(number);
        var kept = await grain.KeepMarked(await keys.SignAsync(wanted), leaves, marks);
        var isOurs = kept.Root.AsSpan().SequenceEqual(wanted.Root);
        await storage.WriteAsync(this, new StoredNotary(kept.Number, CheckpointRules.Hash(kept), state.SweptTo));
        var told = CheckpointRules.Chains(isOurs ? leaves : await grain.GetLeaves());
        var (_, untold) = await EachAsync(
            told,
            async leaf =>
            {
                await GrainFactory.Evidence(leaf.Certificate, EvidencePages.PageOf(leaf.Sequence)).Checkpointed(kept.Number, leaf.Sequence);
                return true;
            },
            leaf => EvidencePages.Key(leaf.Certificate, EvidencePages.PageOf(leaf.Sequence)));
        LogTaken(kept.Number, told.Count);
        return isOurs || heads.Count == 0 ? untold : [.. untold, .. await CheckpointAsync(heads)];
    }

    /// <summary>Where it cannot be read, the chain comes into the checkpoint without a mark: that is more than not at all.</summary>
    private async Task<IReadOnlyDictionary<CertificateId, byte[]>> FirstsAsync(IReadOnlyList<CheckpointLeaf> heads)
    {
        Dictionary<CertificateId, byte[]> firsts = [];
        foreach (var some in heads.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(AskAsync));
        }

        return firsts;

        async Task AskAsync(CheckpointLeaf head)
        {
            try
            {
                if (await GrainFactory.Evidence(head.Certificate, 0).GetFirst() is { } first)
                {
                    firsts[head.Certificate] = first;
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogUnmarked(head.Certificate, exception);
            }
        }
    }

    private async Task<(List<TResult> Results, List<string> Failed)> EachAsync<TItem, TResult>(IReadOnlyList<TItem> items, Func<TItem, Task<TResult>> ask, Func<TItem, string> pageOf)
    {
        List<TResult> results = new(items.Count);
        List<string> failed = [];
        foreach (var some in items.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(AskAsync));
            if (results.Count == 0 && failed.Count > UnreadPages.Most)
            {
                throw Unreachable();
            }
        }

        return (results, failed);

        async Task AskAsync(TItem item)
        {
            try
            {
                results.Add(await ask(item));
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failed.Add(pageOf(item));
                LogMissed(pageOf(item), exception);
            }
        }
    }

    private static StorageFailedException Unreachable() => new("No page of evidence can be reached.");

    [LoggerMessage(EventId = 332, Level = LogLevel.Information, Message = "Evidence checkpoint {Number} over {Size} chains.")]
    private partial void LogTaken(long number, int size);

    [LoggerMessage(EventId = 342, Level = LogLevel.Warning, Message = "Evidence checkpoint: the first page of {Certificate} was not reached; it has no mark in this one.")]
    private partial void LogUnmarked(CertificateId certificate, Exception exception);

    [LoggerMessage(EventId = 339, Level = LogLevel.Error, Message = "Evidence checkpoint: page {Page} was not reached; the next sweep asks for it again.")]
    private partial void LogMissed(string page, Exception exception);
}

/// <summary>The stored state of <see cref="EvidenceNotaryGrain"/>.</summary>
/// <param name="Number">Of the newest checkpoint; 0 before the first.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="SweptTo">By the store's clock, in seconds since 1970: what was written before is in a checkpoint, or among the <see cref="UnreadPages"/>.</param>
[StateVersion(1)]
public sealed record StoredNotary(long Number, byte[]? Hash, long SweptTo)
{
    public StoredNotary() : this(0, null, 0)
    {
    }
}
