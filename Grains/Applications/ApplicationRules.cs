using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using CertificateSubject = Bzt.Grains.Certificates.CertificateSubject;

namespace Bzt.Grains.Applications;

/// <summary>
/// What an application decides, without clock, randomness or I/O. Every change of state goes through <see cref="Move"/>, that is,
/// through <see cref="ApplicationTable"/>; everything others must hear of it is in the same state's outbox.
/// Submissions are decided in <see cref="ApplicationSubmissions"/>, the letter in <see cref="ApplicationLetters"/>, the certificate's way to the phone in <see cref="ApplicationDelivery"/>.
/// </summary>
public static class ApplicationRules
{
    /// <summary>What the next state may ask for.</summary>
    /// <param name="NewOrder">For a fee that becomes due.</param>
    /// <param name="PersonName">The holder's, for a personal certificate; null when his account is closed.</param>
    /// <param name="Administrator">Of the enterprise now, to be told.</param>
    public sealed record Provision(OrderId NewOrder, string? PersonName, UserId? Administrator);

    /// <summary>同意</summary>
    public static (StoredApplication State, Refusal? Refusal) Agree(StoredApplication state, ApplicationId id, Provision provision, DateTimeOffset now) =>
        state.Application is { State: ApplicationState.SealDue or ApplicationState.LetterSealed } ? (state, null)
        : state.Application is { } application && Move(application, ApplicationEvent.Agree, ApplicationActors.Administrator, now, "管理员已同意") is { } agreed
            ? (Entered(state, id, agreed, provision, now), null)
            : (state, new Refusal(RefusalCode.ApplicationStateWrong));

    /// <summary>The administrator does not agree, or does not seal.</summary>
    public static (StoredApplication State, Refusal? Refusal) Refuse(StoredApplication state, ApplicationId id, string reason, DateTimeOffset now) =>
        state.Application is { State: ApplicationState.Rejected } refused && refused.RejectionReason == reason ? (state, null)
        : state.Application is { } application && Move(application, ApplicationEvent.Refuse, ApplicationActors.Administrator, now, reason) is { } rejected
            ? (TurnedDown(state, id, application, rejected, ApplicationMessages.Refused(id, application, reason, now)), null)
            : (state, new Refusal(RefusalCode.ApplicationStateWrong));

    /// <summary>A decision about another submission, or a repeated one, changes nothing.</summary>
    public static StoredApplication Reviewed(StoredApplication state, ApplicationId id, ApplicationReviewed review, Provision provision, DateTimeOffset now)
    {
        if (state.Application is not { } application || review.ApplicationNumber != Number(id, application.Submission))
        {
            return state;
        }

        if (review.RejectionReason is { } reason)
        {
            return Move(application, ApplicationEvent.Reject, ApplicationActors.CertificateAuthority, now, reason) is { } rejected
                ? TurnedDown(state, id, application, rejected, ApplicationMessages.Rejected(id, application, reason, now))
                : state;
        }

        if (Move(application, ApplicationEvent.Approve, ApplicationActors.CertificateAuthority, now, null) is not { } approved)
        {
            return state;
        }

        var entered = Entered(state, id, approved, provision, now);
        return entered with { Outbox = entered.Outbox.AddMessage(application.Applicant.User, ApplicationMessages.Approved(id, approved, now)) };
    }

    public static StoredApplication Paid(StoredApplication state, ApplicationId id, OrderId order, Provision provision, DateTimeOffset now)
    {
        if (state.Application is not { } application || application.Order != order
            || Move(application, ApplicationEvent.Pay, ApplicationActors.Order, now, null) is not { } paid)
        {
            return state;
        }

        // Nobody can be named to the CA any more: what was paid goes back.
        return paid is { State: ApplicationState.CaReview, IsPersonal: true } && provision.PersonName is null
            ? Move(application, ApplicationEvent.Expire, ApplicationActors.Clock, now, "申请人账号已注销") is { } ended ? Ended(state, id, ended) : state
            : Entered(state, id, paid, provision, now);
    }

