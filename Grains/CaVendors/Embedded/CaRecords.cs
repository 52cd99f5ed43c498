using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Primitives;
using Orleans.Runtime;

namespace Bzt.Grains.CaVendors.Embedded;

/// <summary>The stored state of <see cref="CaClaimGrain"/>.</summary>
public sealed record StoredCaClaim
{
    public string? Owner { get; init; }
}

/// <inheritdoc cref="ICaClaimGrain"/>
[GrainType("ca-claim")]
public sealed class CaClaimGrain([PersistentState("ca-claim")] IPersistentState<StoredCaClaim> storage) : Grain, ICaClaimGrain
{
    public async Task<string> Claim(string owner)
    {
        if (storage.State.Owner is { } first)
        {
            return first;
        }

        await storage.WriteAsync(this, new StoredCaClaim { Owner = owner });
        return owner;
    }

    public Task<string?> GetOwner() => Task.FromResult(storage.State.Owner);
}

/// <summary>The stored state of <see cref="CaSerialGrain"/>.</summary>
public sealed record StoredCaSerial
{
    public string? Holder { get; init; }

    public CertificateRevocation? Revocation { get; init; }
}

/// <inheritdoc cref="ICaSerialGrain"/>
[GrainType("ca-serial")]
public sealed class CaSerialGrain([PersistentState("ca-serial")] IPersistentState<StoredCaSerial> storage) : Grain, ICaSerialGrain
{
    public Task Issued(string holder) => storage.State.Holder is null ? storage.WriteAsync(this, storage.State with { Holder = holder }) : Task.CompletedTask;

    public Task Revoked(DateTimeOffset at, RevocationReason reason) =>
        storage.State.Revocation is null ? storage.WriteAsync(this, storage.State with { Revocation = new(at, reason) }) : Task.CompletedTask;

    public Task<CaSerialStatus?> Get()
    {
        if (storage.State.Holder is { } holder)
        {
            return Task.FromResult<CaSerialStatus?>(new(holder, storage.State.Revocation?.At, storage.State.Revocation?.Reason));
        }

        // Anybody may ask about any number: what was never issued takes up no memory.
        DeactivateOnIdle();
        return Task.FromResult<CaSerialStatus?>(null);
    }
}

/// <summary>The stored state of <see cref="CaRevocationsGrain"/>.</summary>
public sealed record StoredCaRevocations
{
    public ImmutableArray<CaRevokedSerial> Revoked { get; init; } = [];
}

/// <inheritdoc cref="ICaRevocationsGrain"/>
[GrainType("ca-revocations")]
public sealed class CaRevocationsGrain([PersistentState("ca-revocations")] IPersistentState<StoredCaRevocations> storage, TimeProvider time) : Grain, ICaRevocationsGrain
{
    /// <summary>An entry stays on some lists after its certificate has expired: signatures made before are verified later.</summary>
    private static readonly TimeSpan KeptAfterExpiry = TimeSpan.FromDays(30);

    public static int BucketOf(string serialNumber) => Sm3.Hash(System.Text.Encoding.ASCII.GetBytes(serialNumber))[0] % ICaRevocationsGrain.Buckets;

    public Task Add(CaRevokedSerial revoked) => storage.State.Revoked.Any(known => known.SerialNumber == revoked.SerialNumber)
        ? Task.CompletedTask
        : storage.WriteAsync(this, new StoredCaRevocations { Revoked = [.. storage.State.Revoked.Where(IsListed), revoked] });

    public Task<IReadOnlyList<CaRevokedSerial>> Read() => Task.FromResult<IReadOnlyList<CaRevokedSerial>>([.. storage.State.Revoked.Where(IsListed)]);

    private bool IsListed(CaRevokedSerial revoked) => revoked.NotAfter + KeptAfterExpiry > time.GetUtcNow();
}
