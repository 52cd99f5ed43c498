namespace Bzt.Grains.CaVendors;

/// <summary>Who keeps the embedded CA's state: the adapter's grain.</summary>
public interface IEmbeddedCaStore
{
    EmbeddedCaState State { get; }

    /// <summary>Durable when it returns. If it throws the outcome is unknown and nothing is answered.</summary>
    Task SaveAsync(EmbeddedCaState state);
}

/// <summary>The embedded CA as a vendor like any other. One caller at a time, as a grain's turns are.</summary>
public sealed class EmbeddedCaVendor(EmbeddedCa ca, IEmbeddedCaStore store, TimeProvider time) : ICaVendor
{
    public Task<CaSubmission> SubmitAsync(CaApplication application, CancellationToken cancellation) => Keep(ca.Submit(store.State, application));

    public Task<CaReview> ReviewAsync(string applicationNumber, CancellationToken cancellation) => Task.FromResult(EmbeddedCa.Review(store.State, applicationNumber));

    public Task<CaIssuance> IssueAsync(string applicationNumber, byte[] certificationRequest, CancellationToken cancellation) =>
        Keep(ca.Issue(store.State, applicationNumber, certificationRequest, time.GetUtcNow()));

    public Task<CaKeyRecovery> RecoverKeysAsync(string applicationNumber, CancellationToken cancellation) => Task.FromResult(ca.RecoverKeys(store.State, applicationNumber));

    public Task<CaRevocation> RevokeAsync(string signingSerialNumber, RevocationReason reason, CancellationToken cancellation) =>
        Keep(EmbeddedCa.Revoke(store.State, signingSerialNumber, reason, time.GetUtcNow()));

    async Task<T> Keep<T>((EmbeddedCaState State, T Result) outcome)
    {
        if (!ReferenceEquals(outcome.State, store.State))
        {
            await store.SaveAsync(outcome.State);
        }

        return outcome.Result;
    }
}
