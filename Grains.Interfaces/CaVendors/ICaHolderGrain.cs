namespace Bzt.Grains.CaVendors;

/// <summary>
/// One holder at a CA that runs inside, keyed <c>{CaId}/{holder}</c>: applications, issued certificates, keys in escrow, revocations.
/// Everything that is decided about a holder is decided here, in one write; nothing of it grows with the number of holders.
/// </summary>
[Alias("bzt.ICaHolder")]
public interface ICaHolderGrain : IGrainWithStringKey
{
    [Alias("submit")]
    Task<CaSubmission> Submit(CaApplication application);

    /// <param name="applicationNumber">Which.</param>
    /// <param name="rejectionReason">Null approves.</param>
    [Alias("decide")]
    Task<CaReview> Decide(string applicationNumber, string? rejectionReason);

    [Alias("review")]
    Task<CaReview> Review(string applicationNumber);

    /// <summary>When it returns, the OCSP responder knows the certificates.</summary>
    [Alias("issue")]
    Task<CaIssuance> Issue(string applicationNumber, byte[] certificationRequest);

    [Alias("recover-keys")]
    Task<CaKeyRecovery> RecoverKeys(string applicationNumber);

    /// <summary>When it returns, the OCSP responder knows it.</summary>
    [Alias("revoke")]
    Task<CaRevocation> Revoke(string signingSerialNumber, RevocationReason reason);

    /// <summary>Takes over what an older release kept of this holder elsewhere, in that release's own form. Ignored when there is something.</summary>
    [Alias("adopt")]
    Task Adopt(byte[] state);
}

/// <summary>Who was first to use a value that only one may use, keyed <c>{CaId}/{what}/{value}</c>: a signing key, an application number.</summary>
[Alias("bzt.ICaClaim")]
public interface ICaClaimGrain : IGrainWithStringKey
{
    /// <summary>The owner from now on: the caller, or whoever came first.</summary>
    [Alias("claim")]
    Task<string> Claim(string owner);

    [Alias("owner")]
    Task<string?> GetOwner();
}

/// <summary>The status of one certificate, keyed <c>{CaId}/{serial number}</c>: what the OCSP responder answers from.</summary>
[Alias("bzt.ICaSerial")]
public interface ICaSerialGrain : IGrainWithStringKey
{
    [Alias("issued")]
    Task Issued(string holder);

    /// <summary>The first revocation stands.</summary>
    [Alias("revoked")]
    Task Revoked(DateTimeOffset at, RevocationReason reason);

    [Alias("get")]
    Task<CaSerialStatus?> Get();
}

/// <param name="Holder">Whose.</param>
/// <param name="RevokedAt">Null while it is good.</param>
/// <param name="Reason">Null while it is good.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.serial-status")]
public sealed record CaSerialStatus([property: Id(0)] string Holder, [property: Id(1)] DateTimeOffset? RevokedAt, [property: Id(2)] RevocationReason? Reason);

/// <summary>One of the <see cref="Buckets"/> parts of a CA's revocations, keyed <c>{CaId}/{bucket}</c>: no part grows with the whole list.</summary>
[Alias("bzt.ICaRevocations")]
public interface ICaRevocationsGrain : IGrainWithStringKey
{
    const int Buckets = 64;

    /// <summary>Idempotent by serial number. What has expired long ago leaves.</summary>
    [Alias("add")]
    Task Add(CaRevokedSerial revoked);

    [Alias("read")]
    Task<IReadOnlyList<CaRevokedSerial>> Read();
}

/// <param name="NotAfter">A list need not name what has expired (RFC 5280, 5).</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.revoked-serial")]
public sealed record CaRevokedSerial(
    [property: Id(0)] string SerialNumber, [property: Id(1)] DateTimeOffset At, [property: Id(2)] RevocationReason Reason, [property: Id(3)] DateTimeOffset NotAfter);
