using Bzt.Contracts.Phone;

namespace Bzt.Grains.Certificates;

/// <summary>When a holder is told that a certificate ends: 30, 7 and 1 days ahead, each once, the nearest one only.</summary>
internal static class ExpiryRules
{
    /// <summary>From here on a certificate is 即将过期.</summary>
    public const int SoonDays = 30;

    private static readonly int[] Ahead = [1, 7, SoonDays];

    public static bool IsSoon(DateTimeOffset notAfter, DateTimeOffset now) => notAfter > now && notAfter <= now.AddDays(SoonDays);

    /// <summary>The state unchanged when there is nothing to say.</summary>
    public static CertificateRecord Notice(CertificateRecord record, CertificateId id, DateTimeOffset now)
    {
        if (record.SigningCertificate is not { } signing || record.ActivatedAt is null
            || record.StateAt(now) is not (CertificateState.Active or CertificateState.Locked or CertificateState.Frozen))
        {
            return record;
        }

        var days = Ahead.FirstOrDefault(days => signing.NotAfter <= now.AddDays(days));
        if (days == 0 || (record.Noticed is { } noticed && noticed.NotAfter == signing.NotAfter && noticed.Days <= days))
        {
            return record;
        }

        var created = record.Created!;
        return record with
        {
            Noticed = new ExpiryNotice(signing.NotAfter, days),
            Outbox = record.Outbox.AddMessage(created.Holder, CertificateMessages.Expiring(id, created, signing.NotAfter, days, now)),
        };
    }
}
