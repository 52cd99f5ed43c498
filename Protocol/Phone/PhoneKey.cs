using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Phone;

/// <summary>
/// The phone's role for one key: generates it, opens rounds, confirms them with a PIN, and picks up what a lost answer
/// left behind. It holds no secret between calls, but for open sealing sessions. Results are <see cref="SiloAnswer"/> values; expected refusals among
/// them (<see cref="WrongPin"/>, <see cref="Locked"/>, <see cref="Frozen"/>, …).
/// </summary>
/// <remarks>
/// When an answer is lost and asking for it fails too, <see cref="PhoneLinkException"/> comes through; the attempt stays
/// in the store, and whatever is called next resumes it first.
/// </remarks>
public sealed partial class PhoneKey
{
    /// <summary>How often a void round is opened again before giving up.</summary>
    private const int MaxOpenings = 4;

    private readonly string keyId;
    private readonly string deviceId;
    private readonly IPhoneKeyStore store;
    private readonly IPhoneLink link;
    private readonly IRandomSource random;
    private readonly SealingPhones sessions;

    /// <summary>The role for one key on this device.</summary>
    /// <param name="keyId">The key.</param>
    /// <param name="deviceId">This device.</param>
    /// <param name="store">Where its record rests.</param>
    /// <param name="link">The way to the silo.</param>
    /// <param name="random">Randomness.</param>
    /// <param name="sessions">The open sessions of this key, when others than this object confirm too; null keeps its own.</param>
    public PhoneKey(string keyId, string deviceId, IPhoneKeyStore store, IPhoneLink link, IRandomSource random, SealingPhones? sessions = null)
    {
        (this.keyId, this.deviceId, this.store, this.link, this.random) = (keyId, deviceId, store, link, random);
        this.sessions = sessions ?? new SealingPhones();
    }

    /// <summary>What is stored, for showing and for <see cref="PhoneKeyRecord.Stretch"/>; null when there is no key.</summary>
    public ValueTask<PhoneKeyRecord?> ReadAsync() => store.UpdateAsync(keyId, record => (record, record));

    /// <summary>
    /// Generates the key (K1 to K4) and stores the phone's half: <see cref="KeygenConfirmed"/>, or a refusal, after
    /// which it may be called again.
    /// </summary>
    public async ValueTask<SiloAnswer> GenerateAsync(StretchedPin pin)
    {
        using var round = new KeygenPhone(keyId, deviceId, random);
        using var conversation = await link.BeginAsync("keygen");
        var answer = await conversation.SendAsync(round.Commit());
        if (answer is not KeygenShare share)
        {
            return answer;
        }

        if (round.Reveal(share, pin, random) is not { } reveal)
        {
            return new Failed(ProtocolFailure.AnswerInvalid);
        }

        answer = await conversation.SendAsync(reveal);
        if (answer is not KeygenConfirmed confirmed)
        {
            return answer;
        }

        if (round.Complete(confirmed, pin) is not { } record)
        {
            return new Failed(ProtocolFailure.AnswerInvalid);
        }

        return await store.UpdateAsync<SiloAnswer>(keyId, _ => (record, confirmed));
    }

    /// <summary>
    /// Asks what became of an attempt without an answer (R0 to R3) and settles it. Null when there was none and phone
    /// and silo are in step.
    /// </summary>
    public async ValueTask<SiloAnswer?> ResumeAsync()
    {
        var (answer, pending, epoch) = await AskAsync();
        return pending is null ? (answer is Acknowledged ? null : answer) : await SettleAsync(pending, epoch, answer, null);
    }

    /// <summary>A challenge may not count any more when it is answered (R3.1): another tab asked for one, or the server's clock was set. Then once more.</summary>
    private async ValueTask<(SiloAnswer Answer, PendingAttempt? Pending, int Epoch)> AskAsync()
    {
        var asked = await AskOnceAsync();
        return asked.Answer is Failed { Reason: ProtocolFailure.Unexpected } ? await AskOnceAsync() : asked;
    }

    private async ValueTask<(SiloAnswer Answer, PendingAttempt? Pending, int Epoch)> AskOnceAsync()
    {
        using var conversation = await link.BeginAsync("resume");
        var opened = await conversation.SendAsync(new ResumeOpen());
        if (opened is not Challenge challenge)
        {
            return (opened, null, 0);
        }

        // R2 The store is read after the challenge arrived: what is signed now is not older than the challenge.
        var record = await RequireAsync();
        var answer = await conversation.SendAsync(new Resume(challenge.Nonce, record.Epoch, record.Pending));
        return (answer, record.Pending, record.Epoch);
    }

    /// <summary>
    /// Applies an answer to the store, if the attempt it answers is still the one that waits there. Another tab may have
    /// been faster; then nothing is applied twice. Only a success, <see cref="WrongPin"/> and <see cref="Voided"/> are
    /// definite; after anything else α stays, for the attempt might still succeed.
    /// </summary>
    private async ValueTask<SiloAnswer> SettleAsync(
        PendingAttempt pending, int epoch, SiloAnswer answer, Func<PhoneKeyRecord, PhoneKeyRecord>? alongside)
    {
        var grant = answer switch
        {
            Signed a => a.Refresh,
            EnvelopePartial a => a.Refresh,
            Proved a => a.Refresh,
            _ => null,
        };
        var refresh = grant is null ? null : new Refresh(pending.Alpha, grant.Beta, epoch);
        if (grant is not null && !refresh!.Matches(grant))
        {
            return new Failed(ProtocolFailure.AnswerInvalid);
        }

        answer = await store.UpdateAsync(keyId, record =>
        {
            if (record?.Pending is not { } waiting || waiting.RequestId != pending.RequestId ||
                !waiting.Alpha.AsSpan().SequenceEqual(pending.Alpha))
            {
                return (record, answer);
            }

            if (refresh is not null)
            {
                var moved = record.Apply(refresh, grant!);
                return (alongside is null ? moved : alongside(moved), answer);
            }

            return (answer is WrongPin or Voided ? record with { Pending = null } : record, answer);
        });
        if (refresh is not null)
        {
            sessions.Move(refresh, epoch);
        }

        return answer;
    }

