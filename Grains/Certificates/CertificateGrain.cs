using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;
using Bzt.Protocol;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <inheritdoc cref="ICertificateGrain"/>
/// <remarks>
/// Channels, open rounds and their nonces live in this activation's memory and die with it. Everything a message changes is one write,
/// and only after it anything is answered; when it fails the activation ends and nothing was said.
/// </remarks>
[GrainType("certificate")]
public sealed partial class CertificateGrain : Grain, ICertificateGrain, IOutboxOwner
{
    private readonly IPersistentState<CertificateRecord> stored;
    private readonly OutboxDrain<CertificateRecord> drain;
    private readonly ClusterKeyRings clusterKeys;
    private readonly IKeyProtector protector;
    private readonly INonceSource nonces;
    private readonly IGroupStage stage;
    private readonly IStoreRestores restores;
    private readonly IStateErasure erasure;
    private readonly TimeProvider time;
    private readonly ILogger<CertificateGrain> log;
    private readonly OpenRounds rounds = new();
    private readonly P256DeviceVerifier deviceVerifier = new();
    private readonly OpenWork openWork = new();
    private SiloChannels? channels;

    public CertificateGrain(
        [PersistentState("certificate")] IPersistentState<CertificateRecord> stored, OutboxDrains drains, ClusterKeyRings clusterKeys,
        IKeyProtector protector, INonceSource nonces, IGroupStage stage, IStoreRestores restores, IStateErasure erasure, TimeProvider time,
        ILogger<CertificateGrain> log)
    {
        (this.erasure, this.stored, this.clusterKeys, this.protector, this.nonces, this.stage, this.restores, this.time, this.log) = (erasure, stored, clusterKeys, protector, nonces, stage, restores, time, log);
        drain = drains.Attach(this, stored);
    }

    private CertificateRecord Record => stored.State;

    private CertificateId Id => new(this.GetPrimaryKey());

    public async Task<Reply<byte[]>> Exchange(byte[] message, CertificateCaller caller)
    {
        // 1. The registered device, as the gateway's token says; the channel asks the device's key itself.
        if (Record.Created is not { } created || caller.User != created.Holder)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (caller.Device != created.Device)
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        // 2. The channel: what is not the device's own word goes no further, counts as nothing and changes nothing.
        var now = time.GetUtcNow();
        channels ??= new SiloChannels(Id.ToString(), await clusterKeys.ChannelAsync(), deviceVerifier.Verify, SystemRandom.Instance, nonces);
        switch (channels.Receive(message, new DeviceIdentity(created.Device.ToString(), created.DevicePublicKey), now))
        {
            case Received.Repeat repeat:
                return repeat.Reply;
            case Received.Request request:
                return await AnswerAsync(request, created, now);
            case Received.Rejected rejected:
                LogRejected(Id, rejected.Fault);
                return new Refusal(RefusalCode.ChannelRejected);
            default:
                throw new InvalidOperationException("A channel received something else.");
        }
    }

