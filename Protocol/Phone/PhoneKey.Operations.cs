using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Phone;

/// <summary>A request for decryption that the user looks at. Dispose it when he leaves.</summary>
public sealed class PhoneDecryption : IDisposable
{
    private readonly DecryptionRound round;
    private readonly Func<StretchedPin, ValueTask<SiloAnswer>> confirm;

    internal PhoneDecryption(DecryptionRound round, Func<StretchedPin, ValueTask<SiloAnswer>> confirm) => (this.round, this.confirm) = (round, confirm);

    /// <summary>What is to be decrypted and for whom, with the check code, to be shown as it is.</summary>
    public DecryptionTask Task => round.Task;

    /// <summary>Helps decrypt all of it: <see cref="Proved"/>, or a refusal. After <see cref="WrongPin"/> it may be called again.</summary>
    public ValueTask<SiloAnswer> ConfirmAsync(StretchedPin pin) => confirm(pin);

    /// <inheritdoc/>
    public void Dispose() => round.Dispose();
}

public sealed partial class PhoneKey
{
    /// <summary>
    /// Opens a request for decryption (D0, D1). <paramref name="binding"/> is <see cref="DecryptionTask.Binding"/> from
    /// the QR code, read by the app's own scanner; never from a push or a link.
    /// </summary>
    public async ValueTask<Opening<PhoneDecryption>> OpenDecryptionAsync(string requestId, byte[] binding)
    {
        var round = new DecryptionRound(keyId, deviceId, requestId, binding, random);
        if (await OpenAsync(round) is { } refusal)
        {
            round.Dispose();
            return new(null, refusal);
        }

        return new(new(round, pin => ProveAsync(round, pin)), null);
    }

    /// <summary>
    /// Takes an encryption key from the CA's envelope (E0 to E5): <see cref="Acknowledged"/>, or a refusal. May be repeated after a lost answer.
    /// </summary>
    /// <param name="requestId">The arrival.</param>
    /// <param name="pin">The PIN.</param>
    /// <param name="checkCertificate">Verifies the certificate to a pinned root, with the signing certificate's subject, and returns its key, or null.</param>
    /// <param name="further">Ids of further certificates of that very key, each as verified: it arrives under all of them at once. A silo that does not
    /// take one of them leaves it to an arrival of its own.</param>
    public async ValueTask<SiloAnswer> ReceiveEncryptionKeyAsync(
        string requestId, StretchedPin pin, Func<EnvelopeTask, Point?> checkCertificate, Func<EnvelopeTask, IReadOnlyList<string>>? further = null)
    {
        ArgumentNullException.ThrowIfNull(pin);
        using var round = new EnvelopeRound(keyId, deviceId, requestId, checkCertificate, random);
        var answer = await ProveAsync(round, pin);
        if (answer is not EnvelopePartial partial)
        {
            return answer;
        }

        // What this phone has already is not put at risk for what a server says of it.
        var active = (await RequireAsync()).EncryptionKeys.Where(key => key.IsActive).Select(key => key.Id);
        string[] ids = [round.Task.EncryptionKeyId, .. (further?.Invoke(round.Task) ?? []).Except(active).Except([round.Task.EncryptionKeyId])];
        var epoch = round.Epoch + 1;
        var shares = Split(round, pin, partial.T2, epoch, ids);
        try
        {
            answer = new Failed(ProtocolFailure.AnswerInvalid);
            foreach (var share in shares)
            {
                var isFurther = share != shares[0];
                var stored = await StoreAsync(round, share, epoch, isFurther);
                answer = isFurther ? answer : stored;
                if (stored is not Acknowledged)
                {
                    return answer;
                }
            }

            return answer;
        }
        finally
        {
            shares.ForEach(share => share.Dispose());
        }
    }

    /// <summary>E4: the key is whole here, and nowhere across a wait. None when the silo's part is not what it owes.</summary>
    private List<ArrivedShares> Split(EnvelopeRound round, StretchedPin pin, Point t2, int epoch, string[] ids)
    {
        using var whole = round.Open(pin, t2);
        if (whole is null)
        {
            return [];
        }

        var publicKey = Sm2Group.MultiplyBase(whole.Value);
        return [.. ids.Select(id => ArrivedShares.Split(
            whole, publicKey, id, pin, EncryptionKeyArrival.Context(keyId, deviceId, round.RequestId, epoch, id, publicKey), random))];
    }

