using Bzt.Contracts.Phone;

namespace Bzt.MobileApp.Screens.Applications;

/// <summary>An application's way as its holder sees it: which steps its kind takes, and where it stands. The server's table is docs/applications.md.</summary>
internal static class ApplicationProgress
{
    private sealed record Milestone(string Title, ApplicationState[] While, ApplicationState Begun);

    public static bool IsOpen(ApplicationInfo application) => application.State is not (ApplicationState.Completed or ApplicationState.Cancelled or ApplicationState.Expired);

    /// <summary>Ends in another certificate, not in a renewed or recovered one.</summary>
    public static bool IsForNew(ApplicationInfo application) => !IsRenewal(application.Kind) && !IsRekeying(application.Kind);

    public static bool IsRenewal(ApplicationKind kind) => kind is ApplicationKind.Renewal or ApplicationKind.StaffRenewal or ApplicationKind.PersonalRenewal;

    /// <summary>What is under way for a certificate the user has.</summary>
    public static ApplicationInfo? OpenFor(IReadOnlyList<ApplicationInfo>? applications, CertificateInfo certificate) =>
        applications?.FirstOrDefault(application => application.CertificateId == certificate.CertificateId && IsOpen(application) && !IsForNew(application));

    /// <summary>The user's own claim of an enterprise that is under way; a rejected one is not.</summary>
    public static ApplicationInfo? OpenClaim(IReadOnlyList<ApplicationInfo>? applications, string creditCode) =>
        applications?.FirstOrDefault(application => application.Kind == ApplicationKind.Claim && application.CreditCode == creditCode
            && IsOpen(application) && application.State != ApplicationState.Rejected);

    /// <param name="application">Which.</param>
    /// <param name="paidBefore">Its CA has the fee paid before it reviews.</param>
    public static IReadOnlyList<(int Number, string Title, string State, string Note)> Steps(ApplicationInfo application, bool paidBefore)
    {
        var way = Way(application, paidBefore).ToList();
        var stopped = application.State is ApplicationState.Rejected or ApplicationState.Cancelled or ApplicationState.Expired;
        var at = application.State switch
        {
            ApplicationState.Completed => way.Count,
            // Where it was when it was stopped.
            _ when stopped => Math.Max(1, Last(application, way)),
            var state => way.FindIndex(step => step.While.Contains(state)),
        };
        return [.. way.Select((step, n) => (n + 1, step.Title, n < at ? "done" : n > at ? "todo" : stopped ? "bad" : "now", Note(application, step, n < at, paidBefore)))];
    }

    /// <summary>The user's own next step, in one word on the main button; null when it is somebody else's turn.</summary>
    public static (string Words, string Address)? Next(ApplicationInfo application, Me? me)
    {
        var own = $"applications/{application.ApplicationId}";
        var administrator = me?.Enterprises.Any(member => member.CreditCode == application.CreditCode && member.Role == MemberRole.Administrator) is true;
        return application.State switch
        {
            ApplicationState.Rejected => (Texts.Applications.Again, Correction(application)),
            ApplicationState.PaymentDue or ApplicationState.PrepaymentDue => (Texts.Applications.Pay(application.FeeFen), $"{own}/payment"),
            ApplicationState.DownloadReady or ApplicationState.Downloading => (DownloadWords(application), $"{own}/download"),
            ApplicationState.Completed => (Texts.Applications.ToCertificates, "certificates"),
            ApplicationState.SealDue or ApplicationState.LetterSealed when administrator => (Texts.Applications.ToSeal, $"{own}/letter"),
            ApplicationState.AdministratorReview when administrator => (Texts.Applications.ToReview, $"requests/{application.ApplicationId}?from=application"),
            _ => null,
        };
    }

    /// <summary>A letter to seal is sealed at once by who handed it in; everything else is waited for at the application.</summary>
    public static string AfterSubmission(ApplicationInfo application) =>
        application.State == ApplicationState.SealDue ? $"applications/{application.ApplicationId}/letter" : $"applications/{application.ApplicationId}";

    public static string DownloadWords(ApplicationInfo application) => (IsRenewal(application.Kind), application.State == ApplicationState.Downloading) switch
    {
        (true, false) => Texts.Applications.Renew,
        (true, true) => Texts.Applications.RenewOn,
        (false, false) => Texts.Download.Begin,
        _ => Texts.Download.Continue,
    };

