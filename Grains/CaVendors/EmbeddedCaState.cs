using System.Collections.Immutable;

namespace Bzt.Grains.CaVendors;

/// <summary>All the embedded CA knows: two authorities, its files, the encryption keys its key management holds in escrow, what it revoked.</summary>
/// <param name="Id">The CA's id; part of what every sealed key is bound to.</param>
/// <param name="Root">Signed once, by itself and the issuing authority; kept for the day the issuing key must be replaced.</param>
/// <param name="Issuing">Signs certificates and revocation lists.</param>
/// <param name="Files">By application number.</param>
/// <param name="Escrow">By key id, oldest first within a holder.</param>
/// <param name="Revoked">By serial number.</param>
public sealed record EmbeddedCaState(
    string Id,
    CaAuthority Root,
    CaAuthority Issuing,
    ImmutableDictionary<string, CaFile> Files,
    ImmutableList<EscrowedKey> Escrow,
    ImmutableDictionary<string, CertificateRevocation> Revoked);

/// <param name="Certificate">DER.</param>
/// <param name="ProtectedKey">Private key, sealed by the key protector.</param>
public sealed record CaAuthority(byte[] Certificate, byte[] ProtectedKey);

public enum CaFileStatus
{
    Submitted = 0,
    Approved = 1,
    Rejected = 2,
}

/// <summary>One application; <see cref="Issued"/> exactly when certificates were made for it.</summary>
public sealed record CaFile(CaApplication Application, CaFileStatus Status, string? RejectionReason, CaIssue? Issued);

/// <param name="Sequence">Counts all issues of this CA: the order of a holder's certificates.</param>
/// <param name="SigningKey">Encoded point, 04 ‖ X ‖ Y.</param>
/// <param name="SigningSerialNumber">32 upper-case hexadecimal digits, as the certificates'.</param>
/// <param name="EncryptionSerialNumber">Likewise.</param>
/// <param name="EscrowId">Which encryption key.</param>
/// <param name="IssuedAt">When.</param>
/// <param name="NotAfter">End of both certificates.</param>
/// <param name="Certificates">What was answered, and is again for the same request.</param>
public sealed record CaIssue(
    long Sequence,
    byte[] SigningKey,
    string SigningSerialNumber,
    string EncryptionSerialNumber,
    Guid EscrowId,
    DateTimeOffset IssuedAt,
    DateTimeOffset NotAfter,
    IssuedCertificates Certificates);

/// <param name="Id">Part of what the sealed key is bound to.</param>
/// <param name="Holder">Whose.</param>
/// <param name="PublicKey">Encoded point, 04 ‖ X ‖ Y.</param>
/// <param name="ProtectedKey">Private key, sealed by the key protector.</param>
public sealed record EscrowedKey(Guid Id, string Holder, byte[] PublicKey, byte[] ProtectedKey);

public sealed record CertificateRevocation(DateTimeOffset At, RevocationReason Reason);