    /// <summary>uE is stored before a2 leaves; the key counts once the server acknowledged. A further one that is refused is as if it had not been.</summary>
    private async ValueTask<SiloAnswer> StoreAsync(EnvelopeRound round, ArrivedShares share, int epoch, bool isFurther)
    {
        var key = share.Key;
        var stored = await store.UpdateAsync(keyId, record => record!.Epoch == epoch && record.Pending is null
            ? (record with { EncryptionKeys = [.. record.EncryptionKeys.Where(k => k.Id != key.Id), key] }, true)
            : (record, false));
        if (!stored)
        {
            return new Failed(ProtocolFailure.Unexpected);
        }

        var answer = await round.Conversation!.SendAsync(new EncryptionKeyStore(round.RequestId, epoch, key.Id, share.A2.Value, share.Proof));
        if (answer is Acknowledged)
        {
            await store.UpdateAsync(keyId, record => (
                record! with { EncryptionKeys = [.. record.EncryptionKeys.Select(k => k.Id == key.Id ? k with { IsActive = true } : k)] }, true));
        }
        else if (isFurther)
        {
            await store.UpdateAsync(keyId, record => (record! with { EncryptionKeys = [.. record.EncryptionKeys.Where(k => k.Id != key.Id || k.IsActive)] }, true));
        }

        return answer;
    }

    /// <summary>Changes the PIN (P0 to P5): <see cref="Proved"/>, or a refusal. When the answer was lost the old PIN still holds.</summary>
    public async ValueTask<SiloAnswer> ChangePinAsync(StretchedPin pin, StretchedPin replacement)
    {
        var requestId = "pin/" + Convert.ToHexString(random.Bytes(16));
        using var round = new PinChangeRound(keyId, deviceId, requestId, replacement, random);
        var answer = await ProveAsync(round, pin);
        if (answer is Proved)
        {
            // Another tab may have settled the attempt first, without the new PIN: then the old one holds.
            if ((await RequireAsync()).MaskNumber != round.DepositNumber)
            {
                return new Failed(ProtocolFailure.Unexpected);
            }

            try
            {
                await round.Conversation!.SendAsync(new DepositConfirm(round.DepositNumber));
            }
            catch (PhoneLinkException)
            {
                // The server keeps both deposits until the next change: nothing is lost.
            }
        }

        return answer;
    }

    /// <summary>
    /// Sets a new PIN after a forgotten one (F0, F1, then as a change), once the release was approved under
    /// <paramref name="requestId"/>: <see cref="Proved"/>, or a refusal.
    /// </summary>
    public async ValueTask<SiloAnswer> RecoverPinAsync(string requestId, StretchedPin replacement)
    {
        ArgumentNullException.ThrowIfNull(replacement);
        if (Blocks(await ResumeAsync()) is { } blocked)
        {
            return blocked;
        }

        var record = await RequireAsync();
        SiloAnswer answer;
        using (var conversation = await link.BeginAsync(requestId))
        {
            answer = await conversation.SendAsync(new ResumeOpen());
            if (answer is Challenge)
            {
                answer = await conversation.SendAsync(new DepositFetch(requestId, record.MaskNumber));
            }
        }

        if (answer is not DepositReleased released || released.Number != record.MaskNumber)
        {
            return answer is DepositReleased ? new Failed(ProtocolFailure.AnswerInvalid) : answer;
        }

        using var pin = StretchedPin.FromDeposit(record.Stretch, released.Deposit, record.Mask);
        replacement.Companion = pin;
        return await ChangePinAsync(pin, replacement);
    }

    /// <summary>
    /// Begins a sealing session on this phone, right after the PIN entry that signed its bounds succeeded. Its
    /// messages go through <see cref="SendAsync"/>. Whoever began it disposes it.
    /// </summary>
    public async ValueTask<SealingPhone> BeginSessionAsync(string sessionId, StretchedPin pin)
    {
        var session = new SealingPhone(keyId, deviceId, sessionId, await RequireAsync(), pin, random);
        sessions.Add(session);
        return session;
    }

    /// <summary>
    /// Sends a message of a sealing session, in the channel it keeps: one message a signature. After a loss the next one opens another;
    /// the same message may be sent again, for it is answered once.
    /// </summary>
    public async ValueTask<SiloAnswer> SendAsync(SealingPhone session, PhoneRequest request)
    {
        ArgumentNullException.ThrowIfNull(session);
        try
        {
            if (session.Conversation is null)
            {
                session.Conversation = await link.BeginAsync(session.SessionId);
                var opened = await session.Conversation.SendAsync(new ResumeOpen());
                if (opened is not Challenge)
                {
                    session.CloseConversation();
                    return opened;
                }
            }

            return await session.Conversation.SendAsync(request);
        }
        catch
        {
            session.CloseConversation();
            throw;
        }
    }
}
