using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Seals;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Applications;

/// <inheritdoc cref="IApplicationGrain"/>
[GrainType("application")]
public sealed partial class ApplicationGrain : Grain, IApplicationGrain, IOutboxOwner
{
    private readonly IPersistentState<StoredApplication> storage;
    private readonly OutboxDrain<StoredApplication> outbox;
    private readonly CatalogueSource catalogue;
    private readonly PersonalData personalData;
    private readonly IKeyProtector protector;
    private readonly IBlobStore blobs;
    private readonly IDocumentMaker documents;
    private readonly ILetterSealing sealing;
    private readonly IStateErasure erasure;
    private readonly TimeProvider time;
    private readonly ILogger<ApplicationGrain> log;

    /// <summary>What the enterprise is told while a download is on its way into the state: in memory, so that a crash takes it back.</summary>
    private bool downloading;

    public ApplicationGrain(
        [PersistentState("application")] IPersistentState<StoredApplication> storage, OutboxDrains drains,
        CatalogueSource catalogue, PersonalData personalData, IKeyProtector protector, IBlobStore blobs, IDocumentMaker documents, ILetterSealing sealing,
        IStateErasure erasure, TimeProvider time, ILogger<ApplicationGrain> log)
    {
        (this.storage, this.catalogue, this.personalData, this.protector) = (storage, catalogue, personalData, protector);
        (this.blobs, this.documents, this.sealing, this.erasure, this.time, this.log) = (blobs, documents, sealing, erasure, time, log);
        outbox = drains.Attach(this, storage);
    }

    private ApplicationId Id => new(this.GetPrimaryKey());

