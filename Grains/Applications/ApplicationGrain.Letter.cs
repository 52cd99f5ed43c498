using System.Security.Cryptography;
using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Seals;
using Bzt.Protocol.Primitives;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Applications;

// The administrator's turn: agreement, the letter and its seal, and handing the application to the CA.
public sealed partial class ApplicationGrain
{
    private const long LetterLimit = 4 * 1024 * 1024;
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public Task<Reply<ApplicationView>> Agree(UserId caller) => AsAdministrator(caller, (provision, now) => ApplicationRules.Agree(storage.State, Id, provision, now));

    public Task<Reply<ApplicationView>> Refuse(UserId caller, string reason) =>
        AsAdministrator(caller, (_, now) => ApplicationRules.Refuse(storage.State, Id, reason, now));

    public Task<Reply<ApplicationView>> Confirm(UserId caller) =>
        AsAdministrator(caller, (provision, now) => ApplicationLetters.Confirm(storage.State, Id, provision, now));

    public async Task<Reply<LetterTask>> BeginSeal(BeginSeal command)
    {
        // 1. The administrator's turn?
        if (!await IsAdministrator(command.Caller))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (storage.State.Application is not { State: ApplicationState.SealDue } application)
        {
            return new Refusal(RefusalCode.ApplicationStateWrong);
        }

        // 2. With a certificate of the enterprise in the administrator's own hand.
        if (await GrainFactory.Certificate(command.Certificate).GetFacts() is not Done<CertificateFacts>(
                { State: CertificateState.Active, Issued: { } issued } facts)
            || facts.Holder != command.Caller || facts.CreditCode != application.Claim.CreditCode)
        {
            return new Refusal(RefusalCode.CertificateNotEligible);
        }

        // 3. The letter, kept before anybody is asked to sign it. A repeat finds it.
        var now = time.GetUtcNow();
        if (ApplicationLetters.Waiting(application, command, now) is not { } letter)
        {
            letter = await WriteLetter(application, command, facts, issued, now);
            var (next, refusal) = ApplicationLetters.Begin(storage.State, Id, letter);
            if (refusal is not null)
            {
                return refusal;
            }

            if (application.Letter is { Sealed: null } forgotten)
            {
                await blobs.ReleaseAsync(Person, new BlobId(forgotten.BlobId));
            }

            await Write(next);
        }

        // 4. The certificate is asked. A crash before this is mended by the repeat.
        return await GrainFactory.Certificate(command.Certificate).Ask(ApplicationLetters.Task(Id, letter)) is Refused<Nothing>(var cannot)
            ? cannot
            : new LetterTask(command.Certificate, letter.Task);
    }

    public async Task LetterSigned(TaskSigned signed)
    {
        if (ApplicationLetters.Expected(storage.State, signed) is not { } letter)
        {
            return;
        }

        // Handed over meanwhile: the new administrator seals anew.
        if (!await IsAdministrator(signed.Holder) || await SealLetter(letter, signed) is not { } blob)
        {
            LogNotSealed(Id);
            return;
        }

        await Write(ApplicationLetters.Sealed(
            storage.State, Id, new SealedLetter(blob, signed.Signatures[0], signed.SigningCertificate, signed.At), time.GetUtcNow()));
    }

    public async Task<Reply<LetterFile>> GetLetter(UserId caller) =>
        await MayLook(caller) is { Letter: { } letter } ? new LetterFile(Person, letter.Sealed?.BlobId ?? letter.BlobId) : new Refusal(RefusalCode.NotFound);

    private async Task<AuthorisationLetter> WriteLetter(
        ApplicationRecord application, BeginSeal command, CertificateFacts facts, IssuedFacts issued, DateTimeOffset now)
    {
        var person = await GrainFactory.User(application.Applicant.User).GetPerson() is Done<Person>(var holder)
            ? holder
            : throw new InvalidOperationException("An application of somebody without a real name.");
        var account = (Done<Account>)await GrainFactory.User(application.Applicant.User).GetAccount();

        // Name in full, numbers masked: a letter goes through more hands than the application's own file.
        var pdf = await documents.AuthorisationLetterAsync(ApplicationLetters.Facts(
            Id, application, new PrintedPerson(person.Name, account.Value.RealName!.MaskedIdNumber, account.Value.MaskedPhoneNumber),
            DateOnly.FromDateTime(now.ToOffset(Shanghai).DateTime)));
        var prepared = await sealing.PrepareAsync(new Seals.LetterToSeal(
            pdf, ApplicationLetters.Name, application.Claim.EnterpriseName, await LetterSeals.FindAsync(GrainFactory, blobs, application.Claim.CreditCode),
            issued.SigningCertificate, now));
        var form = ApplicationLetters.Form(application, facts.EnterpriseName, Sm3.Hash(pdf), now);
        return new AuthorisationLetter(
            Guid.CreateVersion7(now), command.Certificate, command.Caller, await Keep(prepared.Pdf), form.ToDocument().Content, prepared.Form.ToDocument().Content,
            form.NotAfter, now + ApplicationLetters.TimeToSign);
    }

    /// <summary>Null when the signature is not the letter's, or the letter or the certificate's chain is not there any more: then it is sealed anew.</summary>
    private async Task<string?> SealLetter(AuthorisationLetter letter, TaskSigned signed)
    {
        using var prepared = new MemoryStream();
        if (!await blobs.ReadAsync(Person, new BlobId(letter.BlobId), prepared)
            || await GrainFactory.Certificate(letter.Certificate).GetFacts() is not Done<CertificateFacts>({ Issued: { } issued }))
        {
            return null;
        }

        try
        {
            return await Keep(await sealing.CompleteAsync(prepared.ToArray(), letter.SealForm, signed.Signatures[1], signed.SigningCertificate, issued.Chain));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private async Task<string> Keep(byte[] pdf) => await blobs.PutAsync(Person, new MemoryStream(pdf), LetterLimit) is PutBlob.Stored(var id, _)
        ? id.Value
        : throw new InvalidOperationException("A letter is larger than a letter can be.");

    private async Task<Reply<ApplicationView>> AsAdministrator(
        UserId caller, Func<ApplicationRules.Provision, DateTimeOffset, (StoredApplication State, Refusal? Refusal)> decide)
    {
        if (!await IsAdministrator(caller))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var (next, refusal) = decide(await Provide(storage.State.Application!), time.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        await Write(next);
        return View(next.Application!);
    }

    [LoggerMessage(EventId = 304, Level = LogLevel.Warning, Message = "The signature of the letter of application {Application} is not used; it is to be sealed again.")]
    private partial void LogNotSealed(ApplicationId application);
}
