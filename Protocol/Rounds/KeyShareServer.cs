using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// The server's role for one key: a decision core without clock, store or network. Each call takes the state, the
/// volatile rounds and one message of the registered device, and says what to write and what to answer.
/// </summary>
/// <remarks>
/// Duties of the caller: one message at a time; <see cref="OpenRounds"/> lives and dies with the loaded state; messages
/// came through <see cref="Channel.SiloChannels"/>, so the registered device signed them; the order of
/// <see cref="Decision"/> (write, then answer) is kept.
/// </remarks>
public sealed partial class KeyShareServer
{
    private const int MaxRecorded = 8;
    private const int MaxVoided = 32;

    private readonly string keyId;
    private readonly string deviceId;
    private readonly ISecretSealer sealer;
    private readonly IRandomSource random;
    private readonly INonceSource nonces;
    private readonly IGroupStage stage;

    /// <summary>The role for one key and the device registered for it.</summary>
    /// <param name="keyId">The key.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="sealer">Seals what the state holds.</param>
    /// <param name="random">Everything random but the nonces of signing.</param>
    /// <param name="nonces">The nonces of signing; null draws them from <paramref name="random"/>.</param>
    /// <param name="stage">Where the multiplications of signing run; null runs them on the spot.</param>
    public KeyShareServer(
        string keyId, string deviceId, ISecretSealer sealer, IRandomSource random, INonceSource? nonces = null, IGroupStage? stage = null)
    {
        (this.keyId, this.deviceId, this.sealer, this.random) = (keyId, deviceId, sealer, random);
        (this.nonces, this.stage) = (nonces ?? new DrawnNonces(random), stage ?? InlineStage.Instance);
    }

    /// <summary>
    /// Decides about one message. <paramref name="state"/> is null before key generation; <paramref name="work"/> is
    /// what the caller knows about the request an opening message names (<see cref="WorkNeeded"/>). Waits for nothing but the stage: with
    /// <see cref="InlineStage"/> it is decided on return.
    /// </summary>
    public ValueTask<Decision> HandleAsync(KeyShareState? state, OpenRounds rounds, PhoneRequest request, RoundWork? work, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        if (state is not null && (state.KeyId != keyId || state.DeviceId != deviceId))
        {
            throw new ArgumentException("The state is another key's.", nameof(state));
        }

        rounds.DropExpired(now);
        return request switch
        {
            SigningFinish r when state is { IsFrozen: false } => HandleAsync(state, rounds, r, now),
            SessionSign r when state is { IsFrozen: false } => HandleAsync(state, rounds, r, now),
            _ => ValueTask.FromResult(Handle(state, rounds, request, work, now)),
        };
    }

    /// <summary>The request id whose work <see cref="HandleAsync(KeyShareState?, OpenRounds, PhoneRequest, RoundWork?, DateTimeOffset)"/> needs for this message; null for none.</summary>
    public static string? WorkNeeded(PhoneRequest request) => request switch
    {
        SigningOpen r => r.RequestId,
        ProofOpen { Purpose: not ProofPurpose.PinChange } r => r.RequestId,
        _ => null,
    };

