using System.Text.Json;
using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Applications;

/// <inheritdoc cref="IApplicationGrain"/>
[GrainType("application")]
public sealed class ApplicationGrain : Grain, IApplicationGrain, IOutboxOwner
{
    private readonly IPersistentState<StoredApplication> storage;
    private readonly OutboxDrain<StoredApplication> outbox;
    private readonly CatalogueSource catalogue;
    private readonly PersonalData personalData;
    private readonly IKeyProtector protector;
    private readonly TimeProvider time;

    public ApplicationGrain(
        [PersistentState("application")] IPersistentState<StoredApplication> storage, OutboxDrains drains,
        CatalogueSource catalogue, PersonalData personalData, IKeyProtector protector, TimeProvider time)
    {
        (this.storage, this.catalogue, this.personalData, this.protector, this.time) = (storage, catalogue, personalData, protector, time);
        outbox = drains.Attach(this, storage);
    }

    private ApplicationId Id => new(this.GetPrimaryKey());

    public Task<Reply<ApplicationView>> SubmitClaim(SubmitClaim command) => Accept(command, ApplicationRules.Submit);

    public Task<Reply<ApplicationView>> ResubmitClaim(SubmitClaim command) => ApplicationRules.Mine(storage.State, command.Applicant.User) is null
        ? Task.FromResult<Reply<ApplicationView>>(new Refusal(RefusalCode.NotFound))
        : Accept(command, ApplicationRules.Resubmit);

    public Task<Reply<ApplicationView>> GetView(UserId caller) => Task.FromResult<Reply<ApplicationView>>(
        ApplicationRules.Mine(storage.State, caller) is { } application ? View(application) : new Refusal(RefusalCode.NotFound));

    public async Task<Reply<ReviewedPersons>> GetForReview(string applicationNumber)
    {
        if (storage.State.Application is not { } application || ApplicationRules.Number(Id, application.Submission) != applicationNumber)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (await GrainFactory.User(application.Applicant.User).GetPerson() is not Done<Person>(var holder))
        {
            return new Refusal(RefusalCode.RealNameRequired);
        }

        var claim = application.Claim;
        var legalRepresentative = claim is { WrappedKey: { } key, SealedName: { } name, SealedIdNumber: { } idNumber }
            ? new LegalRepresentative(personalData.Open(Person, key, NameField, name), personalData.Open(Person, key, IdNumberField, idNumber))
            : null;
        return new ReviewedPersons(legalRepresentative, holder);
    }

    public async Task<Reply<OrderView>> Pay(StartPayment command)
    {
        if (ApplicationRules.Mine(storage.State, command.Caller) is not { } application)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (application.Order is not { } order)
        {
            return new Refusal(RefusalCode.ApplicationStateWrong);
        }

        // The outbox opens it as well; whoever is first, it is the same order.
        await GrainFactory.Order(order).Open(ApplicationRules.OrderOf(Id, application));
        return await GrainFactory.Order(order).Pay(command);
    }

    public async Task<Reply<CertificateId>> Download(StartDownload command)
    {
        // 1. Is it this application's turn, from this device?
        if (ApplicationDelivery.MayDownload(storage.State, Id, command) is { } refusal)
        {
            return refusal;
        }

        // 2. A claimed enterprise, for this application alone. A crash after this leaves a reservation that the repeat finds to be its own.
        var application = storage.State.Application!;
        if (application is { State: ApplicationState.DownloadReady, Kind: ApplicationKind.Claim }
            && await GrainFactory.Enterprise(application.Claim.CreditCode).Reserve(Id) is Refused<Nothing>(var claimed))
        {
            return claimed;
        }

        // 3. Begun on another device: the certificate says whether it may still begin anew, and does.
        if (application is { State: ApplicationState.Downloading, Device: { } device } && device.Device != command.Device
            && await Begin(application, command) is Refused<Nothing>(var tooLate))
        {
            return tooLate;
        }

        // 4. The decision.
        await Write(ApplicationDelivery.Download(storage.State, Id, command, time.GetUtcNow()).State);

        // 5. The certificate begins its life. A crash before this is mended by the phone's repeat, which comes here again.
        return await Begin(application, command) is Refused<Nothing>(var conflict) ? conflict : application.Certificate;
    }

