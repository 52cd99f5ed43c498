using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// The phone's side of a sealing session (会话签章), steps A1 to A4. It holds d1 in memory, never in the store; the phone
/// stays online, for nothing it deposits lets the server finish alone. Each commitment is answered once.
/// Safe for concurrent use: the user may confirm something else while pushed requests are answered.
/// </summary>
public sealed class SealingPhone : IDisposable
{
    private readonly string keyId;
    private readonly string deviceId;
    private readonly IRandomSource random;
    private readonly Dictionary<string, Deposit> deposits = [];
    private readonly Point publicKey;
    private readonly Lock gate = new();
    private SecretScalar share;
    private volatile bool disposed;

    internal SealingPhone(string keyId, string deviceId, string sessionId, PhoneKeyRecord record, StretchedPin pin, IRandomSource random)
    {
        (this.keyId, this.deviceId, this.random, SessionId, Epoch, publicKey) = (keyId, deviceId, random, sessionId, record.Epoch, record.PublicKey);
        share = pin.Unblind(record.BlindedShare);
    }

    /// <summary>The session.</summary>
    public string SessionId { get; }

    /// <summary>The epoch of the share in memory.</summary>
    public int Epoch { get; private set; }

    /// <summary>Commitments not used yet.</summary>
    public int Unused
    {
        get
        {
            lock (gate)
            {
                return deposits.Count;
            }
        }
    }

    /// <summary>The channel its messages go through, one message a signature; null before the first and after a loss.</summary>
    internal IPhoneConversation? Conversation { get; set; }

    internal bool IsDisposed => disposed;

    /// <summary>A1: commitments for the next <paramref name="count"/> signatures.</summary>
    public SessionDeposit Commit(int count)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var commitments = new List<byte[]>();
            for (var i = 0; i < count; i++)
            {
                var w1 = SecretScalar.Random(random);
                var q1 = Sm2Group.MultiplyBase(w1.Value);
                var salt = random.Bytes(32);
                var commitment = Signing.Commitment(keyId, deviceId, Epoch, Scope(SessionId), [q1], salt);
                deposits.Add(Convert.ToHexString(commitment), new(w1, q1, salt));
                commitments.Add(commitment);
            }

            return new(SessionId, Epoch, commitments);
        }
    }

    /// <summary>
    /// A3: the phone's part for one offer, if <paramref name="allow"/> finds what is to be signed within the bounds the
    /// user confirmed. Null: not allowed, not ours, or not proven; the commitments are used up all the same.
    /// </summary>
    public SessionSign? Answer(SessionOffer offer, Func<IReadOnlyList<SigningForm>, bool> allow)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(allow);
        lock (gate)
        {
            var taken = offer.SessionId == SessionId && !disposed ? Take(offer.Commitments) : null;
            if (taken is null)
            {
                return null;
            }

            try
            {
                return Answer(offer, taken, allow);
            }
            finally
            {
                taken.ForEach(deposit => deposit.W1.Dispose());
            }
        }
    }

    /// <summary>A3.1 The digests e of what an offer would have signed: a session's count goes by them.</summary>
    public IReadOnlyList<byte[]> DigestsOf(IReadOnlyList<SigningForm> forms) => [.. forms.Select(form => form.Digest(publicKey))];

    /// <summary>A4 arrives: whether every signature verifies under P for what the offer said.</summary>
    public bool Verify(SessionOffer offer, SessionSigned answer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(answer);
        return answer.Signatures.Count == offer.Opened.Documents.Count && answer.Signatures.Zip(offer.Opened.Documents).All(pair =>
            SigningForm.TryDecode(pair.Second, out var form) && pair.First.Verify(publicKey, form.Digest(publicKey)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            share.Dispose();
            Forget();
            Conversation?.Dispose();
        }
    }

    internal void CloseConversation()
    {
        Conversation?.Dispose();
        Conversation = null;
    }

    internal static string Scope(string sessionId) => "session/" + sessionId;

    /// <summary>A confirmation in between moved the epoch: the share moves along, the commitments are made anew.</summary>
    internal void Move(Refresh refresh, int epoch)
    {
        lock (gate)
        {
            if (disposed || epoch != Epoch)
            {
                return;
            }

            var moved = new SecretScalar(share.Value * refresh.Rho);
            share.Dispose();
            (share, Epoch) = (moved, epoch + 1);
            Forget();
        }
    }

    /// <summary>All of them, each for the last time; null, and all the same for the last time, when one is not there.</summary>
    private List<Deposit>? Take(IReadOnlyList<byte[]> commitments)
    {
        var taken = new List<Deposit>();
        foreach (var commitment in commitments)
        {
            if (deposits.Remove(Convert.ToHexString(commitment), out var deposit))
            {
                taken.Add(deposit);
            }
        }

        if (taken.Count == commitments.Count && taken.Count > 0)
        {
            return taken;
        }

        taken.ForEach(deposit => deposit.W1.Dispose());
        return null;
    }

    private SessionSign? Answer(SessionOffer offer, List<Deposit> taken, Func<IReadOnlyList<SigningForm>, bool> allow)
    {
        // A3.1 What is signed is decoded here, and within the bounds the user confirmed.
        var opened = offer.Opened;
        if (opened.Documents.Count != taken.Count || opened.W2.Count != taken.Count)
        {
            return null;
        }

        var forms = new List<SigningForm>();
        foreach (var document in opened.Documents)
        {
            if (!SigningForm.TryDecode(document, out var form) || !form.IsFor(publicKey))
            {
                return null;
            }

            forms.Add(form);
        }

        if (!allow(forms))
        {
            return null;
        }

        // A3.2 The proof, as in a round the user looks at.
        var digests = forms.Select(form => form.Digest(publicKey)).ToArray();
        var context = Signing.ProofContext(
            keyId, deviceId, Epoch, offer.RequestId, opened.RoundId, SessionOffer.CommitmentOf(offer.Commitments), digests);
        if (!opened.Proof.Verify(opened.W2, context))
        {
            return null;
        }

        var inverse = share.Value.Invert();
        var parts = taken.Select((deposit, i) =>
        {
            var point = deposit.Q1 + Sm2Group.MultiplyBlinded(inverse, opened.W2[i], random);
            var r = Scalar.Reduce(digests[i]) + (point.IsInfinity ? default : point.X);
            return new SessionPart(deposit.Salt, new(deposit.Q1, share.Value * (r + deposit.W1.Value)));
        }).ToArray();
        return new(SessionId, offer.RequestId, Epoch, opened.RoundId, parts);
    }

    private void Forget()
    {
        foreach (var deposit in deposits.Values)
        {
            deposit.W1.Dispose();
        }

        deposits.Clear();
    }

    private sealed record Deposit(SecretScalar W1, Point Q1, byte[] Salt);
}

/// <summary>The open sessions of one key on a phone, whoever confirms with that key: a refresh moves them all along.</summary>
public sealed class SealingPhones
{
    private readonly Lock gate = new();
    private readonly List<SealingPhone> open = [];

    internal void Add(SealingPhone session)
    {
        lock (gate)
        {
            open.RemoveAll(known => known.IsDisposed);
            open.Add(session);
        }
    }

    internal void Move(Refresh refresh, int epoch)
    {
        lock (gate)
        {
            open.ForEach(session => session.Move(refresh, epoch));
        }
    }
}
