using System.Text.Json;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Primitives;
using Orleans.Runtime;

namespace Bzt.Grains.CaVendors.Embedded;

/// <summary>What <see cref="ICaClaimGrain"/> is used for. Parts of stored keys: never renamed.</summary>
internal static class CaClaims
{
    public const string Number = "number";
    public const string SigningKey = "key";

    /// <summary>A key in a claim's key.</summary>
    public static string NameOf(byte[] signingKey) => Convert.ToHexString(Sm3.Hash(signingKey));
}

/// <inheritdoc cref="ICaHolderGrain"/>
[GrainType("ca-holder")]
public sealed class CaHolderGrain : Grain, ICaHolderGrain, IOutboxOwner
{
    private readonly IPersistentState<StoredCaHolder> storage;
    private readonly OutboxDrain<StoredCaHolder> outbox;
    private readonly CaVendorDirectory vendors;
    private readonly TimeProvider time;

    public CaHolderGrain([PersistentState("ca-holder")] IPersistentState<StoredCaHolder> storage, OutboxDrains drains, CaVendorDirectory vendors, TimeProvider time)
    {
        (this.storage, this.vendors, this.time) = (storage, vendors, time);
        outbox = drains.Attach(this, storage);
    }

    private CaId Ca => new(this.GetPrimaryKeyString().Split('/', 2)[0]);

    private string Holder => this.GetPrimaryKeyString().Split('/', 2)[1];

    public async Task<CaSubmission> Submit(CaApplication application)
    {
        var (next, result) = vendors.Embedded(Ca).Submit(await State(), application);
        await Write(next);
        return result;
    }

    public async Task<CaReview> Decide(string applicationNumber, string? rejectionReason)
    {
        var (next, result) = EmbeddedCa.Decide(await State(), applicationNumber, rejectionReason);
        await Write(next);
        return result;
    }

    public async Task<CaReview> Review(string applicationNumber) => EmbeddedCa.Review(await State(), applicationNumber);

    public async Task<CaIssuance> Issue(string applicationNumber, byte[] certificationRequest)
    {
        var state = await State();
        var (next, result) = vendors.Embedded(Ca).Issue(state, applicationNumber, certificationRequest, time.GetUtcNow());
        if (result is CaIssuance.Ok && !ReferenceEquals(next, state))
        {
            // A signing key is one holder's for ever. Claimed before the write: a claim without a certificate harms nobody else.
            var key = CaClaims.NameOf(next.Files[applicationNumber].Issued!.SigningKey);
            if (await GrainFactory.CaClaim(Ca, CaClaims.SigningKey, key).Claim(Holder) != Holder)
            {
                return new CaIssuance.Refused(CaRefusal.WrongKey);
            }

            await Write(next);
        }

        // Also for a repeat: the write before it may have been one that nobody was told of.
        await outbox.DrainAsync();
        return result;
    }

    public async Task<CaKeyRecovery> RecoverKeys(string applicationNumber) => vendors.Embedded(Ca).RecoverKeys(await State(), applicationNumber);

    public async Task<CaRevocation> Revoke(string signingSerialNumber, RevocationReason reason)
    {
        var (next, result) = EmbeddedCa.Revoke(await State(), signingSerialNumber, reason, time.GetUtcNow());
        await Write(next);
        await outbox.DrainAsync();
        return result;
    }

    public async Task Adopt(byte[] state)
    {
        if (!storage.State.Files.IsEmpty)
        {
            return;
        }

        var adopted = JsonSerializer.Deserialize<EmbeddedCaState>(state, StateJson.Options) ?? throw new JsonException("A holder's state is null.");
        await outbox.WriteAsync(storage.State.Next(Ca, adopted));
        await outbox.DrainAsync();
    }

    public Task DrainOutbox() => outbox.DrainAsync();

    private async Task<EmbeddedCaState> State() => storage.State.ToCa(
        Ca, await GrainFactory.CaAuthority(Ca).Get() ?? throw new InvalidOperationException($"CA {Ca} is made by its first submission."));

    private Task Write(EmbeddedCaState next) =>
        ReferenceEquals(next.Files, storage.State.Files) && ReferenceEquals(next.Revoked, storage.State.Revoked)
            ? Task.CompletedTask
            : outbox.WriteAsync(storage.State.Next(Ca, next));
}
