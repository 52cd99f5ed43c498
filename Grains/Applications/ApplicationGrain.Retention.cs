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
            application.Claim.CreditCode.Value is { Length: > 0 } ? application.Claim.CreditCode : null, application.Certificate, application.Predecessor, application.Uploads)
        {
            Letters = application.Letters,
        }
        : null);

    public async Task<bool> Erase()
    {
        if (storage.State.Application is not { } application)
        {
            return true;
        }

        IReadOnlyList<CertificateId> about = [application.Certificate, .. application.Predecessor is { } predecessor ? [predecessor] : Array.Empty<CertificateId>()];
        if (!IsOver(application) || !storage.State.Outbox.IsEmpty)
        {
            return false;
        }

        // Whatever becomes of it: the next activation reads what there is.
        DeactivateOnIdle();

        // With the key of the legal representative's data; and from this moment, and no other, nobody names its pictures and letters.
        if (!await erasure.EraseApplicationAsync(
            Id, about, application.Offer.Ca.Value, [.. Enumerable.Range(1, application.Submission).Select(submission => ApplicationRules.Number(Id, submission))],
            [
                .. application.Letters.Select(letter => new OwnedBlob(Person, new BlobId(letter))),
                .. application.Uploads.Select(upload => new OwnedBlob(SealOwners.Of(application.Submitter), new BlobId(upload))),
            ]))
        {
            return false;
        }

        storage.State = new StoredApplication();
        return true;
    }

    private static bool IsOver(ApplicationRecord application) =>
        application.State is ApplicationState.Completed or ApplicationState.Cancelled or ApplicationState.Expired;
}
