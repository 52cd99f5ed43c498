using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Applications;

/// <summary>
/// What an application decides, without clock, randomness or I/O. Every change of state goes through <see cref="Move"/>, that is,
/// through <see cref="ApplicationTable"/>; everything others must hear of it is in the same state's outbox.
/// </summary>
public static class ApplicationRules
{
    /// <summary>A submission with everything the grain had to look up, draw or encrypt beforehand.</summary>
    public sealed record Submission(
        Guid Operation, string Fingerprint, Applicant Applicant, ClaimFacts Claim, ChosenOffer Offer, CertificateId NewCertificate);

    public static (StoredApplication State, Refusal? Refusal) Submit(StoredApplication state, ApplicationId id, Submission submission, DateTimeOffset now)
    {
        if (state.Application is { } known)
        {
            // The applicant's first answer may have been lost; anybody else has guessed an id.
            return known.Operation == submission.Operation && known.Fingerprint == submission.Fingerprint
                ? (state, null)
                : (state, new Refusal(RefusalCode.IdempotencyConflict));
        }

        var application = new ApplicationRecord(
            ApplicationKind.Claim, ApplicationState.CaReview, 1, submission.Operation, submission.Fingerprint, submission.Applicant,
            submission.Claim, submission.Offer, submission.NewCertificate, null, null, null,
            [new ApplicationStep(ApplicationState.CaReview, now, null)]);
        var submitted = Submitted(state, id, application);
        return (submitted with { Outbox = submitted.Outbox.Project(ApplicationProjector.Row(id, application)) }, null);
    }

    public static (StoredApplication State, Refusal? Refusal) Resubmit(StoredApplication state, ApplicationId id, Submission submission, DateTimeOffset now)
    {
        if (Mine(state, submission.Applicant.User) is not { } application)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        if (application.Operation == submission.Operation)
        {
            return application.Fingerprint == submission.Fingerprint ? (state, null) : (state, new Refusal(RefusalCode.IdempotencyConflict));
        }

        if (Move(application, ApplicationEvent.Resubmit, now, null) is not { } moved)
        {
            return (state, new Refusal(RefusalCode.ApplicationStateWrong));
        }

        moved = moved with
        {
            Submission = application.Submission + 1,
            Operation = submission.Operation,
            Fingerprint = submission.Fingerprint,
            Applicant = submission.Applicant,
            Claim = submission.Claim,
            Offer = submission.Offer,
            RejectionReason = null,
        };
        var resubmitted = Submitted(state, id, moved);
        return (submission.Claim.CreditCode == application.Claim.CreditCode
            ? resubmitted
            : resubmitted with { Outbox = resubmitted.Outbox.Add(ApplicationOutbox.Release, application.Claim.CreditCode.Value, id) }, null);
    }

    /// <summary>A decision about another submission, or a repeated one, changes nothing.</summary>
    public static StoredApplication Reviewed(StoredApplication state, ApplicationId id, ApplicationReviewed review, OrderId newOrder, DateTimeOffset now)
    {
        if (state.Application is not { } application || review.ApplicationNumber != Number(id, application.Submission))
        {
            return state;
        }

        if (review.RejectionReason is { } reason)
        {
            return Move(application, ApplicationEvent.Reject, now, reason) is { } rejected
                ? state with
                {
                    Application = rejected with { RejectionReason = reason },
                    Outbox = state.Outbox.AddMessage(application.Applicant.User, ApplicationMessages.Rejected(id, application, reason, now)),
                }
                : state;
        }

        var free = application.Offer.FeeFen == 0;
        if (Move(application, free ? ApplicationEvent.ApproveFree : ApplicationEvent.Approve, now, null) is not { } approved)
        {
            return state;
        }

        var outbox = state.Outbox;
        if (!free)
        {
            approved = approved with { Order = newOrder };
            outbox = outbox.Add(ApplicationOutbox.OpenOrder, newOrder.ToString(), OrderOf(id, approved));
        }

        return state with { Application = approved, Outbox = outbox.AddMessage(application.Applicant.User, ApplicationMessages.Approved(id, application, now)) };
    }

    public static StoredApplication Paid(StoredApplication state, OrderId order, DateTimeOffset now) =>
        state.Application is { } application && application.Order == order && Move(application, ApplicationEvent.Pay, now, null) is { } paid
            ? state with { Application = paid }
            : state;

    /// <summary>The enterprise is reserved for this application when this is asked.</summary>
    public static (StoredApplication State, Refusal? Refusal) Download(StoredApplication state, StartDownload command, DateTimeOffset now)
    {
        if (Mine(state, command.Caller) is not { } application)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        if (application is { State: ApplicationState.Downloading or ApplicationState.Completed, Device: { } device })
        {
            if (device.Device == command.Device && device.PublicKey.AsSpan().SequenceEqual(command.DevicePublicKey))
            {
                return (state, null);
            }

            // Whether it may move to another device the certificate has said before.
            return application.State == ApplicationState.Downloading
                ? (state with { Application = application with { Device = new DownloadDevice(command.Device, command.DevicePublicKey) } }, null)
                : (state, new Refusal(RefusalCode.ApplicationStateWrong));
        }

        if (Move(application, ApplicationEvent.Download, now, null) is not { } moved)
        {
            return (state, NotDownloadable(application));
        }

        return (state with { Application = moved with { Device = new DownloadDevice(command.Device, command.DevicePublicKey) } }, null);
    }

    /// <summary>Null when a download may begin or go on as far as the application is concerned.</summary>
    public static Refusal? MayDownload(StoredApplication state, StartDownload command) => Download(state, command, default).Refusal;

