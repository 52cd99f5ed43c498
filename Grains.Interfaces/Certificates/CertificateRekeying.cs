namespace Bzt.Grains.Certificates;

/// <summary>续期: the same keys, certified anew. The certificate goes on serving meanwhile.</summary>
/// <param name="Application">Whom to tell the outcome.</param>
/// <param name="ApplicationNumber">The number under which the CA knows it.</param>
/// <param name="Caller">The holder, on the phone that has the keys.</param>
[GenerateSerializer, Immutable, Alias("bzt.RenewCertificate")]
public sealed record RenewCertificate(
    [property: Id(0)] ApplicationId Application,
    [property: Id(1)] string ApplicationNumber,
    [property: Id(2)] CertificateCaller Caller);

/// <summary>
/// 证书找回, or 重新申请 of one that expired: a new signing key made with the calling device; every encryption key the holder ever had arrives again.
/// What the old device has is worthless from this moment on.
/// </summary>
/// <param name="Application">Whom to tell the outcome.</param>
/// <param name="ApplicationNumber">The number under which the CA knows it.</param>
/// <param name="Caller">The holder, on the phone that gets the keys.</param>
/// <param name="DevicePublicKey">P-256, 65 octets 04 ‖ X ‖ Y.</param>
/// <param name="Subject">What the new certificates must say.</param>
[GenerateSerializer, Immutable, Alias("bzt.RekeyCertificate")]
public sealed record RekeyCertificate(
    [property: Id(0)] ApplicationId Application,
    [property: Id(1)] string ApplicationNumber,
    [property: Id(2)] CertificateCaller Caller,
    [property: Id(3)] byte[] DevicePublicKey,
    [property: Id(4)] CertificateSubject Subject);

/// <summary>The next encryption key that is to arrive at the phone, with the certificates it is checked by.</summary>
/// <param name="EncryptionSerial">The id it will go by.</param>
/// <param name="EncryptionCertificate">DER.</param>
/// <param name="SigningCertificate">DER; of a renewal the new one.</param>
/// <param name="Chain">DER.</param>
/// <param name="Further">DER; further encryption certificates of the same key, which arrive with it. Null from a silo that does not know of them.</param>
[GenerateSerializer, Immutable, Alias("bzt.ArrivingKey")]
public sealed record ArrivingKey(
    [property: Id(0)] string EncryptionSerial,
    [property: Id(1)] byte[] EncryptionCertificate,
    [property: Id(2)] byte[] SigningCertificate,
    [property: Id(3)] IReadOnlyList<byte[]> Chain,
    [property: Id(4)] IReadOnlyList<byte[]>? Further = null);

/// <summary>Sent by value. Where a renewal stands that the phone carries on.</summary>
public enum RenewalStep
{
    /// <summary>The phone signs the new request, <c>renewal/{number}</c>.</summary>
    Request = 0,
    /// <summary>The CA's turn.</summary>
    Issuance = 1,
    /// <summary>The encryption key arrives under its new certificate.</summary>
    Arrival = 2,
}

/// <summary>A renewal on its way.</summary>
/// <param name="RequestId">Under which the phone opens the new request.</param>
/// <param name="Step">What comes next.</param>
[GenerateSerializer, Immutable, Alias("bzt.RenewalView")]
public sealed record RenewalView([property: Id(0)] string RequestId, [property: Id(1)] RenewalStep Step);