    public Task DrainOutbox() => drain.DrainAsync();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        rounds.Dispose();
        channels?.Dispose();
        deviceVerifier.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Decide, write, reply.</summary>
    private async Task<Reply<byte[]>> AnswerAsync(Received.Request received, CreateCertificate created, DateTimeOffset now)
    {
        var message = received.Message;
        var session = CertificateRules.SessionOf(message);
        using var step = session is { Value: var flow } ? Telemetry.Step(flow, "certificate " + message.GetType().Name) : null;

        // 3. An ended or frozen certificate serves nothing any more, and the session it was to serve learns so; a lock is the core's answer.
        if (Record.StateAt(now) is CertificateState.Expired or CertificateState.Revoked or CertificateState.Frozen or CertificateState.Abandoned
            && message is not (ResumeOpen or Resume))
        {
            await EndSessionAsync(session, SessionEnd.CertificateUnusable);
            return Record.StateAt(now) == CertificateState.Frozen ? received.Reply(new Frozen()) : new Refusal(RefusalCode.CertificateUnusable);
        }

        // Neither a count that was set back in the store nor a row from before the tries gives anybody another guess.
        if (!PinHolds() || !await IsNewestAsync())
        {
            return await RefuseAlteredAsync(session);
        }

        await CountOnDeviceAsync();
        await EndRestoredResetAsync();

        // The device's own lock, and what has to come before another PIN.
        if (await RefusePinAsync(message, created, now) is { } refusedPin)
        {
            return received.Reply(refusedPin);
        }

        if (!MayGoOn(message, now))
        {
            return received.Reply(new Failed(ProtocolFailure.SessionEnded));
        }

        // Before a PIN is looked at: the user went on with another certificate, and this one's round is gone.
        if (message is PinProvedRequest && session is { } left && openWork.IsRelinquished(left))
        {
            return new Refusal(RefusalCode.SessionOtherCertificate);
        }

        // 4. What an opening message is about: the session's documents, the certificate's own request, the CA's envelope.
        RoundWork? work = null;
        if (KeyShareServer.WorkNeeded(message) is { } requestId)
        {
            var found = await FindWorkAsync(requestId, session, created);
            if (found is Refused<FoundWork>(var refusal))
            {
                return refusal;
            }

            work = ((Done<FoundWork>)found).Value.Work;
        }

        // 5. Decide.
        var decision = await Server(created).HandleAsync(Record.Shares, rounds, message, work, now);
        var known = session is { } named ? (message is SessionSign ? offered : openWork).Find(named) : null;
        if (decision.Effect is RoundEffect.StateLost lost)
        {
            return received.Reply(await LoseStateAsync(lost, decision.Answer, now));
        }

        // Signatures of a sealing session change no share: what they change is the count, and the evidence.
        if (ReferenceEquals(decision.State, Record.Shares) && decision.Effect is not RoundEffect.SessionSignaturesReleased)
        {
            // A message that breaks the protocol ends the session it was about; the attempt is not a PIN try.
            if (message is PinProvedRequest && known is not null && decision.Answer is Failed { Reason: not ProtocolFailure.Unexpected })
            {
                await EndSessionAsync(session, SessionEnd.ProtocolFailure);
            }

            return received.Reply(decision.Answer);
        }

        // 6. What ended meanwhile gets nothing: neither a signature nor a word about the PIN. A wrong one counts all the same: what a decision did to the
        // rounds in memory shows from outside, so that whoever ends his own requests would guess as often as he likes.
        var over = decision.Effect is not null && await IsOverAsync(decision.Effect, message, session, known, created, now);
        if (over && decision.Effect is not RoundEffect.PinFailed)
        {
            return received.Reply(new Failed(ProtocolFailure.SessionEnded));
        }

        // 7. One write: result, evidence, epoch, count, messages. Then the answer.
        var next = PinChangeRules.Follow(Record, CertificateRules.Apply(Record, Id, decision, known, now, over), Id, message, decision, now);
        await SaveAsync(RestoreRules.Follow(Record, next, restores.Declared));
        if (decision.Effect is RoundEffect.CopySuspected)
        {
            Telemetry.CertificateFrozen();
        }

        if (decision.Effect is RoundEffect.PinFailed)
        {
            Telemetry.PinFailed();
            await CountOnDeviceAsync();
        }

        if (Record.RevokedAt is not null)
        {
            rounds.Dispose();
        }

        return received.Reply(over ? new Failed(ProtocolFailure.SessionEnded) : decision.Answer);
    }

    private Task EndSessionAsync(SessionId? session, SessionEnd end) => session is { } id
        ? GrainFactory.QrSession(id).Fail(Record.Created!.Holder, end)
        : Task.CompletedTask;

    /// <summary>A write after which the key of the open rounds is not there any more; unchanged is not written.</summary>
    private async Task EndKeyAsync(CertificateRecord next)
    {
        if (!ReferenceEquals(next, Record))
        {
            // A renewal that failed ends no key.
            if (!ReferenceEquals(next.Shares, Record.Shares))
            {
                rounds.Dispose();
            }

            await SaveAsync(next);
        }
    }

    /// <summary>The one write. What ends or locks the certificate ends its sealing sessions in it.</summary>
    private async Task SaveAsync(CertificateRecord next)
    {
        await WriteAsync(SealingRules.Follow(next, time.GetUtcNow()));
        CloseEndedSealings();
    }

    /// <remarks>
    /// A count that was altered in the store, or a row that was put back, is never sealed anew: only a key that is made anew gets a seal again. The row is
    /// not read again here: what is to be written was decided on the one in memory, and another activation's write makes this one fail.
    /// </remarks>
    private async Task WriteAsync(CertificateRecord next)
    {
        var isOurs = next.Shares is null || next.Shares.KeygenTranscript != Record.Shares?.KeygenTranscript
            || (PinHolds() && (isNewest = isNewest || await LeadsEvidenceAsync()));
        await drain.WriteAsync(isOurs ? PinSeal.Put(protector, Id, Record, next) : next);
        if (!isOurs)
        {
            Telemetry.StateAltered();
            LogAltered(Id, next.Shares?.Pin.Failures ?? 0);
        }
    }

    [LoggerMessage(LogLevel.Information, "A message to certificate {Certificate} was rejected: {Fault}")]
    private partial void LogRejected(CertificateId certificate, ChannelFault fault);
}
