namespace Bzt.Grains.CaVendors;

public enum CaApplicationKind
{
    /// <summary>New keys; the holder must not have any here.</summary>
    New,
    /// <summary>The same signing key (a new request made with it) and the same encryption key, a later end.</summary>
    Renew,
    /// <summary>A new signing key, and a new encryption key beside the old ones, which stay recoverable: an expired or changed certificate.</summary>
    Reissue,
    /// <summary>A new signing key after the old one was lost; the encryption key stays. The old signing certificate is revoked.</summary>
    Recover,
}

/// <param name="Number">Ours; one number is one application for ever.</param>
/// <param name="Kind">What becomes of the keys.</param>
/// <param name="Holder">Whose keys: the same value through renewals, reissues and recoveries of one certificate. Our certificate id.</param>
/// <param name="Subject">What the certificates will say.</param>
/// <param name="Validity">From the moment of issue; a renewal counts from the end of what it renews, if that is later.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.application")]
public sealed record CaApplication(
    [property: Id(0)] string Number,
    [property: Id(1)] CaApplicationKind Kind,
    [property: Id(2)] string Holder,
    [property: Id(3)] CaSubject Subject,
    [property: Id(4)] TimeSpan Validity);

/// <summary>The facts a reviewer has checked.</summary>
/// <param name="CommonName">The enterprise's name, or the person's.</param>
/// <param name="Organization">Enterprise name; null for a personal certificate.</param>
/// <param name="OrganizationalUnit">Department or role; null without.</param>
/// <param name="Province">省; null without.</param>
/// <param name="Locality">市; null without.</param>
/// <param name="CreditCode">统一社会信用代码, for an enterprise. A person's ID number is never put into a certificate: everybody gets to see those.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.subject")]
public sealed record CaSubject(
    [property: Id(0)] string CommonName,
    [property: Id(1)] string? Organization,
    [property: Id(2)] string? OrganizationalUnit,
    [property: Id(3)] string? Province,
    [property: Id(4)] string? Locality,
    [property: Id(5)] string? CreditCode);

/// <param name="SigningCertificate">DER.</param>
/// <param name="EncryptionCertificate">DER, same subject.</param>
/// <param name="EncryptionEnvelope">The encryption key for the signing key: SM2EnvelopedKey of GB/T 35276, DER.</param>
/// <param name="Chain">DER, the issuing CA first, the root last.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.issued")]
public sealed record IssuedCertificates(
    [property: Id(0)] byte[] SigningCertificate,
    [property: Id(1)] byte[] EncryptionCertificate,
    [property: Id(2)] byte[] EncryptionEnvelope,
    [property: Id(3)] IReadOnlyList<byte[]> Chain);

/// <param name="EncryptionCertificate">The newest certificate of that key, DER.</param>
/// <param name="EncryptionEnvelope">SM2EnvelopedKey, DER.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.recovered-key")]
public sealed record RecoveredKey(
    [property: Id(0)] byte[] EncryptionCertificate,
    [property: Id(1)] byte[] EncryptionEnvelope);

/// <summary>RFC 5280, 5.3.1; the values are the CRL's.</summary>
public enum RevocationReason
{
    Unspecified = 0,
    KeyCompromise = 1,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
}

/// <summary>Why a vendor will not do what it was asked.</summary>
public enum CaRefusal
{
    /// <summary>No such application, holder or certificate here.</summary>
    Unknown,
    /// <summary>The number stands for another application, or the application was used for another request.</summary>
    Conflict,
    /// <summary>The application is not approved (yet).</summary>
    NotApproved,
    /// <summary>The PKCS#10 request is not well formed, not SM2, or its signature does not verify.</summary>
    BadRequest,
    /// <summary>The key is already certified for another holder, or not the one a renewal must keep.</summary>
    WrongKey,
    /// <summary>The application's data cannot be certified.</summary>
    BadSubject,
    Other,
}

[GenerateSerializer, Immutable, Alias("bzt.ca.issuance")]
public abstract record CaIssuance
{
    private CaIssuance() { }

    [GenerateSerializer, Immutable, Alias("bzt.ca.issuance.ok")]
    public sealed record Ok([property: Id(0)] IssuedCertificates Certificates) : CaIssuance;

    [GenerateSerializer, Immutable, Alias("bzt.ca.issuance.refused")]
    public sealed record Refused([property: Id(0)] CaRefusal Code) : CaIssuance;

    /// <summary>The vendor has it and is not done: ask again.</summary>
    [GenerateSerializer, Immutable, Alias("bzt.ca.issuance.pending")]
    public sealed record Pending : CaIssuance;