    public async Task<Reply<ApplicationView>> GetView(UserId caller) =>
        await MayLook(caller) is { } application ? View(application) : new Refusal(RefusalCode.NotFound);

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
        if (await Own(command.Caller) is not { } application)
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
        downloading = true;
        try
        {
            return await DownloadReserved(command);
        }
        finally
        {
            downloading = false;
        }
    }

    public Task<bool> HoldsEnterprise(CreditCode enterprise) => Task.FromResult(
        storage.State.Application is { Kind: ApplicationKind.Claim } application && application.Claim.CreditCode == enterprise
        && (downloading || application.State is ApplicationState.Downloading or ApplicationState.Completed));

    private async Task<Reply<CertificateId>> DownloadReserved(StartDownload command)
    {
        // 1. Is it this application's turn, from this device?
        if (ApplicationDelivery.MayDownload(storage.State, Id, command) is { } refusal)
        {
            return refusal;
        }

        // 2. A claimed enterprise, for this application alone. A crash after this leaves a reservation that the repeat finds to be its own, unless
        // another application has asked for it meanwhile.
        var application = storage.State.Application!;
        if (await Reserve(application) is { } claimed)
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

        // 5. Still its own? An activation that the cluster had given up may have slept since 2, and the next one have said that nobody downloads.
        // From the write on the enterprise hears that this one does.
        if (application.State == ApplicationState.DownloadReady && await Reserve(application) is { } lost)
        {
            return lost;
        }

        // 6. The certificate begins its life. A crash before this is mended by the phone's repeat, which comes here again.
        return await Begin(application, command) is Refused<Nothing>(var conflict) ? conflict : application.Certificate;
    }

    private async Task<Refusal?> Reserve(ApplicationRecord application) =>
        application is { Kind: ApplicationKind.Claim, State: ApplicationState.DownloadReady or ApplicationState.Downloading }
        && await GrainFactory.Enterprise(application.Claim.CreditCode).Reserve(Id) is Refused<Nothing>(var claimed)
            ? claimed
            : null;

    public async Task<Reply<ApplicationView>> Withdraw(UserId caller)
    {
        if (await Own(caller) is null)
        {
            return new Refusal(RefusalCode.NotFound);
        }

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

    public async Task ClaimLost(CreditCode enterprise)
    {
        var toItself = storage.State.Application is { } application
            && await GrainFactory.Enterprise(enterprise).GetAdministrator() is Done<UserId>(var administrator) && administrator == application.Applicant.User;
        await Write(ApplicationRules.Lost(storage.State, Id, enterprise, toItself, time.GetUtcNow()));
    }

    public async Task Expire()
    {
        // A certificate that became active meanwhile tells so itself; a crash after it has ended is mended by the next sweep.
        if (ApplicationRules.Expire(storage.State, Id, time.GetUtcNow()) is { } next && await EndDownload() is null)
        {
            await Write(next);
        }
    }

    public Task DrainOutbox() => outbox.DrainAsync();

    /// <summary>
    /// A refusal when the certificate being downloaded has become active and does not end any more. One that was there before the application
    /// does not end with it at all: what has begun with its keys is finished, unless the certificate has ended or never began.
    /// </summary>
    private async Task<Refusal?> EndDownload() =>
        storage.State.Application is not { State: ApplicationState.Downloading } downloading ? null
        : downloading.Steps.Delivery != Delivery.Download
            ? await GrainFactory.Certificate(downloading.Certificate).Finishes(ApplicationRules.Number(Id, downloading.Submission)) ? new Refusal(RefusalCode.ApplicationStateWrong) : null
        : await GrainFactory.Certificate(downloading.Certificate).Abandon() is Refused<Nothing> { Refusal: { Code: not RefusalCode.NotFound } active }
            ? active
            : null;

    private async Task<ApplicationRules.Provision> Provide(ApplicationRecord application) =>
        new(new OrderId(Guid.CreateVersion7(time.GetUtcNow())), await PersonName(application), null);

    /// <summary>Of a personal certificate; it was proven before anything could be applied for. Null as well when the account is closed meanwhile.</summary>
    private async Task<string?> PersonName(ApplicationRecord application) => !application.IsPersonal ? null
        : await GrainFactory.User(application.Applicant.User).GetPerson() is Done<Person>(var person) ? person.Name : null;

    private async Task<Reply<Nothing>> Begin(ApplicationRecord application, StartDownload command)
    {
        var certificate = GrainFactory.Certificate(application.Certificate);
        var number = ApplicationRules.Number(Id, application.Submission);
        var caller = new CertificateCaller(application.Applicant.User, command.Device);
        if (application.Steps.Delivery == Delivery.Renewal)
        {
            return await certificate.Renew(new RenewCertificate(Id, number, caller));
        }

        var name = await PersonName(application);
        if (name is null && application.IsPersonal)
        {
            return new Refusal(RefusalCode.RealNameRequired);
        }

        var subject = ApplicationRules.Subject(application, name);
        return application.Steps.Delivery is Delivery.Recovery or Delivery.Reissue
            ? await certificate.Rekey(new RekeyCertificate(Id, number, caller, command.DevicePublicKey, subject))
            : await certificate.Create(new CreateCertificate(
                Id, number, application.Applicant.User, command.Device, command.DevicePublicKey,
                application.Claim.CreditCode, subject.CommonName, application.Offer.Ca, application.Offer.CaName, application.Offer.RecognitionGroup, subject));
    }

    private Task Write(StoredApplication next) => ReferenceEquals(next, storage.State) ? Task.CompletedTask : outbox.WriteAsync(next);

    /// <summary>Whoever has something to do with it: the holder, who handed it in, and the enterprise's administrator.</summary>
    private async Task<ApplicationRecord?> MayLook(UserId caller) =>
        await Own(caller) ?? (await IsAdministrator(caller) ? storage.State.Application : null);

    /// <summary>The caller's: what an administrator began for a member is his only as long as he is the administrator.</summary>
    private async Task<ApplicationRecord?> Own(UserId caller) =>
        ApplicationRules.Mine(storage.State, caller) is { } application && (application.Applicant.User == caller || await IsAdministrator(caller)) ? application : null;

    /// <summary>The administrator as of now: he may have changed since the application came.</summary>
    private async Task<bool> IsAdministrator(UserId caller) =>
        storage.State.Application is { Claim.CreditCode: { Value.Length: > 0 } code, Kind: not ApplicationKind.Claim }
        && await GrainFactory.Enterprise(code).GetRole(caller) is Done<Accounts.MemberRole>(Accounts.MemberRole.Administrator);

    private ApplicationView View(ApplicationRecord application) => new(
        Id, application.Kind, application.State, application.Claim.EnterpriseName, application.Claim.CreditCode, application.Offer.Platform,
        application.Offer.Ca, application.Offer.Years, application.Offer.FeeFen, application.RejectionReason, application.Order,
        application.Device is null ? application.Predecessor : application.Certificate, application.Timeline)
    {
        Holder = application.Applicant,
        Permissions = application.Permissions ?? [],
        HasLetter = application.Letter is not null,
        ExpiresAt = application.ExpiresAt,
    };
}
