using System.Text.Json;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Applications;

// Submissions and corrections: what has to be looked up, encrypted and drawn before the rules decide.
public sealed partial class ApplicationGrain
{
    private const string NameField = "legal-representative/name";
    private const string IdNumberField = "legal-representative/id-number";

    private string Person => $"application/{Id}";

    public Task<Reply<ApplicationView>> SubmitClaim(SubmitClaim command) => Accept(AsApplication(command), ApplicationSubmissions.Submit);

    public Task<Reply<ApplicationView>> ResubmitClaim(SubmitClaim command) => Resubmit(AsApplication(command));

    public Task<Reply<ApplicationView>> Submit(SubmitApplication command) => Accept(command, ApplicationSubmissions.Submit);

    public async Task<Reply<ApplicationView>> Resubmit(SubmitApplication command) => storage.State.Application?.Submitter == command.Caller
        ? await Accept(command, ApplicationSubmissions.Resubmit)
        : new Refusal(RefusalCode.NotFound);

    private delegate (StoredApplication State, Refusal? Refusal) Acceptance(
        StoredApplication state, ApplicationId id, Submission submission, ApplicationRules.Provision provision, DateTimeOffset now);

    private async Task<Reply<ApplicationView>> Accept(SubmitApplication command, Acceptance decide)
    {
        var fingerprint = Fingerprint(command);
        if (ApplicationSubmissions.IsRepeat(storage.State, command.Operation, fingerprint))
        {
            return View(storage.State.Application!);
        }

        var now = time.GetUtcNow();
        switch (await new ApplicationAdmission(GrainFactory, catalogue.Current, now).AdmitAsync(command))
        {
            case Refused<Admission>(var refused):
                return refused;
            case Done<Admission>(var admission):
                var submission = new Submission(
                    command.Operation, fingerprint, command.Holder, Seal(command, admission), admission.Offer, new CertificateId(Guid.CreateVersion7(now)))
                {
                    Kind = admission.Kind,
                    SubmittedBy = command.Caller == command.Holder.User ? null : command.Caller,
                    Predecessor = command.Certificate,
                    Permissions = admission.Permissions,
                    ValidUntil = admission.ValidUntil,
                };
                var provision = new ApplicationRules.Provision(new OrderId(Guid.CreateVersion7(now)), admission.PersonName, admission.Administrator);
                var (next, refusal) = decide(storage.State, Id, submission, provision, now);
                if (refusal is not null)
                {
                    return refusal;
                }

                // Last, so that what is refused otherwise enters nothing. A crash after it leaves an application that is not there, and so not under way.
                if (admission.Kind == ApplicationKind.Claim
                    && await GrainFactory.Claimant(admission.CreditCode, command.Caller).Enter(Id) is Refused<Nothing>(var open))
                {
                    return open;
                }

                await Write(next);
                return View(next.Application!);
            default:
                throw new InvalidOperationException("An admission that is neither done nor refused.");
        }
    }

    private ClaimFacts Seal(SubmitApplication command, Admission admission)
    {
        if (command.LegalRepresentative is not { } person)
        {
            return new ClaimFacts(admission.EnterpriseName, admission.CreditCode, null, null, null, command.LicenceBlobId, command.FormBlobId);
        }

        var key = personalData.NewKey(Person);
        return new ClaimFacts(
            admission.EnterpriseName, admission.CreditCode, key,
            personalData.Seal(Person, key, NameField, person.Name), personalData.Seal(Person, key, IdNumberField, person.IdNumber),
            command.LicenceBlobId, command.FormBlobId);
    }

    // Keyed: the ID number in it could be guessed from a plain hash.
    private string Fingerprint(SubmitApplication command) =>
        protector.KeyedHash("application/submission", JsonSerializer.SerializeToUtf8Bytes(command, StateJson.Options));

    private static SubmitApplication AsApplication(SubmitClaim claim) => new(claim.Operation, ApplicationKind.Claim, claim.Applicant.User, claim.Applicant)
    {
        EnterpriseName = claim.EnterpriseName,
        CreditCode = claim.CreditCode,
        LegalRepresentative = claim.LegalRepresentative,
        LicenceBlobId = claim.LicenceBlobId,
        FormBlobId = claim.FormBlobId,
        Platform = claim.Platform,
        Ca = claim.Ca,
        Years = claim.Years,
    };
}
