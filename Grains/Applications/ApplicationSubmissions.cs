using Bzt.Contracts.Phone;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Applications;

/// <summary>A submission with everything the grain had to look up, draw or encrypt beforehand.</summary>
/// <param name="NewCertificate">For a certificate that does not exist yet.</param>
public sealed record Submission(
    Guid Operation, string Fingerprint, Applicant Applicant, ClaimFacts Claim, ChosenOffer Offer, CertificateId NewCertificate)
{
    public ApplicationKind Kind { get; init; } = ApplicationKind.Claim;

    /// <summary>The administrator who hands it in for a member; null when the holder does.</summary>
    public UserId? SubmittedBy { get; init; }

    public CertificateId? Predecessor { get; init; }

    public IReadOnlyList<AuthorisationScope>? Permissions { get; init; }

    public DateTimeOffset? ValidUntil { get; init; }

    public UserId Submitter => SubmittedBy ?? Applicant.User;
}

/// <summary>A submission and its corrections: pure.</summary>
public static class ApplicationSubmissions
{
    public static (StoredApplication State, Refusal? Refusal) Submit(
        StoredApplication state, ApplicationId id, Submission submission, ApplicationRules.Provision provision, DateTimeOffset now)
    {
        if (state.Application is { } known)
        {
            // The applicant's first answer may have been lost; anybody else has guessed an id.
            return known.Operation == submission.Operation && known.Fingerprint == submission.Fingerprint
                ? (state, null)
                : (state, new Refusal(RefusalCode.IdempotencyConflict));
        }

        var delivered = ApplicationSteps.Of[submission.Kind].Delivery == Delivery.Download ? submission.NewCertificate : submission.Predecessor!.Value;
        var application = new ApplicationRecord(
            submission.Kind, default, 1, submission.Operation, submission.Fingerprint, submission.Applicant,
            submission.Claim, submission.Offer, delivered, null, null, null, [])
        {
            SubmittedBy = submission.SubmittedBy,
            Predecessor = submission.Predecessor,
            Permissions = submission.Permissions,
            ValidUntil = submission.ValidUntil,
        };
        var first = ApplicationTable.After(application.Way, null, ApplicationEvent.Submit, ApplicationActors.Submitter)
            ?? throw new InvalidOperationException("The table has no submission.");
        return (ApplicationRules.Entered(state, id, ApplicationRules.Reached(application, first, now, null), provision, now), null);
    }

    public static (StoredApplication State, Refusal? Refusal) Resubmit(
        StoredApplication state, ApplicationId id, Submission submission, ApplicationRules.Provision provision, DateTimeOffset now)
    {
        if (state.Application is not { } application || application.Submitter != submission.Submitter || application.Kind != submission.Kind)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        if (application.Operation == submission.Operation)
        {
            return application.Fingerprint == submission.Fingerprint ? (state, null) : (state, new Refusal(RefusalCode.IdempotencyConflict));
        }

        // The CA, the enterprise and the fee were judged for that certificate, and it is that one that gets its keys.
        if (application.Predecessor != submission.Predecessor)
        {
            return (state, new Refusal(RefusalCode.InvalidRequest));
        }

        var corrected = application with
        {
            Submission = application.Submission + 1,
            Operation = submission.Operation,
            Fingerprint = submission.Fingerprint,
            Applicant = submission.Applicant,
            Claim = submission.Claim,
            Offer = submission.Offer,
            Permissions = submission.Permissions,
            ValidUntil = submission.ValidUntil,
            RejectionReason = null,
            Letter = null,
            EarlierUploads = ApplicationRules.Earlier(application.Uploads),
            EarlierLetters = ApplicationRules.Earlier(application.Letters),
        };
        if (ApplicationRules.Move(corrected, ApplicationEvent.Resubmit, ApplicationActors.Submitter, now, null) is not { } moved)
        {
            return (state, new Refusal(RefusalCode.ApplicationStateWrong));
        }

        var resubmitted = ApplicationRules.Entered(state, id, moved, provision, now);
        return (application.Kind == ApplicationKind.Claim && submission.Claim.CreditCode != application.Claim.CreditCode
            ? resubmitted with { Outbox = resubmitted.Outbox.Add(ApplicationOutbox.Release, application.Claim.CreditCode.Value, id) }
            : resubmitted, null);
    }

    /// <summary>The same submission again: it must not fail because the catalogue or the enterprise changed since.</summary>
    public static bool IsRepeat(StoredApplication state, Guid operation, string fingerprint) =>
        state.Application is { } application && application.Operation == operation && application.Fingerprint == fingerprint;
}
