using System.Collections.Immutable;
using Bzt.Grains.CaVendors.Embedded;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Certificates;
using Orleans.Runtime;

namespace Bzt.Grains.CaVendors.Registration;

/// <summary>The stored state of <see cref="CaRegistrationGrain"/>.</summary>
public sealed record StoredCaRegistration
{
    public CaApplication? Application { get; init; }

    public CaFileStatus Status { get; init; }

    public string? RejectionReason { get; init; }

    /// <summary>Digest of the signing key it was used for.</summary>
    public string? SigningKey { get; init; }

    public byte[]? Dialogue { get; init; }

    public IssuedCertificates? Issued { get; init; }
}

/// <summary>What the CA issued beside what counts. A row of its own: hardly any application has one, and a release that does not know it never looks.</summary>
public sealed record StoredSuperfluous : IHasOutbox<StoredSuperfluous>
{
    /// <summary>DER. Kept, since the CA is told by the certificate what to revoke, as often as it takes.</summary>
    public ImmutableArray<byte[]> Certificates { get; init; } = [];

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredSuperfluous WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <inheritdoc cref="ICaRegistrationGrain"/>
[GrainType("ca-registration")]
public sealed class CaRegistrationGrain : Grain, ICaRegistrationGrain, IOutboxOwner
{
    private readonly IPersistentState<StoredCaRegistration> storage;
    private readonly IPersistentState<StoredSuperfluous> superfluous;
    private readonly OutboxDrain<StoredSuperfluous> outbox;

    public CaRegistrationGrain(
        [PersistentState("ca-registration")] IPersistentState<StoredCaRegistration> storage, [PersistentState("ca-superfluous")] IPersistentState<StoredSuperfluous> superfluous, OutboxDrains drains)
    {
        (this.storage, this.superfluous) = (storage, superfluous);
        outbox = drains.Attach(this, superfluous);
    }

    private StoredCaRegistration State => storage.State;

    private CaId Ca => new(this.GetPrimaryKeyString().Split('/', 2)[0]);

    public async Task<bool> Open(CaApplication application)
    {
        if (State.Application is { } known)
        {
            return known == application;
        }

        await storage.WriteAsync(this, new StoredCaRegistration { Application = application });
        return true;
    }

    public async Task<CaReview> Decide(string? rejectionReason)
    {
        var decided = State with { Status = rejectionReason is null ? CaFileStatus.Approved : CaFileStatus.Rejected, RejectionReason = rejectionReason };
        if (State is { Application: not null, Status: CaFileStatus.Submitted })
        {
            await storage.WriteAsync(this, decided);
        }

        return State.Application is null ? new CaReview.Refused(CaRefusal.Unknown) : State == decided ? Answer() : new CaReview.Refused(CaRefusal.Conflict);
    }

    public Task<CaReview> Review() => Task.FromResult(State.Application is null ? new CaReview.Refused(CaRefusal.Unknown) : Answer());

    public Task<CaRegistration?> Get() => Task.FromResult(
        State.Application is { } application
            ? new CaRegistration(application, State.Status == CaFileStatus.Approved, State.Dialogue, State.Issued) { Superfluous = superfluous.State.Certificates }
            : null);

    public async Task<bool> Use(string signingKey)
    {
        if (State.SigningKey is null)
        {
            await storage.WriteAsync(this, State with { SigningKey = signingKey });
        }

        return State.SigningKey == signingKey;
    }

    public Task Keep(byte[]? dialogue) => storage.WriteAsync(this, State with { Dialogue = dialogue });

    public Task Complete(IssuedCertificates issued) => Accept(issued);

    public async Task<IssuedCertificates> Accept(IssuedCertificates issued)
    {
        if (State.Issued is null)
        {
            await storage.WriteAsync(this, State with { Issued = issued, Dialogue = null });
        }
        else if (Serial(issued) is { } serial && serial != Serial(State.Issued) && !superfluous.State.Certificates.Any(known => known.AsSpan().SequenceEqual(issued.SigningCertificate)))
        {
            // The CA's line tries until it is revoked there. It is the line that waits for this turn, so it hears of it by the outbox.
            await outbox.WriteAsync(superfluous.State with
            {
                Certificates = superfluous.State.Certificates.Add(issued.SigningCertificate),
                Outbox = superfluous.State.Outbox.Add(CaAdapterRules.Superfluous, Ca.Value, new CaRevocationOrder(serial, RevocationReason.Superseded, null)),
            });
        }

        return State.Issued!;
    }

    public Task DrainOutbox() => outbox.DrainAsync();

    private static string? Serial(IssuedCertificates issued) => Sm2Certificate.TryParse(issued.SigningCertificate, out var certificate) ? certificate.Serial : null;

    private CaReview Answer() => State.Status switch
    {
        CaFileStatus.Submitted => new CaReview.Pending(),
        CaFileStatus.Approved => new CaReview.Approved(),
        _ => new CaReview.Rejected(State.RejectionReason ?? ""),
    };
}
