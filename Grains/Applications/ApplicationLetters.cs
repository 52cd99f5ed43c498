using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains.Certificates;
using Bzt.Grains.Seals;
using Bzt.Protocol.Forms;

namespace Bzt.Grains.Applications;

/// <summary>The authorisation letter, from 确认并盖章 to 确认: pure.</summary>
public static class ApplicationLetters
{
    /// <summary>The kind of outbox item by which the certificate tells that the letter is signed.</summary>
    public const string SignedKind = "application/letter-signed";

    /// <summary>A letter's seal carries the time at which it was asked for: it must not be older than this when the PIN is entered.</summary>
    public static readonly TimeSpan TimeToSign = TimeSpan.FromMinutes(30);

    /// <summary>Between approval and download a certificate may wait; the letter covers that as well.</summary>
    private static readonly TimeSpan TimeToDownload = TimeSpan.FromDays(240);

    public const string Name = "授权书.pdf";

    public static DateTimeOffset Until(ApplicationRecord application, DateTimeOffset now) =>
        Second(now) + TimeSpan.FromDays(365 * application.Offer.Years) + TimeToDownload;

    /// <summary>The letter that is there already and may still be signed with that certificate.</summary>
    public static AuthorisationLetter? Waiting(ApplicationRecord application, BeginSeal command, DateTimeOffset now) =>
        application.Letter is { Sealed: null } letter && letter.Certificate == command.Certificate && letter.By == command.Caller && now < letter.ExpiresAt
            ? letter
            : null;

    /// <summary>What the administrator is to sign, beside the seal in the letter itself.</summary>
    /// <param name="application">Which.</param>
    /// <param name="enterpriseName">As it stands in the certificate that signs.</param>
    /// <param name="letterDigest">SM3 of the letter.</param>
    /// <param name="now">When.</param>
    public static AuthorisationForm Form(ApplicationRecord application, string enterpriseName, byte[] letterDigest, DateTimeOffset now) => new(
        enterpriseName, application.Claim.CreditCode.Value, $"{application.Applicant.MaskedName}（{application.Applicant.MaskedPhoneNumber}）",
        application.Offer.PlatformName, Scope(application), Second(now), Until(application, now), Name, letterDigest);

    public static AuthorisationLetterFacts Facts(ApplicationId id, ApplicationRecord application, PrintedPerson person, DateOnly today) => new(
        ApplicationRules.Number(id, application.Submission), application.Claim.EnterpriseName, application.Claim.CreditCode, person,
        ApplicationTexts.Matter(application), Scope(application), application.Offer.PlatformName, application.Offer.CaName, today, null);

    public static CertificateTask Task(ApplicationId id, AuthorisationLetter letter) => new(
        letter.Task, SignedKind, id.ToString(),
        [new TaskDocument(SigningForms.Authorisation, letter.Authorisation), new TaskDocument(SigningForms.CmsPdf, letter.SealForm)], letter.ExpiresAt);

    /// <summary>A new letter waits for its seal; one that waited for another certificate's is forgotten there.</summary>
    public static (StoredApplication State, Refusal? Refusal) Begin(StoredApplication state, ApplicationId id, AuthorisationLetter letter)
    {
        if (state.Application is not { State: ApplicationState.SealDue } application)
        {
            return (state, new Refusal(RefusalCode.ApplicationStateWrong));
        }

        var outbox = application.Letter is { Sealed: null } forgotten
            ? state.Outbox.Add(ApplicationOutbox.WithdrawLetter, forgotten.Certificate.ToString(), forgotten.Task)
            : state.Outbox;
        return (ApplicationRules.Become(state with { Outbox = outbox }, id, application with { Letter = letter }), null);
    }

    /// <summary>The letter that this signature belongs to; null for a repeat, and for one that came too late.</summary>
    public static AuthorisationLetter? Expected(StoredApplication state, TaskSigned signed) =>
        state.Application is { State: ApplicationState.SealDue, Letter: { } letter } && letter.Task == signed.Id && letter.Certificate == signed.Certificate
        && letter.By == signed.Holder
            ? letter
            : null;

    public static StoredApplication Sealed(StoredApplication state, ApplicationId id, SealedLetter seal, DateTimeOffset now)
    {
        var application = state.Application!;
        return ApplicationRules.Move(application, ApplicationEvent.Seal, ApplicationActors.Certificate, now, null) is { } moved
            ? ApplicationRules.Become(state, id, moved with { Letter = application.Letter! with { Sealed = seal } })
            : state;
    }

    /// <summary>确认</summary>
    public static (StoredApplication State, Refusal? Refusal) Confirm(
        StoredApplication state, ApplicationId id, ApplicationRules.Provision provision, DateTimeOffset now) => state.Application switch
        {
            { State: ApplicationState.SealDue } => (state, new Refusal(RefusalCode.LetterNotSealed)),
            { State: ApplicationState.CaReview or ApplicationState.PrepaymentDue, Letter.Sealed: not null } => (state, null),
            { } application when ApplicationRules.Move(application, ApplicationEvent.Confirm, ApplicationActors.Administrator, now, "授权书已盖章提交") is { } confirmed =>
                (ApplicationRules.Entered(state, id, confirmed, provision, now), null),
            _ => (state, new Refusal(RefusalCode.ApplicationStateWrong)),
        };

    /// <summary>The administrator himself may do everything.</summary>
    private static IReadOnlyList<string> Scope(ApplicationRecord application) =>
        [.. (application.Permissions is { Count: > 0 } asked ? asked : Enum.GetValues<AuthorisationScope>()).Select(ApplicationTexts.Of)];

    private static DateTimeOffset Second(DateTimeOffset now) => DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
}
