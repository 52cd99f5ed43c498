using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// A request pushed to a phone in a sealing session (A2): what to sign, the server's nonce point, and the deposited
/// commitment it goes with. It needs no secrecy, and a forged one gets nothing: its answer goes to the silo alone.
/// </summary>
public sealed record SessionOffer(string SessionId, string RequestId, byte[] Commitment, SigningOpened Opened)
{
    /// <summary>The exact bytes.</summary>
    public byte[] Encode() => new WireWriter().Text(SessionId).Text(RequestId).Fixed(Commitment).Bytes(Opened.Encode()).ToArray();

    /// <summary>Reads exactly one offer.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out SessionOffer? offer)
    {
        var r = new WireReader(bytes);
        var (session, request, commitment, opened) = (r.Text(), r.Text(), r.Fixed(32), r.Bytes());
        offer = r.Complete && SiloAnswer.TryParse(opened, out var answer) && answer is SigningOpened { W2.Count: 1 } one
            ? new(session, request, commitment, one)
            : null;
        return offer is not null;
    }
}

/// <summary>
/// The phone's side of a sealing session (会话签章), steps A1 to A4. It holds d1 in memory, never in the store; the phone
/// stays online, for nothing it deposits lets the server finish alone. Each commitment is answered once.
/// </summary>
public sealed class PhoneSession : IDisposable
{
    private readonly string keyId;
    private readonly string deviceId;
    private readonly IRandomSource random;
    private readonly Dictionary<string, Deposit> deposits = [];
    private readonly Point publicKey;
    private SecretScalar share;
    private bool disposed;

    internal PhoneSession(string keyId, string deviceId, string sessionId, PhoneKeyRecord record, StretchedPin pin, IRandomSource random)
    {
        (this.keyId, this.deviceId, this.random, SessionId, Epoch, publicKey) = (keyId, deviceId, random, sessionId, record.Epoch, record.PublicKey);
        share = pin.Unblind(record.BlindedShare);
    }

    /// <summary>The session.</summary>
    public string SessionId { get; }

    /// <summary>The epoch of the share in memory.</summary>
    public int Epoch { get; private set; }

    /// <summary>Commitments not used yet.</summary>
    public int Unused => deposits.Count;

