using Bzt.Grains.CaVendors.Embedded;
using Bzt.Grains.Foundations;
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

/// <inheritdoc cref="ICaRegistrationGrain"/>
[GrainType("ca-registration")]
public sealed class CaRegistrationGrain([PersistentState("ca-registration")] IPersistentState<StoredCaRegistration> storage) : Grain, ICaRegistrationGrain
{
    private StoredCaRegistration State => storage.State;

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
        State.Application is { } application ? new CaRegistration(application, State.Status == CaFileStatus.Approved, State.Dialogue, State.Issued) : null);

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

        return State.Issued!;
    }

    private CaReview Answer() => State.Status switch
    {
        CaFileStatus.Submitted => new CaReview.Pending(),
        CaFileStatus.Approved => new CaReview.Approved(),
        _ => new CaReview.Rejected(State.RejectionReason ?? ""),
    };
}
