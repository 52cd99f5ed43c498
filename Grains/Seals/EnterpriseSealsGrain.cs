using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Seals;

/// <inheritdoc cref="IEnterpriseSealsGrain"/>
[GrainType("enterprise-seals")]
public sealed class EnterpriseSealsGrain(
    [PersistentState("enterprise-seals")] IPersistentState<StoredEnterpriseSeals> storage, IBlobStore blobs, TimeProvider time) : Grain, IEnterpriseSealsGrain
{
    private const long LargestPicture = 2 * 1024 * 1024;

    private CreditCode Code => new(this.GetPrimaryKeyString());

    public async Task Receive(GiveSeals command)
    {
        // The enterprise was told before that it is claimed, or knows its administrator anyway; anybody else's seals are not its seals.
        if (storage.State.Sets.Any(set => set.Set == command.SealSet)
            || await GrainFactory.Enterprise(Code).GetRole(command.ConfirmedBy) is not Done<MemberRole>(MemberRole.Administrator))
        {
            return;
        }

        // The pictures become the enterprise's own before anything names them. A crash between is mended by the repeat.
        var seals = new List<SealFacts>();
        foreach (var seal in command.Seals)
        {
            if (await CopyAsync(command.ConfirmedBy, seal) is not { } own)
            {
                // The user's data is gone since: there is nothing left to take over.
                return;
            }

            seals.Add(own);
        }

        await storage.WriteAsync(this, storage.State with
        {
            Sets = storage.State.Sets.Add(new EnterpriseSealSet(command.SealSet, command.Application, command.ConfirmedBy, command.ConfirmedAt, time.GetUtcNow(), [.. seals])),
        });
    }

    public Task<EnterpriseSealsView?> GetView() => Task.FromResult(
        storage.State.Sets is [.., var current] ? new EnterpriseSealsView(storage.State.Sets.Length, current.Since, current.Seals) : null);

    public Task<bool> Names(string blobId) => Task.FromResult(storage.State.Sets.Any(set => set.Seals.Any(seal => seal.BlobId == blobId)));

    private async Task<SealFacts?> CopyAsync(UserId user, SealFacts seal)
    {
        using var png = new MemoryStream();
        if (!await blobs.ReadAsync(SealOwners.Of(user), new BlobId(seal.BlobId), png))
        {
            return null;
        }

        png.Position = 0;
        return await blobs.PutAsync(SealOwners.Of(Code), png, LargestPicture) is PutBlob.Stored(var id, _)
            ? seal with { BlobId = id.Value }
            : throw new InvalidOperationException("A stored seal is larger than any seal.");
    }
}