    public static (StoredApplication State, Refusal? Refusal) Withdraw(StoredApplication state, ApplicationId id, UserId caller, DateTimeOffset now)
    {
        if (Mine(state, caller) is not { } application)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        if (application.State == ApplicationState.Cancelled)
        {
            return (state, null);
        }

        var by = caller == application.Submitter ? ApplicationActors.Submitter : ApplicationActors.Holder;
        return Move(application, ApplicationEvent.Withdraw, by, now, "申请人撤回") is { } withdrawn
            ? (WithdrawnFromCa(Ended(state, id, withdrawn), id, application), null)
            : (state, new Refusal(RefusalCode.ApplicationStateWrong));
    }

    /// <param name="enterprise">Who says so: a correction may have left that enterprise behind.</param>
    /// <param name="toItself">The applicant has claimed it, with another application.</param>
    public static StoredApplication Lost(StoredApplication state, ApplicationId id, CreditCode enterprise, bool toItself, DateTimeOffset now)
    {
        if (state.Application is not { } application || application.Claim.CreditCode != enterprise
            || Move(application, ApplicationEvent.Lose, ApplicationActors.Enterprise, now, toItself ? "您已用另一份申请认领该企业" : "该企业已被其他申请人认领") is not { } lost)
        {
            return state;
        }

        var ended = Ended(state, id, lost);
        return WithdrawnFromCa(ended with { Outbox = ended.Outbox.AddMessage(application.Applicant.User, ApplicationMessages.Lost(id, application, toItself, now)) }, id, application);
    }

    /// <summary>Nobody took the next step in time. Null: not due, or not to be ended by the clock.</summary>
    public static StoredApplication? Expire(StoredApplication state, ApplicationId id, DateTimeOffset now)
    {
        if (state.Application is not { ExpiresAt: { } due } application || due > now
            || Move(application, ApplicationEvent.Expire, ApplicationActors.Clock, now, "超过办理期限") is not { } expired)
        {
            return null;
        }

        var ended = Ended(state, id, expired);
        return ended with { Outbox = ended.Outbox.AddMessage(application.Applicant.User, ApplicationMessages.Expired(id, application, now)) };
    }

    /// <summary>One number is one submission for ever: a vendor answers it from its record however often it is told.</summary>
    public static string Number(ApplicationId id, int submission) => $"{id.Value:N}-{submission}";

    /// <summary>Null for anybody but who handed it in and who gets the certificate.</summary>
    public static ApplicationRecord? Mine(StoredApplication state, UserId caller) =>
        state.Application is { } application && (application.Applicant.User == caller || application.Submitter == caller) ? application : null;

    public static OpenOrder OrderOf(ApplicationId id, ApplicationRecord application) => new(
        application.Applicant.User, id, ApplicationTexts.OrderSubject(application), application.Offer.FeeFen);

    /// <summary>What the certificate will say of its holder.</summary>
    public static CertificateSubject Subject(ApplicationRecord application, string? personName) => application.IsPersonal
        ? new CertificateSubject(personName ?? throw new InvalidOperationException("A personal certificate has a person."), null, null)
        : new CertificateSubject(application.Claim.EnterpriseName, application.Claim.EnterpriseName, application.Claim.CreditCode.Value);

