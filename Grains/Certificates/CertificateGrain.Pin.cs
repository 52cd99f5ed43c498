using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Certificates;

// The PIN: what comes before its change and its reset, and the count over all certificates of the device.
public sealed partial class CertificateGrain : ICertificatePinGrain
{
    private static readonly TimeSpan SignersPatience = TimeSpan.FromSeconds(2);

    /// <summary>The newest word about wrong PINs that the device has, by its sequence in the outbox.</summary>
    private long countedOnDevice;

    public async Task<Reply<DateTimeOffset>> ApprovePinChange(ApprovePinChange command)
    {
        if (RefuseCaller(command.Caller) is { } stranger)
        {
            return stranger;
        }

        if (Record.Pin?.Change is { } known && known.Operation == command.Operation)
        {
            return known.NotAfter;
        }

        if (!PinHolds() || !await IsNewestAsync())
        {
            return await RefuseAlteredAsync(session: null);
        }

        if (PinChangeRules.RefuseChange(Record, time.GetUtcNow()) is { } refusal)
        {
            return refusal;
        }

        // A crash between the code's use and our write costs nothing: the same operation uses it again.
        if (await UseCodeAsync(SmsCodePurpose.ChangePin, command.Code, command.Operation) is Refused<Nothing>(var wrong))
        {
            return wrong;
        }

        var next = PinChangeRules.Approve(Record, command.Operation, time.GetUtcNow());
        await SaveAsync(next);
        return next.Pin!.Change!.NotAfter;
    }

    public async Task<Reply<PinResetView>> RequestPinReset(RequestPinReset command)
    {
        if (RefuseCaller(command.Caller) is { } stranger)
        {
            return stranger;
        }

        if (Record.Pin?.Reset?.Operation == command.Operation)
        {
            return PinResetRules.View(Record, time.GetUtcNow())!;
        }

        // Nobody waits for what will be refused.
        if (!PinHolds() || !await IsNewestAsync())
        {
            return await RefuseAlteredAsync(session: null);
        }

        await EndRestoredResetAsync();

        // The code last: what is refused anyhow costs the user none.
        var proof = await GrainFactory.User(command.Caller.User).GetLastProof(command.Caller.Device);
        if (PinResetRules.Refuse(Record, proof is Done<DateTimeOffset>(var at) ? at : null, time.GetUtcNow()) is { } refusal)
        {
            return refusal;
        }

        if (await UseCodeAsync(SmsCodePurpose.RecoverPin, command.Code, command.Operation) is Refused<Nothing>(var wrong))
        {
            return wrong;
        }

        var now = time.GetUtcNow();
        await SaveAsync(PinResetRules.Begin(Record, Id, command.Operation, Guid.CreateVersion7(), restores.Declared, now));
        LogResetAsked(Id);
        return PinResetRules.View(Record, now)!;
    }

    public async Task<Reply<PinResetView>> GetPinReset(PinCaller caller)
    {
        if (await RefuseAsync(caller) is { } refusal)
        {
            return refusal;
        }

        await EndRestoredResetAsync();
        return ViewReset();
    }

