using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;
using Bzt.Grains.Seals;

namespace Bzt.Grains.Applications;

// Its end for good, when the law asks for nothing of it any more. Whether it does is the certificate's affair, or the period's (RetentionGrain).
public sealed partial class ApplicationGrain
{
    public Task<ApplicationPapers?> GetPapers() => Task.FromResult(storage.State.Application is { } application
        ? new ApplicationPapers(
            application.State, IsOver(application) && storage.State.Outbox.IsEmpty ? application.Timeline[^1].At : null, application.Applicant.User, application.Submitter,
            application.Claim.CreditCode.Value is { Length: > 0 } ? application.Claim.CreditCode : null, application.Certificate, application.Predecessor, Uploads(application))
        : null);

    public async Task<bool> Erase(IReadOnlyList<string> spared)
    {
        if (storage.State.Application is not { } application)
        {
            return true;
        }

        IReadOnlyList<CertificateId> about = [application.Certificate, .. application.Predecessor is { } predecessor ? [predecessor] : Array.Empty<CertificateId>()];
        if (!IsOver(application) || !storage.State.Outbox.IsEmpty || await IsHeldAsync(about))
        {
            return false;
        }

        // Whatever becomes of it: the next activation reads what there is.
        DeactivateOnIdle();

        // 1. Pictures and letters, then what names them: a crash between is mended by the next round, to which they are gone already.
        foreach (var letter in new[] { application.Letter?.BlobId, application.Letter?.Sealed?.BlobId }.OfType<string>())
        {
            await blobs.DeleteAsync(Person, new BlobId(letter));
        }

        foreach (var upload in Uploads(application).Except(spared))
        {
            await blobs.DeleteAsync(SealOwners.Of(application.Submitter), new BlobId(upload));
        }

        if (application.Claim.FormBlobId is { } form && !spared.Contains(form))
        {
            await GrainFactory.SealSet(SealSetIds.Of(application.Submitter, form)).Erase();
        }

        // 2. The application itself, with the key of the legal representative's data.
        if (!await erasure.EraseApplicationAsync(
            Id, about, application.Offer.Ca.Value, [.. Enumerable.Range(1, application.Submission).Select(submission => ApplicationRules.Number(Id, submission))]))
        {
            return false;
        }

        storage.State = new StoredApplication();
        return true;
    }

    private async Task<bool> IsHeldAsync(IReadOnlyList<CertificateId> about) => (await Task.WhenAll(about.Select(erasure.IsHeldAsync))).Contains(true);

    private static bool IsOver(ApplicationRecord application) =>
        application.State is ApplicationState.Completed or ApplicationState.Cancelled or ApplicationState.Expired;

    private static IReadOnlyList<string> Uploads(ApplicationRecord application) =>
        [.. new[] { application.Claim.LicenceBlobId, application.Claim.FormBlobId }.OfType<string>().Distinct()];
}