    public async Task<Reply<ApplicationView>> Withdraw(UserId caller)
    {
        var (next, refusal) = ApplicationRules.Withdraw(storage.State, Id, caller, time.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        // A crash after the certificate has ended is mended by the applicant's repeat.
        if (await EndDownload() is { } active)
        {
            return active;
        }

        await Write(next);
        return View(next.Application!);
    }

    public async Task Reviewed(ApplicationReviewed review)
    {
        if (storage.State.Application is { } application)
        {
            await Write(ApplicationRules.Reviewed(storage.State, Id, review, await Provide(application), time.GetUtcNow()));
        }
    }

    public async Task Paid(OrderId order)
    {
        if (storage.State.Application is { } application)
        {
            await Write(ApplicationRules.Paid(storage.State, Id, order, await Provide(application), time.GetUtcNow()));
        }
    }

    public Task CertificateActivated(CertificateId certificate) => Write(ApplicationDelivery.Activated(storage.State, Id, certificate, time.GetUtcNow()));

    public Task IssuanceFailed(IssuanceFailure failure) => Write(
        ApplicationDelivery.IssuanceFailed(storage.State, Id, failure, new CertificateId(Guid.CreateVersion7(time.GetUtcNow())), time.GetUtcNow()));

    public Task ClaimLost(CreditCode enterprise) => Write(ApplicationRules.Lost(storage.State, Id, enterprise, time.GetUtcNow()));

    public async Task Expire()
    {
        // A certificate that became active meanwhile tells so itself; a crash after it has ended is mended by the next sweep.
        if (ApplicationRules.Expire(storage.State, Id, time.GetUtcNow()) is { } next && await EndDownload() is null)
        {
            await Write(next);
        }
    }

    public Task DrainOutbox() => outbox.DrainAsync();

    private delegate (StoredApplication State, Refusal? Refusal) Acceptance(
        StoredApplication state, ApplicationId id, ApplicationRules.Submission submission, ApplicationRules.Provision provision, DateTimeOffset now);

    private async Task<Reply<ApplicationView>> Accept(SubmitClaim command, Acceptance decide)
    {
        var fingerprint = Fingerprint(command);
        if (ApplicationRules.IsRepeat(storage.State, command.Operation, fingerprint))
        {
            return View(storage.State.Application!);
        }

        if (ChosenOffer.Find(catalogue.Current, command.Platform, command.Ca, command.Years) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        if ((await GrainFactory.Enterprise(command.CreditCode).GetView()).Claimed)
        {
            return new Refusal(RefusalCode.EnterpriseClaimed);
        }

        var now = time.GetUtcNow();
        var submission = new ApplicationRules.Submission(
            command.Operation, fingerprint, command.Applicant, Seal(command), offer, new CertificateId(Guid.CreateVersion7(now)));
        var (next, refusal) = decide(storage.State, Id, submission, new ApplicationRules.Provision(NewOrder(), null, null), now);
        if (refusal is not null)
        {
            return refusal;
        }

        await Write(next);
        return View(next.Application!);
    }

    /// <summary>A refusal when the certificate being downloaded has become active and does not end any more.</summary>
    private async Task<Refusal?> EndDownload() =>
        storage.State.Application is { State: ApplicationState.Downloading } downloading
        && await GrainFactory.Certificate(downloading.Certificate).Abandon() is Refused<Nothing> { Refusal: { Code: not RefusalCode.NotFound } active }
            ? active
            : null;

    private async Task<ApplicationRules.Provision> Provide(ApplicationRecord application) => new(NewOrder(), await PersonName(application), null);

    private OrderId NewOrder() => new(Guid.CreateVersion7(time.GetUtcNow()));

    /// <summary>Of a personal certificate; it was proven before anything could be applied for, and is never taken back.</summary>
    private async Task<string?> PersonName(ApplicationRecord application) => application.Claim.CreditCode.Value.Length > 0 ? null
        : await GrainFactory.User(application.Applicant.User).GetPerson() is Done<Person>(var person) ? person.Name
        : throw new InvalidOperationException("A personal application of somebody without a real name.");

    private const string NameField = "legal-representative/name";
    private const string IdNumberField = "legal-representative/id-number";

    private string Person => $"application/{Id}";

    private ClaimFacts Seal(SubmitClaim command)
    {
        var key = personalData.NewKey(Person);
        return new ClaimFacts(
            command.EnterpriseName, command.CreditCode, key,
            personalData.Seal(Person, key, NameField, command.LegalRepresentative.Name),
            personalData.Seal(Person, key, IdNumberField, command.LegalRepresentative.IdNumber),
            command.LicenceBlobId, command.FormBlobId);
    }

    // Keyed: the ID number in it could be guessed from a plain hash.
    private string Fingerprint(SubmitClaim command) =>
        protector.KeyedHash("application/submission", JsonSerializer.SerializeToUtf8Bytes(command, StateJson.Options));

    private async Task<Reply<Nothing>> Begin(ApplicationRecord application, StartDownload command) =>
        await GrainFactory.Certificate(application.Certificate).Create(NewCertificate(application, command, await PersonName(application)));

    private CreateCertificate NewCertificate(ApplicationRecord application, StartDownload command, string? personName) => new(
        Id, ApplicationRules.Number(Id, application.Submission), application.Applicant.User, command.Device, command.DevicePublicKey,
        application.Claim.CreditCode, application.Claim.EnterpriseName, application.Offer.Ca, application.Offer.CaName, application.Offer.RecognitionGroup,
        ApplicationRules.Subject(application, personName));

    private Task Write(StoredApplication next) => ReferenceEquals(next, storage.State) ? Task.CompletedTask : outbox.WriteAsync(next);

    private ApplicationView View(ApplicationRecord application) => new(
        Id, application.Kind, application.State, application.Claim.EnterpriseName, application.Claim.CreditCode, application.Offer.Platform,
        application.Offer.Ca, application.Offer.Years, application.Offer.FeeFen, application.RejectionReason, application.Order,
        application.Device is null ? null : application.Certificate, application.Timeline);
}
