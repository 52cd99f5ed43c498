using System.Collections.Immutable;
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
/// <param name="Certificate">The certificate it is for, chosen at the first submission: the CA knows the holder by it.</param>
/// <param name="Order">The fee; null before approval, or when free.</param>
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
    ImmutableArray<ApplicationStep> Timeline);

/// <param name="WrappedKey">Of the legal representative's data; deleted, the two values are gone.</param>
/// <param name="SealedName">Of the legal representative.</param>
/// <param name="SealedIdNumber">Of the legal representative.</param>
public sealed record ClaimFacts(
    string EnterpriseName,
    CreditCode CreditCode,
    byte[] WrappedKey,
    byte[] SealedName,
    byte[] SealedIdNumber,
    string LicenceBlobId,
    string FormBlobId);

public sealed record DownloadDevice(DeviceId Device, byte[] PublicKey);