    public async Task<Reply<PinResetView>> StopPinReset(PinCaller caller)
    {
        if (await RefuseAsync(caller) is { } stranger)
        {
            return stranger;
        }

        var created = Record.Created!;
        var withdrawal = caller.User == created.Holder && caller.Device == created.Device;
        var (next, refusal) = PinResetRules.Stop(Record, Id, withdrawal, time.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        if (!ReferenceEquals(next, Record))
        {
            await SaveAsync(next);
        }

        return ViewReset();
    }

    public async Task<Reply<CertificateTask>> WaivePinReset(PinCaller caller, CertificateFacts administrators)
    {
        if (await RefuseAsync(caller) is { } stranger)
        {
            return stranger;
        }

        // Nobody waives his own wait.
        var created = Record.Created!;
        if (caller.User == created.Holder)
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        if (administrators.Holder != caller.User || administrators.Device != caller.Device || administrators.CreditCode != PinOutbox.EnterpriseOf(created))
        {
            return new Refusal(RefusalCode.CertificateNotEligible);
        }

        await EndRestoredResetAsync();
        return await WaiverAsync() is { } task ? task : new Refusal(RefusalCode.PinResetNone);
    }

    public async Task PinResetWaived(TaskSigned signed)
    {
        // Who signed is looked at again: he may have been administrator when asked and not be it any more.
        var created = Record.Created!;
        if (signed.Holder == created.Holder || !Sm2Certificate.TryParse(signed.SigningCertificate, out var certificate)
            || !certificate.NamesCreditCode(created.CreditCode.Value) || !await IsAdministratorAsync(signed.Holder))
        {
            LogWaiverRefused(Id, signed.Certificate);
            return;
        }

        // Nobody ends the wait of a row that is not the newest.
        if (!PinHolds() || !await IsNewestAsync())
        {
            await RefuseAlteredAsync(session: null);
            return;
        }

        // A repeat, or too late.
        await EndRestoredResetAsync();
        if (await WaiverAsync() is not { } asked || asked.Id != signed.Id)
        {
            return;
        }

        if (!await IsSignedAsync(asked, signed))
        {
            LogWaiverRefused(Id, signed.Certificate);
            await SaveAsync(PinWaiverRules.AskAnew(Record, Guid.CreateVersion7()));
            return;
        }

        await KeepAsync(PinResetRules.Waive(Record, Id, signed.Id, time.GetUtcNow()));
    }

    /// <summary>What the administrator signs; null when nothing waits.</summary>
    private async Task<CertificateTask?> WaiverAsync()
    {
        var member = await GrainFactory.User(Record.Created!.Holder).GetAccount() is Done<Account>(var account) ? account.RealName?.MaskedName : null;
        return PinResetRules.Waiver(Record, Id, member, time.GetUtcNow());
    }

    /// <summary>The other certificate may wait for this one: then the word comes again.</summary>
    private async Task<bool> IsSignedAsync(CertificateTask asked, TaskSigned signed) =>
        await GrainFactory.Certificate(signed.Certificate).GetFacts().WaitAsync(SignersPatience, time) is Done<CertificateFacts>(var signer)
        && PinWaiverRules.IsSigned(asked, signed, signer, await GrainFactory.CaAdapter(signer.Ca).GetTrust(), time.GetUtcNow());

    /// <summary>Null: the message may go on to the core.</summary>
    private async ValueTask<SiloAnswer?> RefusePinAsync(PhoneRequest message, CreateCertificate created, DateTimeOffset now)
    {
        // Guesses that are under way at several certificates in the same instant are all looked at: at most one each.
        if (PinChangeRules.UsesPin(message) && (await GrainFactory.DevicePins(created.Device).GetView()).LockedUntil is { } until)
        {
            return new Locked(new PinLock(until));
        }

        return message is ProofOpen { Purpose: ProofPurpose.PinChange } or PinChangeProof && !PinChangeRules.MayChange(Record, message, now)
            ? new Failed(ProtocolFailure.NotApproved)
            : null;
    }

    /// <summary>
    /// Before anybody is told of a wrong PIN, so that the next guess meets the count. Should this fail, nothing is answered; it is made good before the
    /// next answer, of whichever activation, unless the outbox has done so.
    /// </summary>
    private async ValueTask CountOnDeviceAsync()
    {
        if (Record.Outbox.Items.LastOrDefault(item => item.Kind == PinOutbox.DeviceCount) is not { } item || item.Sequence <= countedOnDevice)
        {
            return;
        }

        // A success takes failures away: nobody guesses more often for its being late.
        if (item.Read<DevicePinCount>() is { Failures: > 0 } count)
        {
            await GrainFactory.DevicePins(new DeviceId(Guid.Parse(item.Target))).Count(count);
        }

        countedOnDevice = item.Sequence;
    }

    private Refusal? RefuseCaller(CertificateCaller caller) =>
        Record.Created is not { } created || caller.User != created.Holder ? new Refusal(RefusalCode.NotFound)
        : caller.Device != created.Device ? new Refusal(RefusalCode.Forbidden)
        : null;

    /// <summary>Any device of the holder; the enterprise's administrator on a device that may act; nobody else learns that there is anything.</summary>
    private async ValueTask<Refusal?> RefuseAsync(PinCaller caller)
    {
        if (Record.Created is not { } created)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (caller.User == created.Holder)
        {
            return null;
        }

        return !await IsAdministratorAsync(caller.User) ? new Refusal(RefusalCode.NotFound)
            : caller.Limited ? new Refusal(RefusalCode.DeviceLimited)
            : null;
    }

    private async ValueTask<bool> IsAdministratorAsync(UserId user) =>
        PinOutbox.EnterpriseOf(Record.Created!) is { } code && await GrainFactory.Enterprise(code).IsAdministrator(user);

    private Task<Reply<Nothing>> UseCodeAsync(SmsCodePurpose purpose, string code, Guid operation) =>
        GrainFactory.User(Record.Created!.Holder).UseCode(purpose, code, $"certificate/{Id}/{operation:D}");

    private Reply<PinResetView> ViewReset() =>
        PinResetRules.View(Record, time.GetUtcNow()) is { } view ? view : new Refusal(RefusalCode.PinResetNone);

    [LoggerMessage(LogLevel.Information, "A PIN reset was asked for at certificate {Certificate}")]
    private partial void LogResetAsked(CertificateId certificate);

    [LoggerMessage(LogLevel.Warning, "Certificate {Certificate}: a waiver signed by certificate {Signer} does not count")]
    private partial void LogWaiverRefused(CertificateId certificate, CertificateId signer);
}
