using Bzt.Contracts.Phone;

namespace Bzt.Grains.Applications;

/// <summary>An application as its applicant sees it. Name and code are empty for a personal certificate.</summary>
[GenerateSerializer, Immutable, Alias("bzt.ApplicationView")]
public sealed record ApplicationView(
    [property: Id(0)] ApplicationId Application,
    [property: Id(1)] ApplicationKind Kind,
    [property: Id(2)] ApplicationState State,
    [property: Id(3)] string EnterpriseName,
    [property: Id(4)] CreditCode CreditCode,
    [property: Id(5)] PlatformId Platform,
    [property: Id(6)] CaId Ca,
    [property: Id(7)] int Years,
    [property: Id(8)] int FeeFen,
    [property: Id(9)] string? RejectionReason,
    [property: Id(10)] OrderId? Order,
    [property: Id(11)] CertificateId? Certificate,
    [property: Id(12)] IReadOnlyList<ApplicationStep> Timeline)
{
    [Id(13)]
    public Applicant? Holder { get; init; }

    [Id(14)]
    public IReadOnlyList<AuthorisationScope> Permissions { get; init; } = [];

    [Id(15)]
    public bool HasLetter { get; init; }

    [Id(16)]
    public DateTimeOffset? ExpiresAt { get; init; }
}

[GenerateSerializer, Immutable, Alias("bzt.ApplicationStep")]
public sealed record ApplicationStep(
    [property: Id(0)] ApplicationState State,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string? Note);

/// <param name="EndedAt">Null while it goes on.</param>
/// <param name="Submitter">Whose the uploads are.</param>
/// <param name="Enterprise">Null for a personal certificate.</param>
/// <param name="Predecessor">The certificate it was to renew or stand in for.</param>
/// <param name="Uploads">Blobs, those of earlier submissions too.</param>
[GenerateSerializer, Immutable, Alias("bzt.ApplicationPapers")]
public sealed record ApplicationPapers(
    [property: Id(0)] ApplicationState State,
    [property: Id(1)] DateTimeOffset? EndedAt,
    [property: Id(2)] UserId Holder,
    [property: Id(3)] UserId Submitter,
    [property: Id(4)] CreditCode? Enterprise,
    [property: Id(5)] CertificateId Certificate,
    [property: Id(6)] CertificateId? Predecessor,
    [property: Id(7)] IReadOnlyList<string> Uploads)
{
    /// <summary>Blobs of the application's own.</summary>
    [Id(8)]
    public IReadOnlyList<string> Letters { get; init; } = [];
}
