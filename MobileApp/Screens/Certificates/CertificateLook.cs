using Bzt.Contracts.Phone;

namespace Bzt.MobileApp.Screens.Certificates;

/// <summary>
/// The twelve states of a certificate in words (M061). The colour only repeats the word; <see cref="Why"/> says what it means, who lifts it, how,
/// and at what fee.
/// </summary>
/// <param name="Action">What lifts it, when the user can: words and address.</param>
internal sealed record CertificateLook(string Word, string? Tone, string Icon, string Why, CertificateGroup Group)
{
    public (string Words, string Address)? Action { get; init; }

    public bool Ended => Group == CertificateGroup.Ended;

    public static CertificateLook Of(CertificateInfo certificate, DateTimeOffset now, Catalogue? catalogue, ApplicationInfo? open)
    {
        var authority = catalogue.AuthorityOf(certificate.RecognitionGroup, certificate.CaId);
        var own = $"certificates/{certificate.CertificateId}";
        var personal = certificate.CreditCode.Length == 0;
        var needsAdministrator = certificate.Remedy is { NeedsAdministrator: true };
        var look = certificate switch
        {
            { State: CertificateState.Revoked } => new CertificateLook(Texts.Certificates.Revoked, null, "close", Texts.Certificates.RevokedWhy, CertificateGroup.Ended),
            { State: CertificateState.Abandoned } => new(Texts.Certificates.Abandoned, null, "close", Texts.Certificates.AbandonedWhy, CertificateGroup.Ended),
            { State: CertificateState.Expired } => new(
                Texts.Certificates.Expired, null, "clock",
                Texts.Certificates.ExpiredWhy(certificate.NotAfter, authority.From(personal ? Offers.PersonalFee : Offers.EnterpriseFee), personal, needsAdministrator), CertificateGroup.Ended)
            {
                Action = (Texts.Certificates.Reapply, $"{own}/reapply"),
            },
            { State: CertificateState.Frozen } => new(Texts.Certificates.Frozen, "hold", "frost", Texts.Certificates.FrozenWhyAt(certificate.Remedy?.FeeFen), CertificateGroup.ToDo)
            {
                Action = (Texts.Certificates.Unfreeze, $"{own}/recover"),
            },
            { LockedForGood: true } => new(Texts.Certificates.Locked, "bad", "lock", Texts.Certificates.LockedForGoodAt(certificate.Remedy?.FeeFen), CertificateGroup.ToDo)
            {
                Action = (Texts.Certificates.Recover, $"{own}/recover"),
            },
            { Recoverable: true } => new(Texts.Certificates.Recoverable, "info", "key", Texts.Certificates.RecoverableWhy(certificate.Remedy?.FeeFen), CertificateGroup.ToDo)
            {
                Action = (Texts.Certificates.Recover, $"{own}/recover"),
            },
            { State: CertificateState.Locked, LockedUntil: { } until } => new(Texts.Certificates.Locked, "bad", "lock", Texts.Certificates.LockedWhy(until - now), CertificateGroup.ToDo)
            {
                Action = (Texts.Certificates.ForgottenPin, $"{own}/pin-reset"),
            },
            { State: CertificateState.Active, NotAfter: { } end, ExpiresSoon: true } => new(
                Texts.Certificates.Expiring, "warn", "clock",
                Texts.Certificates.ExpiringWhy(end, (int)(end - now).TotalDays, authority.From(personal ? Offers.PersonalFee : Offers.RenewalFee), needsAdministrator), CertificateGroup.Usable)
            {
                Action = (Texts.Certificates.Renew, $"{own}/renew"),
            },
            { State: CertificateState.Active } => new(
                Texts.Certificates.Active, "ok", "done", certificate.NotAfter is { } end ? Texts.Certificates.Until(end) : "", CertificateGroup.Usable),
            { State: CertificateState.Requested } => new(Texts.Certificates.Issuing, "info", "clock", Texts.Certificates.IssuingWhy, CertificateGroup.ToDo),
            _ => new(Texts.Certificates.Unfinished, "info", "key", Texts.Certificates.UnfinishedWhy, CertificateGroup.ToDo),
        };

        // What was applied for already is looked at, not applied for again.
        return open is null ? look : look with { Action = (Texts.Certificates.Progress, $"applications/{open.ApplicationId}?from=certificates"), Why = $"{look.Why}{Texts.Certificates.UnderWay(open)}" };
    }

    /// <summary>Of a certificate that is still being applied for.</summary>
    public static CertificateLook Of(ApplicationInfo application, Catalogue? catalogue)
    {
        var authority = catalogue.Authority(application.PlatformId, application.CaId);
        var prepaid = authority is { PaidBeforeReview: true };
        var (tone, icon, why, words) = application.State switch
        {
            ApplicationState.AdministratorReview => ("info", "people", Texts.Certificates.AdministratorReviewWhy, Texts.Certificates.Progress),
            ApplicationState.SealDue or ApplicationState.LetterSealed => ("info", "stamp", Texts.Certificates.SealWhy, Texts.Certificates.Progress),
            ApplicationState.CaReview => ("info", "clock", Texts.Certificates.CaReviewWhy(authority?.Name, application.FeeFen, prepaid), Texts.Certificates.Progress),
            ApplicationState.Rejected => ("bad", "alert", Texts.Certificates.RejectedWhy(application.RejectionReason), Texts.Applications.Again),
            ApplicationState.PrepaymentDue => ("info", "pay", Texts.Certificates.PrepaymentWhy(application.FeeFen), Texts.Certificates.ToPay),
            ApplicationState.PaymentDue => ("info", "pay", Texts.Certificates.PaymentWhy(application.FeeFen), Texts.Certificates.ToPayAndDownload),
            _ => ("info", "key", Texts.Certificates.DownloadWhy, application.State == ApplicationState.Downloading ? Texts.Download.Continue : Texts.Download.Begin),
        };
        return new(Texts.Applications.StateOf(application.State), tone, icon, why, CertificateGroup.ToDo) { Action = (words, $"applications/{application.ApplicationId}?from=certificates") };
    }
}

/// <summary>What the list of certificates is sorted by.</summary>
internal enum CertificateGroup { Usable, ToDo, Ended }
