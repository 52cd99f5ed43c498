namespace Bzt.Grains.Foundations;

/// <summary>Ends rows for good, below the grains: for what no grain will ask for again. Each call is one transaction.</summary>
/// <remarks>A grain that still holds such a state is refused its next write.</remarks>
public interface IStateErasure
{
    /// <summary>The time where the store is: a silo whose own is another ends nothing. The store inside the process has the process' clock.</summary>
    Task<DateTimeOffset> StoreClockAsync();

    /// <summary>Certificates that may have ended before that time, in the order of their ids. Each decides for itself.</summary>
    Task<IReadOnlyList<CertificateId>> EndedCertificatesAsync(DateTimeOffset before, CertificateId? after, int limit);

    /// <summary>Applications that ended without a certificate and were not written since that time.</summary>
    Task<IReadOnlyList<ApplicationId>> EndedApplicationsAsync(DateTimeOffset before, ApplicationId? after, int limit);

    /// <summary>Inboxes with messages into which nothing has come since that time.</summary>
    Task<IReadOnlyList<UserId>> RestingInboxesAsync(DateTimeOffset before, UserId? after, int limit);

    /// <summary>The certificate's row with all of its evidence, errands and projections, and what a CA inside filed about it. False, and nothing is gone, while an operator holds it.</summary>
    /// <param name="certificate">Its grain decided it, and is in its turn.</param>
    /// <param name="pages">Of evidence.</param>
    /// <param name="ca">Who certified it.</param>
    /// <param name="serials">Of all its certificates.</param>
    Task<bool> EraseCertificateAsync(CertificateId certificate, long pages, string ca, IReadOnlyList<string> serials);

    Task<bool> IsHeldAsync(CertificateId certificate);

    /// <summary>
    /// The application's row, projections and the CA's registrations of it; its papers are named by nobody from then on. False, and nothing is gone,
    /// while an operator holds one of the certificates it is about.
    /// </summary>
    Task<bool> EraseApplicationAsync(
        ApplicationId application, IReadOnlyList<CertificateId> about, string ca, IReadOnlyList<string> numbers, IReadOnlyList<OwnedBlob> papers);

    /// <summary>The row of a photographed form; its pictures are named by nobody from then on.</summary>
    Task<bool> EraseSealSetAsync(Guid set, BlobId form, long waitsSince, IReadOnlyList<OwnedBlob> pictures);

    /// <summary>Rows of that type, archived ones too, that were not written since that time and have nothing to tell; at most <paramref name="limit"/>. How many went.</summary>
    /// <param name="type">Grain type and state name.</param>
    /// <param name="before">Written last.</param>
    /// <param name="limit">Of one call.</param>
    /// <param name="without">Only those whose JSON has no such member.</param>
    Task<int> EraseRestingAsync(string type, DateTimeOffset before, int limit, string? without = null);

    /// <summary>What operators did before that time; at most <paramref name="limit"/> of it. How many went.</summary>
    Task<int> EraseOperatorAuditAsync(DateTimeOffset before, int limit);

    /// <summary>Rows that their grains cleared, and marks of states that came back from the archive, from before that time; of each at most <paramref name="limit"/>. How many went.</summary>
    Task<int> EraseClearedAsync(DateTimeOffset before, int limit);
}