    public static StoredApplication Activated(StoredApplication state, ApplicationId id, CertificateId certificate, DateTimeOffset now)
    {
        if (state.Application is not { } application || application.Certificate != certificate
            || Move(application, ApplicationEvent.Activate, now, null) is not { } completed)
        {
            return state;
        }

        var (claim, applicant) = (application.Claim, application.Applicant);
        return state with
        {
            Application = completed,
            Outbox = state.Outbox
                .Add(ApplicationOutbox.ConfirmClaim, claim.CreditCode.Value, new ConfirmClaim(
                    id, certificate, claim.EnterpriseName, applicant.User, applicant.MaskedName, applicant.MaskedPhoneNumber))
                .Add(ApplicationOutbox.AddMembership, applicant.User.ToString(), new Membership(
                    claim.CreditCode, claim.EnterpriseName, Accounts.MemberRole.Administrator))
                .AddMessage(applicant.User, ApplicationMessages.Completed(id, application, now)),
        };
    }

    /// <summary>Rejected like a review that failed. The next submission is for another certificate: the CA may have used up this one's name.</summary>
    public static StoredApplication IssuanceFailed(
        StoredApplication state, ApplicationId id, IssuanceFailure failure, CertificateId next, DateTimeOffset now)
    {
        if (state.Application is not { } application || application.Certificate != failure.Certificate
            || Move(application, ApplicationEvent.IssuanceFails, now, failure.Reason) is not { } rejected)
        {
            return state;
        }

        var ended = Ended(state, id, rejected);
        return ended with
        {
            Application = rejected with { RejectionReason = failure.Reason, Certificate = next, Order = null, Device = null },
            Outbox = ended.Outbox.AddMessage(application.Applicant.User, ApplicationMessages.NotIssued(id, application, failure.Reason, now)),
        };
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

        return Move(application, ApplicationEvent.Withdraw, now, "申请人撤回") is { } withdrawn
            ? (Ended(state, id, withdrawn), null)
            : (state, new Refusal(RefusalCode.ApplicationStateWrong));
    }

    /// <param name="enterprise">Who says so: a correction may have left that enterprise behind.</param>
    public static StoredApplication Lost(StoredApplication state, ApplicationId id, CreditCode enterprise, DateTimeOffset now)
    {
        if (state.Application is not { } application || application.Claim.CreditCode != enterprise
            || Move(application, ApplicationEvent.Lose, now, "该企业已被其他申请人认领") is not { } lost)
        {
            return state;
        }

        var ended = Ended(state, id, lost);
        return ended with { Outbox = ended.Outbox.AddMessage(application.Applicant.User, ApplicationMessages.Lost(id, application, now)) };
    }

    /// <summary>The same submission again: it must not fail because the catalogue or the enterprise changed since.</summary>
    public static bool IsRepeat(StoredApplication state, Guid operation, string fingerprint) =>
        state.Application is { } application && application.Operation == operation && application.Fingerprint == fingerprint;

    /// <summary>One number is one submission for ever: a vendor answers it from its record however often it is told.</summary>
    public static string Number(ApplicationId id, int submission) => $"{id.Value:N}-{submission}";

    public static ApplicationRecord? Mine(StoredApplication state, UserId caller) =>
        state.Application is { } application && application.Applicant.User == caller ? application : null;

    public static OpenOrder OrderOf(ApplicationId id, ApplicationRecord application) => new(
        application.Applicant.User, id, $"{application.Offer.CaName}企业证书 {application.Offer.Years}年", application.Offer.FeeFen);

    private static StoredApplication Submitted(StoredApplication state, ApplicationId id, ApplicationRecord application)
    {
        var (claim, offer, applicant) = (application.Claim, application.Offer, application.Applicant);
        var order = new CaSubmissionOrder(
            new CaApplication(
                Number(id, application.Submission), CaApplicationKind.New, application.Certificate.ToString(),
                new CaSubject(claim.EnterpriseName, claim.EnterpriseName, null, offer.Province, null, claim.CreditCode.Value),
                TimeSpan.FromDays(365 * offer.Years)),
            id,
            new CaApplicationFile(
                offer.PlatformName, offer.Years, applicant.User, applicant.MaskedName, applicant.MaskedPhoneNumber, claim.LicenceBlobId, claim.FormBlobId));
        return state with
        {
            Application = application,
            Outbox = state.Outbox
                .Add(ApplicationOutbox.SubmitToCa, offer.Ca.Value, order)
                .Add(ApplicationOutbox.Contend, claim.CreditCode.Value, id),
        };
    }

    private static StoredApplication Ended(StoredApplication state, ApplicationId id, ApplicationRecord ended)
    {
        var outbox = state.Outbox.Add(ApplicationOutbox.Release, ended.Claim.CreditCode.Value, id);
        return state with
        {
            Application = ended,
            Outbox = ended.Order is { } order ? outbox.Add(ApplicationOutbox.CloseOrder, order.ToString(), id) : outbox,
        };
    }

    private static ApplicationRecord? Move(ApplicationRecord application, ApplicationEvent @event, DateTimeOffset now, string? note) =>
        ApplicationTable.After(application.State, @event) is { } next
            ? application with { State = next, Timeline = application.Timeline.Add(new ApplicationStep(next, now, note)) }
            : null;

    private static Refusal NotDownloadable(ApplicationRecord application) => new(application.State switch
    {
        ApplicationState.PaymentDue => RefusalCode.PaymentRequired,
        _ => RefusalCode.ApplicationStateWrong,
    });
}