    private static string Correction(ApplicationInfo application) => application.Kind switch
    {
        ApplicationKind.Claim or ApplicationKind.EnterpriseChange or ApplicationKind.AdministratorReplacement => $"reclaim/{application.ApplicationId}",
        ApplicationKind.Join => $"join/{application.CreditCode}?corrects={application.ApplicationId}",
        ApplicationKind.Recovery => $"certificates/{application.CertificateId}/recover?corrects={application.ApplicationId}",
        ApplicationKind.Reapplication or ApplicationKind.StaffReapplication => $"certificates/{application.CertificateId}/reapply?corrects={application.ApplicationId}",
        ApplicationKind.Renewal or ApplicationKind.StaffRenewal or ApplicationKind.PersonalRenewal => $"certificates/{application.CertificateId}/renew?corrects={application.ApplicationId}",
        ApplicationKind.Authorisation => $"authorisations/{application.CreditCode}/new?corrects={application.ApplicationId}",
        _ => $"certificates/new?corrects={application.ApplicationId}",
    };

    private static bool IsRekeying(ApplicationKind kind) => kind is ApplicationKind.Recovery or ApplicationKind.Reapplication or ApplicationKind.StaffReapplication;

    private static IEnumerable<Milestone> Way(ApplicationInfo application, bool paidBefore)
    {
        var kind = application.Kind;
        yield return new(Texts.Applications.Submitted, [], First(application));
        if (kind is ApplicationKind.StaffCertificate or ApplicationKind.Join or ApplicationKind.StaffRenewal or ApplicationKind.StaffReapplication)
        {
            yield return new(Texts.Applications.AdministratorReview, [ApplicationState.AdministratorReview], ApplicationState.AdministratorReview);
        }

        if (kind is ApplicationKind.EnterpriseCertificate or ApplicationKind.StaffCertificate or ApplicationKind.Join or ApplicationKind.Authorisation
            or ApplicationKind.Renewal or ApplicationKind.StaffRenewal or ApplicationKind.StaffReapplication)
        {
            yield return new(Texts.Applications.Seal, [ApplicationState.SealDue, ApplicationState.LetterSealed], ApplicationState.SealDue);
        }

        if (application.FeeFen > 0 && paidBefore)
        {
            yield return new(Texts.Applications.Payment, [ApplicationState.PrepaymentDue], ApplicationState.PrepaymentDue);
        }

        yield return new(Texts.Applications.Review, [ApplicationState.CaReview], ApplicationState.CaReview);
        if (application.FeeFen > 0 && !paidBefore)
        {
            yield return new(Texts.Applications.Payment, [ApplicationState.PaymentDue], ApplicationState.PaymentDue);
        }

        yield return new(IsRenewal(kind) ? Texts.Applications.RenewStep : Texts.Applications.Download, [ApplicationState.DownloadReady, ApplicationState.Downloading], ApplicationState.DownloadReady);
    }

    private static ApplicationState First(ApplicationInfo application) => application.Timeline is [var first, ..] ? first.State : application.State;

    private static int Last(ApplicationInfo application, List<Milestone> way)
    {
        for (var n = application.Timeline.Count - 1; n >= 0; n--)
        {
            if (way.FindIndex(step => step.While.Contains(application.Timeline[n].State)) is var found and >= 0)
            {
                return found;
            }
        }

        return -1;
    }

    /// <summary>When it was reached, or what it will ask for.</summary>
    private static string Note(ApplicationInfo application, Milestone step, bool done, bool paidBefore)
    {
        var at = application.Timeline.LastOrDefault(entry => entry.State == step.Begun)?.At;
        return (step.Begun, at) switch
        {
            (ApplicationState.PaymentDue or ApplicationState.PrepaymentDue, { } time) => Texts.Applications.PaymentSince(application.FeeFen, time, done),
            (ApplicationState.PaymentDue or ApplicationState.PrepaymentDue, null) => Texts.Applications.PaymentLater(application.FeeFen, paidBefore),
            (_, { } time) => Texts.Moment(time),
            (ApplicationState.AdministratorReview, _) => Texts.Applications.AdministratorLater,
            (ApplicationState.SealDue, _) => Texts.Applications.SealLater,
            (ApplicationState.CaReview, _) => Texts.Applications.ReviewLater,
            _ => IsRenewal(application.Kind) ? Texts.Applications.RenewLater : Texts.Applications.DownloadLater,
        };
    }
}