    /// <summary>A state is reached: what it asks of others goes into the outbox.</summary>
    internal static StoredApplication Entered(StoredApplication state, ApplicationId id, ApplicationRecord application, Provision provision, DateTimeOffset now)
    {
        var outbox = state.Outbox;
        switch (application.State)
        {
            case ApplicationState.AdministratorReview when provision.Administrator is { } administrator:
                outbox = outbox.AddMessage(administrator, ApplicationMessages.Asked(id, application, now));
                break;
            case ApplicationState.PrepaymentDue or ApplicationState.PaymentDue:
                application = application with { Order = provision.NewOrder };
                outbox = outbox.Add(ApplicationOutbox.OpenOrder, provision.NewOrder.ToString(), OrderOf(id, application));
                break;
            case ApplicationState.CaReview:
                outbox = outbox.Add(ApplicationOutbox.SubmitToCa, application.Offer.Ca.Value, ApplicationCaOrder.Of(id, application, provision.PersonName, now));
                if (application.Kind == ApplicationKind.Claim)
                {
                    outbox = outbox.Add(ApplicationOutbox.Contend, application.Claim.CreditCode.Value, id);
                }

                break;
        }

        return Become(state with { Outbox = outbox }, id, application);
    }

    /// <summary>It is over, in whatever way: the enterprise is free, and what was paid is paid back.</summary>
    internal static StoredApplication Ended(StoredApplication state, ApplicationId id, ApplicationRecord ended)
    {
        var outbox = state.Outbox;
        if (ended.Kind == ApplicationKind.Claim)
        {
            outbox = outbox.Add(ApplicationOutbox.Release, ended.Claim.CreditCode.Value, id);
        }

        if (ended.Letter is { Sealed: null } letter)
        {
            outbox = outbox.Add(ApplicationOutbox.WithdrawLetter, letter.Certificate.ToString(), letter.Task);
        }

        return Become(state with { Outbox = outbox.CloseOrder(ended, id) }, id, ended);
    }

    /// <summary>What waits for the CA's review waits no longer, and takes up none of the applicant's places there. Told last: nothing else waits for a CA's line that is of the release before.</summary>
    private static StoredApplication WithdrawnFromCa(StoredApplication ended, ApplicationId id, ApplicationRecord before) => before.State == ApplicationState.CaReview
        ? ended with { Outbox = ended.Outbox.Add(ApplicationOutbox.WithdrawFromCa, before.Offer.Ca.Value, Number(id, before.Submission)) }
        : ended;

    /// <summary>Rejected by whomever: to be corrected, and until then nobody's turn but the submitter's.</summary>
    internal static StoredApplication TurnedDown(
        StoredApplication state, ApplicationId id, ApplicationRecord before, ApplicationRecord rejected, InboxEntry message)
    {
        var outbox = state.Outbox.CloseOrder(before, id);
        if (before.Letter is { Sealed: null } letter)
        {
            outbox = outbox.Add(ApplicationOutbox.WithdrawLetter, letter.Certificate.ToString(), letter.Task);
        }

        return Become(
            state with { Outbox = outbox.AddMessage(before.Submitter, message) }, id,
            rejected with { RejectionReason = rejected.Timeline[^1].Note, Order = null, Letter = null, EarlierLetters = Earlier(rejected.Letters) });
    }

    /// <summary>Null: not from here, or not by this one.</summary>
    internal static ApplicationRecord? Move(ApplicationRecord application, ApplicationEvent @event, ApplicationActors by, DateTimeOffset now, string? note) =>
        ApplicationTable.After(application.Way, application.State, @event, by) is { } next ? Reached(application, next, now, note) : null;

    internal static StoredApplication Become(StoredApplication state, ApplicationId id, ApplicationRecord application) =>
        state with { Application = application, Outbox = state.Outbox.Project(ApplicationProjector.Row(id, application)) };

    internal static ImmutableArray<string>? Earlier(IReadOnlyList<string> blobs) => blobs.Count > 0 ? [.. blobs] : null;

    internal static ApplicationRecord Reached(ApplicationRecord application, ApplicationState next, DateTimeOffset now, string? note) => application with
    {
        State = next,
        ExpiresAt = now + ApplicationTable.Patience(next),
        Timeline = application.Timeline.Add(new ApplicationStep(next, now, note)),
    };

    private static Outbox CloseOrder(this Outbox outbox, ApplicationRecord application, ApplicationId id) =>
        application.Order is { } order ? outbox.Add(ApplicationOutbox.CloseOrder, order.ToString(), id) : outbox;
}