    [GenerateSerializer, Immutable, Alias("bzt.ca.issuance.unavailable")]
    public sealed record Unavailable([property: Id(0)] string Reason) : CaIssuance;
}

[GenerateSerializer, Immutable, Alias("bzt.ca.key-recovery")]
public abstract record CaKeyRecovery
{
    private CaKeyRecovery() { }

    /// <summary>Oldest first; the current key is the last.</summary>
    [GenerateSerializer, Immutable, Alias("bzt.ca.key-recovery.ok")]
    public sealed record Ok([property: Id(0)] IReadOnlyList<RecoveredKey> Keys) : CaKeyRecovery;

    [GenerateSerializer, Immutable, Alias("bzt.ca.key-recovery.refused")]
    public sealed record Refused([property: Id(0)] CaRefusal Code) : CaKeyRecovery;

    [GenerateSerializer, Immutable, Alias("bzt.ca.key-recovery.unavailable")]
    public sealed record Unavailable([property: Id(0)] string Reason) : CaKeyRecovery;
}

[GenerateSerializer, Immutable, Alias("bzt.ca.revocation")]
public abstract record CaRevocation
{
    private CaRevocation() { }

    [GenerateSerializer, Immutable, Alias("bzt.ca.revocation.ok")]
    public sealed record Ok([property: Id(0)] DateTimeOffset RevokedAt) : CaRevocation;

    [GenerateSerializer, Immutable, Alias("bzt.ca.revocation.refused")]
    public sealed record Refused([property: Id(0)] CaRefusal Code) : CaRevocation;

    [GenerateSerializer, Immutable, Alias("bzt.ca.revocation.unavailable")]
    public sealed record Unavailable([property: Id(0)] string Reason) : CaRevocation;
}

/// <summary>A revocation to carry to the vendor, however long that takes.</summary>
/// <param name="SigningSerialNumber">Of the signing certificate; the encryption certificate issued with it ends with it.</param>
/// <param name="Reason">The first order's reason stands.</param>
/// <param name="Notify">Who is told once the vendor has spoken; null when nobody waits for it.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.revocation-order")]
public sealed record CaRevocationOrder(
    [property: Id(0)] string SigningSerialNumber,
    [property: Id(1)] RevocationReason Reason,
    [property: Id(2)] CaNotify? Notify);

/// <summary>An outbox item the asker wants to receive: its own <c>IOutboxHandler</c> of that kind reads a <see cref="CaRevocationOutcome"/>.</summary>
[GenerateSerializer, Immutable, Alias("bzt.ca.notify")]
public sealed record CaNotify([property: Id(0)] string Kind, [property: Id(1)] string Target);

/// <param name="RevokedAt">Null when the vendor refused.</param>
/// <param name="Refusal">Why it refused: it knows no such certificate, say.</param>
public sealed record CaRevocationOutcome(string SigningSerialNumber, DateTimeOffset? RevokedAt, CaRefusal? Refusal);

[GenerateSerializer, Immutable, Alias("bzt.ca.submission")]
public abstract record CaSubmission
{
    private CaSubmission() { }

    [GenerateSerializer, Immutable, Alias("bzt.ca.submission.ok")]
    public sealed record Ok : CaSubmission;

    [GenerateSerializer, Immutable, Alias("bzt.ca.submission.refused")]
    public sealed record Refused([property: Id(0)] CaRefusal Code) : CaSubmission;

    /// <summary>It may have arrived: submit it again.</summary>
    [GenerateSerializer, Immutable, Alias("bzt.ca.submission.unavailable")]
    public sealed record Unavailable([property: Id(0)] string Reason) : CaSubmission;
}

[GenerateSerializer, Immutable, Alias("bzt.ca.review")]
public abstract record CaReview
{
    private CaReview() { }

    [GenerateSerializer, Immutable, Alias("bzt.ca.review.pending")]
    public sealed record Pending : CaReview;

    [GenerateSerializer, Immutable, Alias("bzt.ca.review.approved")]
    public sealed record Approved : CaReview;

    [GenerateSerializer, Immutable, Alias("bzt.ca.review.rejected")]
    public sealed record Rejected([property: Id(0)] string Reason) : CaReview;

    [GenerateSerializer, Immutable, Alias("bzt.ca.review.refused")]
    public sealed record Refused([property: Id(0)] CaRefusal Code) : CaReview;

    [GenerateSerializer, Immutable, Alias("bzt.ca.review.unavailable")]
    public sealed record Unavailable([property: Id(0)] string Reason) : CaReview;
}
