using Bzt.Contracts.Phone;

namespace Bzt.Grains.Certificates;

/// <summary>When nothing has to be kept about a certificate any more: pure.</summary>
internal static class RetentionRules
{
    /// <summary>Null while it has not ended.</summary>
    public static DateTimeOffset? EndOf(CertificateRecord record, DateTimeOffset now) => record.StateAt(now) switch
    {
        CertificateState.Revoked => Earlier(record.RevokedAt, record.HolderRemovedAt),
        CertificateState.Abandoned => record.AbandonedAt,
        // Frozen and locked ones end as others do.
        _ when record.SigningCertificate is { } signing && signing.NotAfter < now => signing.NotAfter,
        _ => null,
    };

    /// <summary>Its period is over, everybody has been told what it decided, and no bid to it is opened later than that.</summary>
    public static bool MayErase(CertificateRecord record, int years, DateTimeOffset now) =>
        record is { Created: not null, Outbox.IsEmpty: true } && EndOf(record, now) is { } end && end.AddYears(years) <= now
        && record.OpenBids.All(bid => bid.OpeningTime.AddYears(years) <= now)
        // What was never certified has no period to keep; what was has one by law, whoever asks.
        && (years > 0 || record is { ActivatedAt: null, RevokedAt: null } and ({ AbandonedAt: not null } or { HolderRemovedAt: not null }));

    public static IReadOnlyList<string> Serials(CertificateRecord record) => [.. new[] { record.SigningCertificate?.Serial, record.EncryptionCertificate?.Serial }
        .Concat(record.Past.SelectMany(past => new[] { SerialOf(past.SigningCertificate), SerialOf(past.EncryptionCertificate) })).OfType<string>().Distinct()];

    private static string? SerialOf(byte[] certificate) => Bzt.Protocol.Certificates.Sm2Certificate.TryParse(certificate, out var parsed) ? parsed.Serial : null;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one < other || other is null ? one : other;
}