    /// <summary>The request has nothing to wait for any more: its nonces are destroyed, and what the phone still sends about it finds no round.</summary>
    public static void EndRequest(OpenRounds rounds, string requestId)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        rounds.CloseRequest(requestId);
    }

    private Decision Handle(KeyShareState? state, OpenRounds rounds, PhoneRequest request, RoundWork? work, DateTimeOffset now)
    {
        switch (request)
        {
            case KeygenCommit commit:
                return Handle(state, rounds, commit);
            case KeygenReveal reveal:
                return Handle(state, rounds, reveal);
        }

        if (state is null)
        {
            return new(null, new Failed(ProtocolFailure.Unexpected));
        }

        if (state.IsFrozen)
        {
            return new(state, new Frozen());
        }

        return request switch
        {
            SigningOpen r => Handle(state, rounds, r, work, now),
            ResumeOpen => HandleResumeOpen(state, rounds, now),
            Resume r => Handle(state, rounds, r, now),
            ProofOpen r => Handle(state, rounds, r, work, now),
            EnvelopeProof r => Handle(state, rounds, r, now),
            EncryptionKeyStore r => Handle(state, r),
            DecryptionFinish r => Handle(state, rounds, r, now),
            PinChangeProof r => Handle(state, rounds, r, now),
            DepositConfirm r => Handle(state, r),
            DepositFetch r => Handle(state, r, now),
            SessionDeposit r => Handle(state, rounds, r, now),
            _ => new(state, new Failed(ProtocolFailure.Unexpected)),
        };
    }

    /// <summary>Whether this server's sealer opens a share of the state: one that was sealed in another way stays closed, and nothing is decided.</summary>
    public bool Opens(KeyShareState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Opens(state, state.Epoch) || (state.Pending is { } pending && Opens(state, pending.Epoch));
    }

    private bool Opens(KeyShareState state, int epoch)
    {
        try
        {
            using var share = UnsealShare(state, epoch);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static Point PublicKeyOf(KeyShareState state) => Point.TryDecode(state.PublicKey, out var p)
        ? p
        : throw new CryptographicException("The stored public key is damaged.");

    /// <summary>The refusals that come before a round opens. Opening never moves the epoch.</summary>
    private static SiloAnswer? Refuse(KeyShareState state, int epoch, DateTimeOffset now) =>
        state.Pin.LockAt(now) is { } pinLock ? new Locked(pinLock) : RefuseEpoch(state, epoch);

    /// <summary>
    /// Epoch t counts until a success at t prepared t+1; from then on only t+1 does. A phone that names t then has lost
    /// an answer, or is a copy: it resumes, and nothing is counted.
    /// </summary>
    private static SiloAnswer? RefuseEpoch(KeyShareState state, int epoch)
    {
        var counts = state.Pending?.Epoch ?? state.Epoch;
        return epoch == counts ? null : epoch < counts ? new EpochMismatch() : new SiloBehind();
    }

    /// <summary>What comes before any PIN-proved message is looked into.</summary>
    private Decision? Precheck(KeyShareState state, OpenRounds rounds, PinProvedRequest request, DateTimeOffset now)
    {
        // An identical repeat gets the identical answer, and a wrong try counts once.
        var attempt = request.Attempt;
        var recorded = state.Answers.FirstOrDefault(answer => answer.Attempt.AsSpan().SequenceEqual(attempt));
        if (recorded is not null)
        {
            return recorded.MessageHash.AsSpan().SequenceEqual(Sm3.Hash(request.Encode())) && Open(recorded) is { } answer
                ? new(state, answer)
                : new(state, new Failed(ProtocolFailure.Unexpected));
        }

        if (state.VoidedAttempts.Any(voided => voided.AsSpan().SequenceEqual(attempt)))
        {
            return new(state, new Voided());
        }

        if (state.Pin.LockAt(now) is { } pinLock)
        {
            rounds.CloseRequest(request.RequestId);
            return new(state, new Locked(pinLock));
        }

        return RefuseEpoch(state, request.Epoch) is { } refusal ? new(state, refusal) : null;
    }

    /// <summary>
    /// A durable write, so that another activation which still holds the round loses its race with it, and the attempt
    /// never succeeds later.
    /// </summary>
    private static Decision DeclareVoid(KeyShareState state, OpenRounds rounds, string requestId, byte[] attempt)
    {
        rounds.CloseRequest(requestId);
        return new(state with { VoidedAttempts = [.. state.VoidedAttempts.TakeLast(MaxVoided - 1), attempt] }, new Voided());
    }

    private Decision CountWrongPin(KeyShareState state, OpenRounds rounds, PinProvedRequest request, DateTimeOffset now)
    {
        var pin = state.Pin.Failed(now);
        var answer = pin.Answer(now);
        if (answer.Lock is not null)
        {
            rounds.CloseSessions();
        }

        return new(WithPin(state, pin) with { Answers = Record(state, request, answer) }, answer, new RoundEffect.PinFailed(request.RequestId, pin.Failures, answer.Lock));
    }

    /// <summary>The lock for good takes the deposit with it: only recovery is left.</summary>
    private static KeyShareState WithPin(KeyShareState state, PinCounter pin) => pin.IsLockedForGood
        ? state with { Pin = pin, Deposits = [], Approval = null }
        : state with { Pin = pin };

    /// <summary>Sealed: an envelope's T2 beside the phone's stored bytes would be an offline PIN test.</summary>
    private RecordedAnswer[] Record(KeyShareState state, PinProvedRequest request, SiloAnswer answer) =>
    [
        .. state.Answers.TakeLast(MaxRecorded - 1),
        new(request.Attempt, Sm3.Hash(request.Encode()), sealer.Seal(answer.Encode(), AnswerData(request.Attempt))),
    ];

    private SiloAnswer? Open(RecordedAnswer recorded)
    {
        using var bytes = sealer.Unseal(recorded.SealedAnswer, AnswerData(recorded.Attempt));
        return SiloAnswer.TryParse(bytes.Span.ToArray(), out var answer) ? answer : null;
    }

    private byte[] AnswerData(byte[] attempt) => SealData("answer", 0, Convert.ToHexString(attempt));

    /// <summary>
    /// The one write of a PIN-proved success: the result, count zero, and the shares of t+1. If the success used a
    /// pending share, that one is promoted and its predecessor shredded.
    /// </summary>
    private Decision Succeed(
        KeyShareState state, OpenRounds rounds, PinProvedRequest request, SecretScalar d2, Func<RefreshGrant, SiloAnswer> answer, RoundEffect effect)
    {
        var current = Promote(state, request.Epoch);
        var refresh = new Refresh(request.Alpha, random.Bytes(32), request.Epoch);
        using var next = new SecretScalar(d2.Value * refresh.Rho.Invert());
        var keys = current.EncryptionKeys.Select(key =>
        {
            var a2 = UnsealEncryptionShare(current, key, request.Epoch) - refresh.Delta(key.Id);
            return key with { SealedPendingShare = SealEncryptionShare(key.Id, request.Epoch + 1, a2) };
        }).ToArray();
        var reply = answer(refresh.Grant([.. keys.Select(key => key.Id)]));

        // What the deposited commitments of a session assumed about the phone's share no longer holds.
        rounds.CloseSessionRounds();
        return new(
            current with
            {
                Established = true,
                Pin = new(),

                // Whoever knows the PIN has not forgotten it: an approval that waits would only serve somebody else.
                Approval = effect is RoundEffect.PinChanged ? current.Approval : null,
                Pending = new(request.Epoch + 1, request.Attempt, sealer.Seal(next.Span, ShareData(request.Epoch + 1))),
                EncryptionKeys = keys,
                Answers = Record(current, request, reply),
            },
            reply,
            effect);
    }

    private static KeyShareState Promote(KeyShareState state, int epoch) => state.Pending is { } pending && pending.Epoch == epoch
        ? state with
        {
            Epoch = epoch,
            SealedShare = pending.SealedShare,
            Pending = null,
            EncryptionKeys = [.. state.EncryptionKeys.Select(key => key with { SealedShare = key.SealedPendingShare, SealedPendingShare = null })],

            // Whoever uses t+1 has the answer of t: large answers need not be kept longer.
            Answers = [],
        }
        : state;

    private byte[] ShareData(int epoch) => SealData("d2", epoch, "");

    private byte[] SealData(string kind, int number, string id) => TaggedHash.Hash(
        "seal", TaggedHash.Part(keyId), TaggedHash.Part(kind), TaggedHash.Part(number), TaggedHash.Part(id));

    private SecretScalar UnsealShare(KeyShareState state, int epoch)
    {
        var sealedShare = epoch == state.Epoch ? state.SealedShare : state.Pending!.SealedShare;
        using var bytes = sealer.Unseal(sealedShare, ShareData(epoch));
        return Scalar.TryDecode(bytes.Span, out var share) ? new(share) : throw new CryptographicException("The stored share is damaged.");
    }

    private Scalar UnsealEncryptionShare(KeyShareState state, EncryptionKeyShare key, int epoch)
    {
        var sealedShare = epoch == state.Epoch ? key.SealedShare : key.SealedPendingShare;
        using var bytes = sealer.Unseal(
            sealedShare ?? throw new CryptographicException("The stored encryption share is missing."), SealData("a2", epoch, key.Id));
        return Scalar.TryDecode(bytes.Span, out var share) ? share : throw new CryptographicException("The stored encryption share is damaged.");
    }

    private byte[] SealEncryptionShare(string id, int epoch, Scalar a2)
    {
        using var secret = new SecretScalar(a2);
        return sealer.Seal(secret.Span, SealData("a2", epoch, id));
    }

    private PinDeposit SealDeposit(int number, byte[] deposit) =>
        new(number, sealer.Seal(deposit, SealData("deposit", number, "")));
}
