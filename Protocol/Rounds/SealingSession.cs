using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// A request pushed to a phone in a sealing session (A2): what to sign, the server's nonce points, and the deposited
/// commitments they go with, one a document. It needs no secrecy, and a forged one gets nothing: its answer goes to the silo alone.
/// </summary>
public sealed record SessionOffer(string SessionId, string RequestId, IReadOnlyList<byte[]> Commitments, SigningOpened Opened)
{
    /// <summary>Most documents of one pushed request.</summary>
    public const int MaxDocuments = 50;

    /// <summary>The exact bytes.</summary>
    public byte[] Encode() => new WireWriter()
        .Text(SessionId).Text(RequestId).List(Commitments, static (w, commitment) => w.Fixed(commitment)).Bytes(Opened.Encode()).ToArray();

    /// <summary>Reads exactly one offer.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out SessionOffer? offer)
    {
        var r = new WireReader(bytes);
        var (session, request) = (r.Text(), r.Text());
        var commitments = r.List(MaxDocuments, static (ref WireReader item) => item.Fixed(32));
        var opened = r.Bytes();
        offer = r.Complete && commitments.Length > 0 && SiloAnswer.TryParse(opened, out var answer) && answer is SigningOpened one
            && one.Documents.Count == commitments.Length && one.W2.Count == commitments.Length
            ? new(session, request, commitments, one)
            : null;
        return offer is not null;
    }

    /// <summary>What the proof about the nonces is bound to in place of one commitment.</summary>
    internal static byte[] CommitmentOf(IEnumerable<byte[]> commitments) => TaggedHash.Hash("session/commitments", TaggedHash.Part(commitments));
}

/// <summary>A sealing session with automatic confirmation, on the server: volatile like every round.</summary>
internal sealed class OpenSession : IDisposable
{
    public const int MaxCommitments = 256;

    public required string SessionId { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public int Epoch { get; set; }

    public Queue<byte[]> Commitments { get; } = [];

    /// <summary>Whatever was deposited here: nothing is taken twice.</summary>
    public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, OpenOffer> Rounds { get; } = [];

    public void DropRounds()
    {
        foreach (var round in Rounds.Values)
        {
            round.Signing.Dispose();
        }

        Rounds.Clear();
        Commitments.Clear();
    }

    public void Dispose() => DropRounds();
}

/// <summary>An offer that waits for its one answer.</summary>
internal sealed record OpenOffer(SessionOffer Offer, OpenSigning Signing);

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

    /// <summary>Whether the session is open on this activation, and how many commitments it still has: what the phone tops up by.</summary>
    public static int? CommitmentsLeft(OpenRounds rounds, string sessionId)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        return rounds.Sessions.TryGetValue(sessionId, out var session) ? session.Commitments.Count : null;
    }

    /// <summary>
    /// A2: takes the next deposited commitments, one for each document; the same request gets the same offer until it is answered.
    /// Null when the session ended, or has too few of them.
    /// </summary>
    public SessionOffer? Offer(
        KeyShareState state, OpenRounds rounds, string sessionId, string requestId, IReadOnlyList<SigningDocument> documents, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(rounds);
        ArgumentNullException.ThrowIfNull(documents);
        rounds.DropExpired(now);
        if (!rounds.Sessions.TryGetValue(sessionId, out var session) || Refuse(state, session.Epoch, now) is not null || state.IsFrozen)
        {
            return null;
        }

        // A2.1 e before W2.
        var publicKey = PublicKeyOf(state);
        byte[][] digests = [.. documents.Select(document => SigningForm.TryDecode(document, out var form) && form.IsFor(publicKey)
            ? form.Digest(publicKey)
            : throw new ArgumentException("A document that does not decode was let in.", nameof(documents)))];

        // A2.2 One W2 for one commitment and one e. Asked for again, as after a lost push, it is the very same offer.
        if (session.Rounds.TryGetValue(requestId, out var open))
        {
            return open.Signing.Digests.Length == digests.Length && open.Signing.Digests.Zip(digests).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second))
                ? open.Offer
                : throw new ArgumentException("A request's documents changed.", nameof(documents));
        }

        if (documents.Count is 0 or > SessionOffer.MaxDocuments || session.Commitments.Count < documents.Count)
        {
            return null;
        }

        byte[][] commitments = [.. documents.Select(_ => session.Commitments.Dequeue())];
        var commitment = SessionOffer.CommitmentOf(commitments);
        using var d2 = UnsealShare(state, session.Epoch);
        var taken = TakeNonces(d2, publicKey, documents.Count);
        var roundId = random.Bytes(Signing.RoundIdLength);
        Point[] w2 = [.. taken.Select(nonce => nonce.Point)];
        var context = Signing.ProofContext(keyId, deviceId, session.Epoch, requestId, roundId, commitment, digests);
        var offer = new SessionOffer(sessionId, requestId, commitments, new SigningOpened(roundId, documents, w2, Prove(taken, w2, context)));
        session.Rounds.Add(requestId, new(offer, new()
        {
            RequestId = requestId,
            Epoch = session.Epoch,
            Expires = session.Expires,
            RoundId = roundId,
            Commitment = commitment,
            Digests = digests,
            Nonces = taken,
            Answer = offer.Opened,
        }));
        return offer;
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
            if (session.Seen.Add(Convert.ToHexString(commitment)))
            {
                session.Commitments.Enqueue(commitment);
            }
        }

        return new(state, new Acknowledged());
    }

    private async ValueTask<Decision> HandleAsync(KeyShareState state, OpenRounds rounds, SessionSign request, DateTimeOffset now)
    {
        if (Refuse(state, request.Epoch, now) is { } refusal)
        {
            return new(state, refusal);
        }

        if (!rounds.Sessions.TryGetValue(request.SessionId, out var session) || !session.Rounds.Remove(request.RequestId, out var open))
        {
            return new(state, new Failed(ProtocolFailure.SessionEnded));
        }

        using (var round = open.Signing)
        {
            if (round.Epoch != request.Epoch || !round.RoundId.AsSpan().SequenceEqual(request.RoundId) || request.Parts.Count != open.Offer.Commitments.Count
                || !request.Parts.Zip(open.Offer.Commitments).All(pair => CryptographicOperations.FixedTimeEquals(
                    Signing.Commitment(keyId, deviceId, request.Epoch, SealingPhone.Scope(request.SessionId), [pair.First.Part.Q1], pair.First.Salt), pair.Second)))
            {
                return new(state, new Failed(ProtocolFailure.CommitmentBroken));
            }

            using var d2 = UnsealShare(state, request.Epoch);
            var signatures = await CompleteAsync(PublicKeyOf(state), d2, round.Nonces, round.Digests, [.. request.Parts.Select(part => part.Part)]);
            if (signatures is not null)
            {
                // A4.1 Neither epoch nor count moves: no PIN was entered.
                return new(
                    state, new SessionSigned(signatures),
                    new RoundEffect.SessionSignaturesReleased(request.SessionId, request.RequestId, round.Answer.Documents, signatures));
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

        return new(WithPin(state, pin), pin.Answer(now), new RoundEffect.PinFailed(request.RequestId, pin.Failures, pin.LockAt(now), request.SessionId));
    }
}
