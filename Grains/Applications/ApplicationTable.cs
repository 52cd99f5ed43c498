using System.Collections.Frozen;
using Bzt.Contracts.Phone;

namespace Bzt.Grains.Applications;

/// <summary>What can happen to an application.</summary>
public enum ApplicationEvent
{
    Submit,
    Approve,
    ApproveFree,
    Reject,
    Resubmit,
    Pay,
    Download,
    Activate,
    IssuanceFails,
    Withdraw,
    Lose,
}

/// <summary>Who may cause it.</summary>
public enum ApplicationActor
{
    Applicant,
    CertificateAuthority,
    Order,
    Certificate,
    Enterprise,
}

/// <param name="From">Null: before the first submission.</param>
public sealed record ApplicationTransition(ApplicationState? From, ApplicationEvent Event, ApplicationActor By, ApplicationState To);

/// <summary>Every way an application can go. What is not here does not happen, whatever arrives in whatever order.</summary>
public static class ApplicationTable
{
    public static readonly IReadOnlyList<ApplicationTransition> Transitions =
    [
        //  from                            event                           by                                     to
        new(null,                           ApplicationEvent.Submit,        ApplicationActor.Applicant,            ApplicationState.CaReview),
        new(ApplicationState.CaReview,      ApplicationEvent.Approve,       ApplicationActor.CertificateAuthority, ApplicationState.PaymentDue),
        new(ApplicationState.CaReview,      ApplicationEvent.ApproveFree,   ApplicationActor.CertificateAuthority, ApplicationState.DownloadReady),
        new(ApplicationState.CaReview,      ApplicationEvent.Reject,        ApplicationActor.CertificateAuthority, ApplicationState.Rejected),
        new(ApplicationState.Rejected,      ApplicationEvent.Resubmit,      ApplicationActor.Applicant,            ApplicationState.CaReview),
        new(ApplicationState.PaymentDue,    ApplicationEvent.Pay,           ApplicationActor.Order,                ApplicationState.DownloadReady),
        new(ApplicationState.DownloadReady, ApplicationEvent.Download,      ApplicationActor.Applicant,            ApplicationState.Downloading),
        new(ApplicationState.Downloading,   ApplicationEvent.Activate,      ApplicationActor.Certificate,          ApplicationState.Completed),
        new(ApplicationState.Downloading,   ApplicationEvent.IssuanceFails, ApplicationActor.Certificate,          ApplicationState.Rejected),

        // While downloading only the applicant, once the certificate has agreed to end: it may become active at any moment.
        new(ApplicationState.CaReview,      ApplicationEvent.Withdraw,      ApplicationActor.Applicant,            ApplicationState.Cancelled),
        new(ApplicationState.Rejected,      ApplicationEvent.Withdraw,      ApplicationActor.Applicant,            ApplicationState.Cancelled),
        new(ApplicationState.PaymentDue,    ApplicationEvent.Withdraw,      ApplicationActor.Applicant,            ApplicationState.Cancelled),
        new(ApplicationState.DownloadReady, ApplicationEvent.Withdraw,      ApplicationActor.Applicant,            ApplicationState.Cancelled),
        new(ApplicationState.Downloading,   ApplicationEvent.Withdraw,      ApplicationActor.Applicant,            ApplicationState.Cancelled),
        new(ApplicationState.CaReview,      ApplicationEvent.Lose,          ApplicationActor.Enterprise,           ApplicationState.Cancelled),
        new(ApplicationState.Rejected,      ApplicationEvent.Lose,          ApplicationActor.Enterprise,           ApplicationState.Cancelled),
        new(ApplicationState.PaymentDue,    ApplicationEvent.Lose,          ApplicationActor.Enterprise,           ApplicationState.Cancelled),
        new(ApplicationState.DownloadReady, ApplicationEvent.Lose,          ApplicationActor.Enterprise,           ApplicationState.Cancelled),
    ];

    private static readonly FrozenDictionary<(ApplicationState, ApplicationEvent), ApplicationState> Next = Transitions
        .Where(transition => transition.From is not null)
        .ToFrozenDictionary(transition => (transition.From!.Value, transition.Event), transition => transition.To);

    /// <summary>Null: not from this state.</summary>
    public static ApplicationState? After(ApplicationState from, ApplicationEvent @event) =>
        Next.TryGetValue((from, @event), out var to) ? to : null;
}