    /// <summary>A1: commitments for the next <paramref name="count"/> signatures.</summary>
    public SessionDeposit Commit(int count)
    {
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

    /// <summary>
    /// A3: the phone's part for one offer, if <paramref name="allow"/> finds what is to be signed within the bounds the
    /// user confirmed. Null: not allowed, not ours, or not proven; the commitment is used up all the same.
    /// </summary>
    public SessionSign? Answer(SessionOffer offer, Func<SigningForm, bool> allow)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(allow);
        if (offer.SessionId != SessionId || !deposits.Remove(Convert.ToHexString(offer.Commitment), out var deposit))
        {
            return null;
        }

        using (deposit.W1)
        {
            var opened = offer.Opened;
            if (opened.Documents.Count != 1 || opened.W2.Count != 1 || !SigningForm.TryDecode(opened.Documents[0], out var form) ||
                !form.IsFor(publicKey) || !allow(form))
            {
                return null;
            }

            var digest = form.Digest(publicKey);
            var context = Signing.ProofContext(keyId, deviceId, Epoch, offer.RequestId, opened.RoundId, offer.Commitment, [digest]);
            if (!opened.Proof.Verify(opened.W2, context))
            {
                return null;
            }

            var point = deposit.Q1 + Sm2Group.MultiplyBlinded(share.Value.Invert(), opened.W2[0], random);
            var r = Scalar.Reduce(digest) + (point.IsInfinity ? default : point.X);
            return new(SessionId, offer.RequestId, Epoch, opened.RoundId, deposit.Salt, new(deposit.Q1, share.Value * (r + deposit.W1.Value)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        share.Dispose();
        Forget();
    }

    internal static string Scope(string sessionId) => "session/" + sessionId;

    /// <summary>A confirmation in between moved the epoch: the share moves along, the commitments are made anew.</summary>
    internal void Move(Refresh refresh, int epoch)
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

/// <summary>A sealing session with automatic confirmation, on the server: volatile like every round.</summary>
internal sealed class OpenSession : IDisposable
{
    public const int MaxCommitments = 256;

    public required string SessionId { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public int Epoch { get; set; }

    public Queue<byte[]> Commitments { get; } = [];

    public Dictionary<string, OpenSigning> Rounds { get; } = [];

    public void DropRounds()
    {
        foreach (var round in Rounds.Values)
        {
            round.Dispose();
        }

        Rounds.Clear();
        Commitments.Clear();
    }

    public void Dispose() => DropRounds();
}

public sealed partial class KeyShareServer
{
    /// <summary>
    /// A0: opens a session on this activation, after the user's one PIN entry signed its bounds. A lock, a wrong part or
    /// <see cref="EndSession"/> ends it; so does the activation.
    /// </summary>
    public static void BeginSession(OpenRounds rounds, string sessionId, DateTimeOffset until)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        EndSession(rounds, sessionId);
        rounds.Sessions.Add(sessionId, new() { SessionId = sessionId, Expires = until });
    }

    /// <summary>Ends a session at once: from the phone, the administrator, or because a bound was reached.</summary>
    public static void EndSession(OpenRounds rounds, string sessionId)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        if (rounds.Sessions.Remove(sessionId, out var session))
        {
            session.Dispose();
        }
    }

    /// <summary>A2: takes the next deposited commitment for one document; null when the session ended or has none left.</summary>
    public SessionOffer? Offer(KeyShareState state, OpenRounds rounds, string sessionId, string requestId, SigningDocument document, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(rounds);
        rounds.DropExpired(now);
        if (!rounds.Sessions.TryGetValue(sessionId, out var session) || Refuse(state, session.Epoch, now) is not null || state.IsFrozen ||
            session.Rounds.ContainsKey(requestId) || !session.Commitments.TryDequeue(out var commitment))
        {
            return null;
        }

        // A2.1 e before W2, one W2 for one commitment: a second offer for it would be half of an attack.
        var publicKey = PublicKeyOf(state);
        byte[][] digests = [SigningForm.TryDecode(document, out var form) && form.IsFor(publicKey)
            ? form.Digest(publicKey)
            : throw new ArgumentException("A document that does not decode was let in.", nameof(document))];
        using var d2 = UnsealShare(state, session.Epoch);
        var taken = TakeNonces(d2, publicKey, 1);
        var roundId = random.Bytes(Signing.RoundIdLength);
        Point[] w2 = [taken[0].Point];
        var context = Signing.ProofContext(keyId, deviceId, session.Epoch, requestId, roundId, commitment, digests);
        var opened = new SigningOpened(roundId, [document], w2, Prove(taken, w2, context));
        session.Rounds.Add(requestId, new()
        {
            RequestId = requestId,
            Epoch = session.Epoch,
            Expires = session.Expires,
            RoundId = roundId,
            Commitment = commitment,
            Digests = digests,
            Nonces = taken,
            Answer = opened,
        });
        return new(sessionId, requestId, commitment, opened);
    }

    private static Decision Handle(KeyShareState state, OpenRounds rounds, SessionDeposit request, DateTimeOffset now)
    {
        if (Refuse(state, request.Epoch, now) is { } refusal)
        {
            return new(state, refusal);
        }

        if (!rounds.Sessions.TryGetValue(request.SessionId, out var session))
        {
            return new(state, new Failed(ProtocolFailure.SessionEnded));
        }

        if (session.Epoch != request.Epoch)
        {
            session.DropRounds();
            session.Epoch = request.Epoch;
        }

        foreach (var commitment in request.Commitments.Take(OpenSession.MaxCommitments - session.Commitments.Count))
        {
            session.Commitments.Enqueue(commitment);
        }

        return new(state, new Acknowledged());
    }

    private async ValueTask<Decision> HandleAsync(KeyShareState state, OpenRounds rounds, SessionSign request, DateTimeOffset now)
    {
        if (Refuse(state, request.Epoch, now) is { } refusal)
        {
            return new(state, refusal);
        }

        if (!rounds.Sessions.TryGetValue(request.SessionId, out var session) || !session.Rounds.Remove(request.RequestId, out var round))
        {
            return new(state, new Failed(ProtocolFailure.SessionEnded));
        }

        using (round)
        {
            var opened = Signing.Commitment(
                keyId, deviceId, request.Epoch, PhoneSession.Scope(request.SessionId), [request.Part.Q1], request.Salt);
            if (round.Epoch != request.Epoch || !round.RoundId.AsSpan().SequenceEqual(request.RoundId) ||
                !CryptographicOperations.FixedTimeEquals(opened, round.Commitment))
            {
                return new(state, new Failed(ProtocolFailure.CommitmentBroken));
            }

            using var d2 = UnsealShare(state, request.Epoch);
            var signatures = await CompleteAsync(PublicKeyOf(state), d2, round.Nonces, round.Digests, [request.Part]);
            if (signatures is not null)
            {
                // A4.1 Neither epoch nor count moves: no PIN was entered.
                return new(
                    state, new SessionSigned(signatures[0]),
                    new RoundEffect.SessionSignatureReleased(request.SessionId, request.RequestId, round.Answer.Documents[0], signatures[0]));
            }
        }

        // A4.2 A part that does not fit is a PIN try like any other, and it ends the session: else whoever holds the
        // phone could try PINs between automatic signatures.
        EndSession(rounds, request.SessionId);
        var pin = state.Pin.Failed(now);
        if (pin.LockAt(now) is not null)
        {
            rounds.CloseSessions();
        }

        return new(WithPin(state, pin), pin.Answer(now), new RoundEffect.PinFailed(request.RequestId, pin.Failures, pin.LockAt(now)));
    }
}
