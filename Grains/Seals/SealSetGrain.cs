using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Seals;

/// <inheritdoc cref="ISealSetGrain"/>
[GrainType("seal-set")]
public sealed class SealSetGrain : Grain, ISealSetGrain, IOutboxOwner
{
    /// <summary>Of a cut-out: three hundred dots an inch of one seal are far less.</summary>
    private const long LargestPicture = 2 * 1024 * 1024;

    private readonly IPersistentState<StoredSealSet> storage;
    private readonly OutboxDrain<StoredSealSet> outbox;
    private readonly ISealExtractor extractor;
    private readonly IBlobStore blobs;
    private readonly IStateErasure erasure;
    private readonly TimeProvider time;

    public SealSetGrain(
        [PersistentState("seal-set")] IPersistentState<StoredSealSet> storage, OutboxDrains drains, ISealExtractor extractor, IBlobStore blobs,
        IStateErasure erasure, TimeProvider time)
    {
        (this.storage, this.extractor, this.blobs, this.erasure, this.time) = (storage, extractor, blobs, erasure, time);
        outbox = drains.Attach(this, storage);
    }

    private Guid Id => this.GetPrimaryKey();

    public async Task<Reply<SealSetView>> Extract(ExtractSeals command)
    {
        if (SealSetIds.Of(command.Caller, command.FormBlobId) != Id)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (storage.State.Set is null)
        {
            var (extraction, refusal) = await LookAsync(command.Caller, command.FormBlobId, []);
            if (refusal is not null)
            {
                return refusal;
            }

            // A crash before the write leaves pictures nobody names; the same photo gives the same ones again.
            var seals = new List<CutSealView>();
            foreach (var cutOut in extraction!.CutOuts)
            {
                seals.Add(await KeepAsync(command.Caller, cutOut));
            }

            await Write(SealSetRules.Extracted(storage.State, command, extraction.MarksFound, seals));
        }
        else if (!await RenewFormAsync(command.Caller, command.FormBlobId))
        {
            return new Refusal(RefusalCode.BlobUnknown);
        }

        return View();
    }

    public async Task<Reply<SealSetView>> Cut(CutSeal command)
    {
        if (SealSetRules.MayCut(storage.State, command) is { } refusal)
        {
            return refusal;
        }

        var set = storage.State.Set!;
        var (extraction, unreadable) = await LookAsync(set.User, set.FormBlobId, [command.Crop]);
        if (unreadable is not null)
        {
            return unreadable;
        }

        var cut = await KeepAsync(set.User, extraction!.CutOuts.Single(cutOut => cutOut.Kind == command.Crop.Kind));
        if (set.Seals.FirstOrDefault(seal => seal.Kind == command.Crop.Kind)?.BlobId is { } replaced)
        {
            await blobs.ReleaseAsync(SealOwners.Of(set.User), new BlobId(replaced));
        }

        await Write(SealSetRules.Cut(storage.State, command.Crop, cut));
        return View();
    }

    public async Task<Reply<SealSetView>> Confirm(UserId caller)
    {
        var (next, refusal) = SealSetRules.Confirm(storage.State, Id, caller, time.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        if (!await RenewFormAsync(caller, next.Set!.FormBlobId))
        {
            return new Refusal(RefusalCode.BlobUnknown);
        }

        await Write(next);
        return View();
    }

    public Task<Reply<SealSetView>> GetView(UserId caller) => Task.FromResult<Reply<SealSetView>>(
        SealSetRules.Mine(storage.State, caller) is null ? new Refusal(RefusalCode.NotFound) : View());

    public Task Adopt(AdoptSeals command) => Write(SealSetRules.Adopt(storage.State, Id, command));

    public async Task<bool> Erase(string formBlobId, long waitsSince)
    {
        if (!storage.RecordExists)
        {
            return true;
        }

        if (!storage.State.Outbox.IsEmpty)
        {
            return false;
        }

        // Whatever becomes of it: the next activation reads what there is.
        DeactivateOnIdle();
        var set = storage.State.Set;
        if (!await erasure.EraseSealSetAsync(
            Id, new BlobId(formBlobId), waitsSince,
            [.. (set?.Seals ?? []).Select(seal => seal.BlobId).OfType<string>().Select(blob => new OwnedBlob(SealOwners.Of(set!.User), new BlobId(blob)))]))
        {
            return false;
        }

        storage.State = new StoredSealSet();
        return true;
    }

    public Task DrainOutbox() => outbox.DrainAsync();

    private async Task<(SealExtraction.Extracted? Extraction, Refusal? Refusal)> LookAsync(UserId user, string formBlobId, IReadOnlyList<SealCrop> crops)
    {
        using var photo = new MemoryStream();
        if (!await blobs.ReadAsync(SealOwners.Of(user), new BlobId(formBlobId), photo) || !await RenewFormAsync(user, formBlobId))
        {
            return (null, new Refusal(RefusalCode.BlobUnknown));
        }

        return await extractor.ExtractAsync(photo.ToArray(), crops) switch
        {
            SealExtraction.Extracted extracted => (extracted, null),
            SealExtraction.TooLarge => (null, new Refusal(RefusalCode.PhotoTooLarge)),
            _ => (null, new Refusal(RefusalCode.PhotoUnreadable)),
        };
    }

    /// <summary>What was cut out of it is found by it, and ends with it: it stays at least as long as that.</summary>
    private Task<bool> RenewFormAsync(UserId user, string formBlobId) => blobs.RenewAsync(SealOwners.Of(user), new BlobId(formBlobId));

    private async Task<CutSealView> KeepAsync(UserId user, CutOut cutOut)
    {
        if (cutOut.Picture is not { } picture)
        {
            return new CutSealView(cutOut.Kind, null, 0, 0, cutOut.Fault);
        }

        using var png = new MemoryStream(picture.Png, writable: false);
        return await blobs.PutAsync(SealOwners.Of(user), png, LargestPicture) is PutBlob.Stored(var id, _)
            ? new CutSealView(cutOut.Kind, id.Value, picture.WidthMm, picture.HeightMm, null)
            : throw new InvalidOperationException("A cut-out is larger than any seal.");
    }

    private Task Write(StoredSealSet next) => ReferenceEquals(next, storage.State) ? Task.CompletedTask : outbox.WriteAsync(next);

    private SealSetView View()
    {
        var set = storage.State.Set!;
        return new SealSetView(Id, set.FormBlobId, set.MarksFound, set.ConfirmedAt is not null, set.Seals);
    }
}
