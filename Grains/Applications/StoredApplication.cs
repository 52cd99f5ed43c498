using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Bzt.Contracts.Phone;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Applications;

/// <summary>The stored state of <see cref="ApplicationGrain"/>.</summary>
public sealed record StoredApplication : IHasOutbox<StoredApplication>
{
    /// <summary>Null before the first submission.</summary>
    public ApplicationRecord? Application { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredApplication WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <param name="Submission">Counts the submissions: each has its own number at the CA.</param>
/// <param name="Operation">Of the latest submission; its repeat changes nothing.</param>
/// <param name="Fingerprint">Keyed hash of what that submission said, so that another one under the same operation is told apart.</param>
/// <param name="Applicant">Who gets the certificate.</param>
/// <param name="Claim">What the submission said. The name is the first kind's, as it is stored.</param>
/// <param name="Certificate">The certificate it is for, chosen at the first submission: the CA knows the holder by it.</param>
/// <param name="Order">The fee; null before it is due, or when free.</param>
/// <param name="Device">Where the certificate is being downloaded to.</param>
public sealed record ApplicationRecord(
    ApplicationKind Kind,
    ApplicationState State,
    int Submission,
    Guid Operation,
    string Fingerprint,
    Applicant Applicant,
    ClaimFacts Claim,
    ChosenOffer Offer,
    CertificateId Certificate,
    OrderId? Order,
    DownloadDevice? Device,
    string? RejectionReason,
    ImmutableArray<ApplicationStep> Timeline)
{
    /// <summary>The administrator who handed it in for a member; null when the holder did.</summary>
    public UserId? SubmittedBy { get; init; }

    /// <summary>The certificate it renews or stands in for.</summary>
    public CertificateId? Predecessor { get; init; }

    /// <summary>授权权限: what the holder may do with it. Null where nobody asked.</summary>
    public IReadOnlyList<AuthorisationScope>? Permissions { get; init; }

    /// <summary>The authorisation letter of this submission, from the moment its seal is asked for.</summary>
    public AuthorisationLetter? Letter { get; init; }

    /// <summary>Uploads of submissions before this one: the CA has looked at them.</summary>
    public ImmutableArray<string>? EarlierUploads { get; init; }

    /// <summary>Letters of submissions before this one.</summary>
    public ImmutableArray<string>? EarlierLetters { get; init; }

    /// <summary>The end the recovered certificate keeps; null where years are applied for.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>When the clock ends it, as it stands; null never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>All of the submitter's blobs that it names.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Uploads => [.. new[] { Claim.LicenceBlobId, Claim.FormBlobId }.OfType<string>().Concat(EarlierUploads ?? []).Distinct()];

    /// <summary>All of its own blobs.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Letters => [.. new[] { Letter?.BlobId, Letter?.Sealed?.BlobId }.OfType<string>().Concat(EarlierLetters ?? []).Distinct()];

    /// <summary>For a person, not an enterprise.</summary>
    [JsonIgnore]
    public bool IsPersonal => Claim.CreditCode.Value.Length == 0;

    [JsonIgnore]
    public UserId Submitter => SubmittedBy ?? Applicant.User;

    [JsonIgnore]
    public ApplicationSteps Steps => ApplicationSteps.Of[Kind];

    [JsonIgnore]
    public ApplicationWay Way => ApplicationWay.Of(Kind, Offer.FeeFen == 0 ? FeeDue.Never : Offer.Due);
}

/// <summary>What a submission says of the enterprise; a kind without one has neither name nor code, one without a licence no legal representative.</summary>
/// <param name="WrappedKey">Of the legal representative's data; deleted, the two values are gone.</param>
/// <param name="SealedName">Of the legal representative.</param>
/// <param name="SealedIdNumber">Of the legal representative.</param>
public sealed record ClaimFacts(
    string EnterpriseName,
    CreditCode CreditCode,
    byte[]? WrappedKey,
    byte[]? SealedName,
    byte[]? SealedIdNumber,
    string? LicenceBlobId,
    string? FormBlobId);

public sealed record DownloadDevice(DeviceId Device, byte[] PublicKey);

/// <param name="Task">The certificate's task in which it is sealed.</param>
/// <param name="Certificate">The administrator's certificate that seals.</param>
/// <param name="By">The administrator.</param>
/// <param name="BlobId">The letter as it waits for its seal; its owner is the application.</param>
/// <param name="Authorisation">The form the administrator signs: who may do what, and the letter's digest.</param>
/// <param name="SealForm">The form the administrator signs: the letter's seal.</param>
/// <param name="Until">The end of what it authorises.</param>
/// <param name="ExpiresAt">From then on that task cannot be signed, and another one is made.</param>
public sealed record AuthorisationLetter(
    Guid Task, CertificateId Certificate, UserId By, string BlobId, byte[] Authorisation, byte[] SealForm, DateTimeOffset Until, DateTimeOffset ExpiresAt)
{
    /// <summary>Null before it is sealed.</summary>
    public SealedLetter? Sealed { get; init; }
}

/// <param name="BlobId">The sealed PDF; its owner is the application.</param>
/// <param name="Signature">Of the authorisation: r ‖ s, 64 octets.</param>
/// <param name="SigningCertificate">DER.</param>
public sealed record SealedLetter(string BlobId, byte[] Signature, byte[] SigningCertificate, DateTimeOffset At);