    private async ValueTask<PhoneKeyRecord> RequireAsync() =>
        await ReadAsync() ?? throw new InvalidOperationException("There is no key on this phone.");

    /// <summary>Opens a round, resuming first where that is needed. Null when it is open.</summary>
    private async ValueTask<SiloAnswer?> OpenAsync(PinProvedRound round)
    {
        for (var opening = 0; opening < MaxOpenings; opening++)
        {
            var record = await RequireAsync();
            if (record.Pending is not null && Blocks(await ResumeAsync()) is { } blocked)
            {
                return blocked;
            }

            record = await RequireAsync();
            round.Conversation?.Dispose();
            round.Conversation = await link.BeginAsync(round.RequestId);
            var refusal = await round.OpenAsync(record);
            if (refusal is EpochMismatch or SiloBehind)
            {
                refusal = Blocks(await ResumeAsync()) ?? refusal;
            }

            if (refusal is not (EpochMismatch or SigningCount))
            {
                return refusal;
            }
        }

        return new Failed(ProtocolFailure.Unexpected);
    }

    /// <summary>Outcomes of resuming after which no round can be opened.</summary>
    private static SiloAnswer? Blocks(SiloAnswer? resumed) => resumed is Frozen or SiloBehind or Failed ? resumed : null;

    /// <summary>The user's confirmation: one PIN try, repeated without asking only when the attempt before is void.</summary>
    private async ValueTask<SiloAnswer> ProveAsync(PinProvedRound round, StretchedPin pin)
    {
        for (var opening = 0; opening < MaxOpenings; opening++)
        {
            if (!round.IsOpen && await OpenAsync(round) is { } refusal)
            {
                return refusal;
            }

            // α and the request are stored before anything leaves: whatever happens then can be asked for later.
            var pending = new PendingAttempt(round.RequestId, random.Bytes(32));
            var ready = await store.UpdateAsync(keyId, record => record switch
            {
                null => throw new InvalidOperationException("There is no key on this phone."),
                { Pending: not null } => (record, Readiness.Stale),
                _ when record.Epoch != round.Epoch => (record, Readiness.Stale),
                _ when !record.Stretch.IsSameAs(pin.Stretch) => (record, Readiness.PinStretchOutdated),
                _ => (record with { Pending = pending }, Readiness.Ready),
            });
            if (ready == Readiness.PinStretchOutdated)
            {
                return new Failed(ProtocolFailure.PinStretchOutdated);
            }

            if (ready == Readiness.Stale)
            {
                round.IsOpen = false;
                continue;
            }

            var answer = await SendAsync(round, round.Finish(pin, pending.Alpha), pending, pin);
            if (answer is not (Voided or EpochMismatch))
            {
                return answer;
            }
        }

        return new Failed(ProtocolFailure.Unexpected);
    }

    private async ValueTask<SiloAnswer> SendAsync(PinProvedRound round, PinProvedRequest message, PendingAttempt pending, StretchedPin pin)
    {
        round.IsOpen = false;
        SiloAnswer answer;
        try
        {
            answer = await round.Conversation!.SendAsync(message);
        }
        catch (PhoneLinkException)
        {
            // Lost: ask for the outcome. If this is lost too, the store remembers.
            (answer, _, _) = await AskAsync();
        }

        answer = await SettleAsync(pending, message.Epoch, answer, round.Alongside(pin));
        return round.Verify(answer) ? answer : new Failed(ProtocolFailure.AnswerInvalid);
    }

    private enum Readiness
    {
        Ready,
        Stale,
        PinStretchOutdated,
    }
}

/// <summary>A round as <see cref="PhoneKey"/> drives it.</summary>
internal abstract class PinProvedRound(string requestId) : IDisposable
{
    public string RequestId { get; } = requestId;

    public IPhoneConversation? Conversation { get; set; }

    /// <summary>Whether a confirmation can be sent: opened, and not used up.</summary>
    public bool IsOpen { get; set; }

    public abstract int Epoch { get; }

    /// <summary>Opens (again) under the record's epoch. Null on success.</summary>
    public abstract ValueTask<SiloAnswer?> OpenAsync(PhoneKeyRecord record);

    public abstract PinProvedRequest Finish(StretchedPin pin, byte[] alpha);

    /// <summary>Whether an answer is what the silo owes; refusals always are.</summary>
    public abstract bool Verify(SiloAnswer answer);

    /// <summary>What changes in the store together with the epoch.</summary>
    public virtual Func<PhoneKeyRecord, PhoneKeyRecord>? Alongside(StretchedPin pin) => null;

    public virtual void Dispose() => Conversation?.Dispose();
}
