using Bzt.Grains.CaVendors.Embedded;

namespace Bzt.Grains.CaVendors;

/// <summary>The embedded CA as a vendor like any other. Everything about a holder is decided by the holder's own grain.</summary>
public sealed class EmbeddedCaVendor(IGrainFactory grains, CaId ca) : IDeskVendor
{
    private static readonly CaReview NoSuchReview = new CaReview.Refused(CaRefusal.Unknown);

    public async Task<CaSubmission> SubmitAsync(CaApplication application, CancellationToken cancellation)
    {
        await grains.CaAuthority(ca).Establish();

        // The number first: from then on everybody asks the holder who has it.
        return await grains.CaClaim(ca, CaClaims.Number, application.Number).Claim(application.Holder) == application.Holder
            ? await grains.CaHolder(ca, application.Holder).Submit(application)
            : new CaSubmission.Refused(CaRefusal.Conflict);
    }

    public async Task<CaReview> ReviewAsync(string applicationNumber, CancellationToken cancellation) =>
        await HolderOf(applicationNumber) is { } holder ? await holder.Review(applicationNumber) : NoSuchReview;

    public async Task<CaReview> DecideAsync(string applicationNumber, string? rejectionReason, CancellationToken cancellation) =>
        await HolderOf(applicationNumber) is { } holder ? await holder.Decide(applicationNumber, rejectionReason) : NoSuchReview;

    public async Task<CaIssuance> IssueAsync(string applicationNumber, byte[] certificationRequest, CancellationToken cancellation) =>
        await HolderOf(applicationNumber) is { } holder ? await holder.Issue(applicationNumber, certificationRequest) : new CaIssuance.Refused(CaRefusal.Unknown);

    public async Task<CaKeyRecovery> RecoverKeysAsync(string applicationNumber, CancellationToken cancellation) =>
        await HolderOf(applicationNumber) is { } holder ? await holder.RecoverKeys(applicationNumber) : new CaKeyRecovery.Refused(CaRefusal.Unknown);

    public async Task<CaRevocation> RevokeAsync(string signingSerialNumber, RevocationReason reason, CancellationToken cancellation) =>
        await grains.CaSerial(ca, signingSerialNumber).Get() is { } status
            ? await grains.CaHolder(ca, status.Holder).Revoke(signingSerialNumber, reason)
            : new CaRevocation.Refused(CaRefusal.Unknown);

    private async Task<ICaHolderGrain?> HolderOf(string applicationNumber) =>
        await grains.CaClaim(ca, CaClaims.Number, applicationNumber).GetOwner() is { } holder ? grains.CaHolder(ca, holder) : null;
}
