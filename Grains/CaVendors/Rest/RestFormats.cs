namespace Bzt.Grains.CaVendors.Rest;

/// <summary>What crosses the wire to a REST vendor; the format is in docs/providers.md.</summary>
internal sealed record RestApplication(string ApplicationNumber, string Kind, string Holder, RestSubject Subject, int ValidityDays, string NotifyUrl);

internal sealed record RestSubject(string CommonName, string? Organization, string? OrganizationalUnit, string? Province, string? Locality, string? CreditCode);

internal sealed record RestState(string? ApplicationNumber, string? State, string? Reason);

internal sealed record RestIssuance(
    string? ApplicationNumber, string? State, byte[]? SigningCertificate, byte[]? EncryptionCertificate, byte[]? EncryptionEnvelope, IReadOnlyList<byte[]>? Chain);

internal sealed record RestKey(byte[]? EncryptionCertificate, byte[]? EncryptionEnvelope);

internal sealed record RestKeys(string? ApplicationNumber, IReadOnlyList<RestKey>? Keys);

internal sealed record RestRevocation(string? SerialNumber, DateTimeOffset? RevokedAt);
