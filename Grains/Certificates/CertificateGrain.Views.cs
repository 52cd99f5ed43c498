using Bzt.Contracts.Phone;
using Bzt.Grains.Evidence;
using Bzt.Protocol.Rounds;

namespace Bzt.Grains.Certificates;

// What the certificate tells of itself: to its holder, to the service, and as evidence.
public sealed partial class CertificateGrain
{
    public async Task<Reply<CertificateView>> GetView(CertificateCaller caller)
    {
        if (Record.Created is not { } created || caller.User != created.Holder)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await CountOnDeviceAsync();
        var view = View(created, caller, await GrainFactory.DevicePins(created.Device).GetView(), time.GetUtcNow());
        return view with { Remedy = await RemedyAsync(view) };
    }

    public Task<Reply<CertificateFacts>> GetFacts() => Task.FromResult<Reply<CertificateFacts>>(
        Record.Created is { } created ? Facts(created, time.GetUtcNow()) : new Refusal(RefusalCode.NotFound));

    public async Task<Reply<SignedEvidenceHead>> GetEvidenceHead(CertificateCaller caller) =>
        Record.Created?.Holder == caller.User
            ? await clusterKeys.SignAsync(Id, Record.Evidence!, time.GetUtcNow())
            : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SessionEvidence>> GetSessionEvidence(SessionId session)
    {
        if (Record.Evidence is not { Sequence: > 0 } log)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var records = new List<EvidenceRecord>();
        for (var page = EvidencePages.PageOf(log.Sequence); page >= 0; page--)
        {
            records.InsertRange(0, await GrainFactory.Evidence(Id, page).Read());
            if (EvidenceReceipts.Find(records, session) is { } found)
            {
                // The newest records may still be on their way out of this state's outbox: then it is asked for again.
                return records[^1].Sequence < log.Sequence ? new Refusal(RefusalCode.NotFound)
                    : EvidenceReceipts.LogAt(Id, records, found, log) is { } then
                        ? new SessionEvidence(found, await clusterKeys.SignAsync(Id, then, time.GetUtcNow()))
                        : throw new InvalidOperationException("The evidence chain does not lead to its head.");
            }
        }

        return new Refusal(RefusalCode.NotFound);
    }

    private CertificateView View(CreateCertificate created, CertificateCaller caller, DevicePinsView device, DateTimeOffset now)
    {
        var pin = Record.Shares?.Pin ?? new PinCounter();
        var facts = Facts(created, now);
        var deviceLock = facts.State is CertificateState.Active or CertificateState.Locked && !pin.IsLockedForGood ? device.LockedUntil : null;
        var certificateLock = pin.LockAt(now)?.Until;
        return new CertificateView(
            deviceLock is null ? facts : facts with { State = CertificateState.Locked },
            caller.Device == created.Device,
            Math.Min(PinTries.BeforeNextLock(pin.Failures), device.TriesLeft),
            certificateLock is null || deviceLock > certificateLock ? deviceLock : certificateLock,
            pin.Failures, Math.Max(0, PinCounter.FailuresForGood - pin.Failures), pin.IsLockedForGood, deviceLock)
        {
            Arriving = CertificateLife.Arriving(Record),
            Renewal = CertificateLife.View(Record),
            Recoverable = CertificateLife.IsRecoverable(Record, caller.Device == created.Device, now),
            ExpiresSoon = facts.State == CertificateState.Active && Record.SigningCertificate is { } signing && ExpiryRules.IsSoon(signing.NotAfter, now),
        };
    }

    private async ValueTask<CertificateRemedy?> RemedyAsync(CertificateView view) => CertificateRemedies.Of(view) switch
    {
        RemedyKind.Wait => new(RemedyKind.Wait, Until: view.LockedUntil, FeeFen: 0),
        RemedyKind.Recovery => new(RemedyKind.Recovery, FeeFen: CertificateRemedies.RecoveryFee(await GrainFactory.Catalogue().Get(), view.Facts)),
        { } byYears => new(byYears, NeedsAdministrator: PinOutbox.EnterpriseOf(Record.Created!) is not null && !await IsAdministratorAsync(view.Facts.Holder)),
        null => null,
    };

    private CertificateFacts Facts(CreateCertificate created, DateTimeOffset now) => new(
        Id, Record.StateAt(now), created.Holder, created.Device, created.CreditCode, created.EnterpriseName, created.Ca, created.CaName,
        created.RecognitionGroup, Record.IssuedFacts, Record.Shares?.PublicKey)
    {
        EncryptionSerials = [.. (Record.Shares?.EncryptionKeys ?? []).Select(key => key.Id).Reverse()],
        CreatedAt = Record.CreatedAt,
    };
}
