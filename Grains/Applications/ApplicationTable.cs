using Bzt.Contracts.Phone;
using static Bzt.Contracts.Phone.ApplicationState;
using static Bzt.Grains.Applications.ApplicationActors;
using static Bzt.Grains.Applications.ApplicationEvent;

namespace Bzt.Grains.Applications;

/// <summary>What can happen to an application.</summary>
public enum ApplicationEvent
{
    Submit,
    Resubmit,
    Agree,
    Refuse,
    Seal,
    Confirm,
    Pay,
    Approve,
    Reject,
    Download,
    Activate,
    IssuanceFails,
    Withdraw,
    Lose,
    Expire,
}

/// <summary>Who may cause it.</summary>
[Flags]
public enum ApplicationActors
{
    /// <summary>Who handed the application in: the holder, or the administrator for a member.</summary>
    Submitter = 1,
    /// <summary>Who gets the certificate, and pays for it.</summary>
    Holder = 2,
    /// <summary>The enterprise's administrator at that moment.</summary>
    Administrator = 4,
    CertificateAuthority = 8,
    Order = 16,
    Certificate = 32,
    Enterprise = 64,
    Clock = 128,
}

/// <param name="From">Empty: before the first submission.</param>
/// <param name="To">Null: the next state on the way of the application's kind.</param>
public sealed record ApplicationTransition(ApplicationEvent Event, ApplicationActors By, ApplicationState[] From, ApplicationState? To);

/// <summary>
/// Every way an application of any kind can go. What is not here does not happen, whatever arrives in whatever order.
/// Which of the states in the middle a kind passes is <see cref="ApplicationWay"/>'s.
/// </summary>
public static class ApplicationTable
{
    private static readonly ApplicationState[] Start = [];
    private static ApplicationState? Next => null;

    public static readonly IReadOnlyList<ApplicationTransition> Transitions =
    [
        //  event          by                    from                                         to
        new(Submit,        Submitter,            Start,                                       Next),
        new(Agree,         Administrator,        [AdministratorReview],                       Next),
        new(Seal,          Certificate,          [SealDue],                                   Next),
        new(Confirm,       Administrator,        [LetterSealed],                              Next),
        new(Pay,           Order,                [PrepaymentDue, PaymentDue],                 Next),
        new(Approve,       CertificateAuthority, [CaReview],                                  Next),
        new(Download,      Holder,               [DownloadReady],                             Downloading),
        new(Activate,      Certificate,          [Downloading],                               Completed),

        // Back, and in again from the beginning of the way.
        new(Refuse,        Administrator,        [AdministratorReview, SealDue, LetterSealed], Rejected),
        new(Reject,        CertificateAuthority, [CaReview],                                  Rejected),
        new(IssuanceFails, Certificate,          [Downloading],                               Rejected),
        new(Resubmit,      Submitter,            [Rejected],                                  Next),

        // Out. While downloading only once the certificate has agreed to end: it may become active at any moment.
        new(Withdraw,      Submitter | Holder,
            [AdministratorReview, SealDue, LetterSealed, PrepaymentDue, CaReview, Rejected, PaymentDue, DownloadReady, Downloading], Cancelled),
        new(Lose,          Enterprise,
            [AdministratorReview, SealDue, LetterSealed, PrepaymentDue, CaReview, Rejected, PaymentDue, DownloadReady], Cancelled),
        new(Expire,        Clock,
            [AdministratorReview, SealDue, LetterSealed, PrepaymentDue, Rejected, PaymentDue, DownloadReady, Downloading], Expired),
    ];

    /// <summary>
    /// How long a state is waited in before the clock ends it; null waits for ever. A CA takes the time it takes. Who downloads keeps others from
    /// the enterprise, so that is the shortest.
    /// </summary>
    public static TimeSpan? Patience(ApplicationState state) => state switch
    {
        AdministratorReview or SealDue or LetterSealed => TimeSpan.FromDays(15),
        PrepaymentDue or PaymentDue => TimeSpan.FromDays(30),
        Rejected => TimeSpan.FromDays(90),
        DownloadReady => TimeSpan.FromDays(180),
        Downloading => TimeSpan.FromDays(7),
        _ => null,
    };

    /// <summary>Null: not from this state, not by this one, or not on this way.</summary>
    /// <param name="way">Of the application's kind and offer.</param>
    /// <param name="from">Null: before the first submission.</param>
    public static ApplicationState? After(ApplicationWay way, ApplicationState? from, ApplicationEvent @event, ApplicationActors by) =>
        Transitions.SingleOrDefault(row => row.Event == @event && row.By.HasFlag(by)
            && (from is { } state ? row.From.Contains(state) && way.Passes(state) : row.From.Length == 0)) is { } found
            ? found.To ?? way.Next(from)
            : null;
}
