using Bzt.Contracts.Phone;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;

namespace Bzt.Grains.Applications;

/// <summary>When a certificate may be followed by another of its kind: pure.</summary>
internal static class SuccessionRules
{
    /// <summary>How long before its end a certificate may be renewed.</summary>
    public static readonly TimeSpan RenewalWindow = TimeSpan.FromDays(90);

    public static bool IsRenewable(CertificateFacts certificate, DateTimeOffset now) =>
        certificate is { State: CertificateState.Active, Issued.NotAfter: var end } && now >= end - RenewalWindow;

    public static bool IsReplaceable(CertificateFacts certificate) => certificate.State == CertificateState.Expired;

    /// <summary>While there is something left of it, whatever keeps it from being used on the phone that is lost.</summary>
    public static bool IsRecoverable(CertificateFacts certificate, DateTimeOffset now) =>
        certificate is { State: CertificateState.Active or CertificateState.Locked or CertificateState.Frozen, Issued.NotAfter: var end } && now < end;

    /// <param name="known">The holder's authorisations at the enterprise, newest first.</param>
    /// <returns>What was granted with that certificate, or else last; null when there was nothing.</returns>
    public static IReadOnlyList<AuthorisationScope>? LastGranted(IReadOnlyList<Authorisation> known, CertificateId certificate) =>
        (known.FirstOrDefault(granted => granted.Certificate == certificate) ?? (known is [var newest, ..] ? newest : null))?.Scopes;
}
