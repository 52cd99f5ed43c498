using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>Signing, steps S0 to S3: N documents, one confirmation, one PIN try.</summary>
internal static class Signing
{
    public const int RoundIdLength = 16;

    public static byte[] Commitment(string keyId, string deviceId, int epoch, string requestId, IEnumerable<Point> q1, byte[] salt) =>
        TaggedHash.Hash(
            "sign/commit", TaggedHash.Part(keyId), TaggedHash.Part(deviceId), TaggedHash.Part(epoch), TaggedHash.Part(requestId),
            TaggedHash.Part(q1.Select(q => q.Encode())), salt);

    /// <summary>What the proof about the server's nonces is bound to: they serve this round and no other.</summary>
    public static byte[] ProofContext(
        string keyId, string deviceId, int epoch, string requestId, byte[] roundId, byte[] commitment, IEnumerable<byte[]> digests) =>
        TaggedHash.Hash(
            "sign/context", TaggedHash.Part(keyId), TaggedHash.Part(deviceId), TaggedHash.Part(epoch), TaggedHash.Part(requestId),
            roundId, commitment, TaggedHash.Part(digests));
}

/// <summary>
/// The phone's side of one signing round. A nonce serves one S1: after <see cref="Finish"/>, or when a repeat is needed,
/// a new instance is made.
/// </summary>
public sealed class SigningPhone : IDisposable
{
    private readonly string keyId;
    private readonly string deviceId;
    private readonly PhoneKeyRecord record;
    private readonly SecretScalar[] w1;
    private readonly Point[] q1;
    private readonly byte[] salt;
    private readonly byte[] commitment;
    private SigningOpened? opened;
    private byte[][] digests = [];

    /// <summary>S0. Draws one nonce per document.</summary>
    public SigningPhone(string keyId, string deviceId, string requestId, int count, PhoneKeyRecord record, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(record);
        (this.keyId, this.deviceId, this.record, RequestId) = (keyId, deviceId, record, requestId);
        w1 = [.. Enumerable.Range(0, count).Select(_ => SecretScalar.Random(random))];
        q1 = [.. w1.Select(w => Sm2Group.MultiplyBase(w.Value))];
        salt = random.Bytes(32);
        commitment = Signing.Commitment(keyId, deviceId, record.Epoch, requestId, q1, salt);
    }

    /// <summary>The request.</summary>
    public string RequestId { get; }

    /// <summary>The epoch this round uses.</summary>
    public int Epoch => record.Epoch;

    /// <summary>What the user is shown, decoded from the bytes that will be signed.</summary>
    public IReadOnlyList<SigningForm> Forms { get; private set; } = [];

    /// <summary>S0: commits before the server's nonces are known; else 256 open rounds give a forgery (ROS).</summary>
    public SigningOpen Open() => new(RequestId, record.Epoch, w1.Length, commitment);

    /// <summary>S1 arrives: decodes what is to be shown and checks the proof. False: the answer is not acceptable.</summary>
    public bool Accept(SigningOpened answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.Documents.Count != w1.Length || answer.W2.Count != w1.Length)
        {
            return false;
        }

        // S1.2 e is computed from what is shown, never taken from the server.
        var forms = new List<SigningForm>();
        foreach (var document in answer.Documents)
        {
            if (!SigningForm.TryDecode(document, out var form) || !form.IsFor(record.PublicKey))
            {
                return false;
            }

            forms.Add(form);
        }

        // S1.3 Without the proof W2 could be a ciphertext's C1, or hide a shift of the message.
        var fresh = forms.Select(form => form.Digest(record.PublicKey)).ToArray();
        var context = Signing.ProofContext(keyId, deviceId, record.Epoch, RequestId, answer.RoundId, commitment, fresh);
        if (!answer.Proof.Verify(answer.W2, context))
        {
            return false;
        }

        (opened, digests, Forms) = (answer, fresh, forms);
        return true;
    }

    /// <summary>Whether another round shows exactly what this one showed, so that the user need not be asked again.</summary>
    public bool ShowsSameAs(SigningPhone other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return digests.Length == other.digests.Length &&
            digests.Zip(other.digests).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
    }

    /// <summary>S2, after the user's confirmation. α is stored before this leaves the phone.</summary>
    /// <exception cref="InvalidOperationException">No S1 was accepted, or the nonces have been used.</exception>
    public SigningFinish Finish(StretchedPin pin, byte[] alpha, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(pin);
        var s1 = opened ?? throw new InvalidOperationException("A round is finished once, after its S1 was accepted.");
        opened = null;
        using var share = pin.Unblind(record.BlindedShare);
        var inverse = share.Value.Invert();
        var parts = new SigningPart[w1.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            // S2.1 R = Q1 + d1⁻¹W2, r = e + x(R), s1 = d1(r + w1).
            var point = q1[i] + Sm2Group.MultiplyBlinded(inverse, s1.W2[i], random);
            var r = Scalar.Reduce(digests[i]) + (point.IsInfinity ? default : point.X);
            parts[i] = new(q1[i], share.Value * (r + w1[i].Value));
            w1[i].Dispose();
        }

        // S2.2 Never r, never R: R − Q1 = d1⁻¹W2 would decrypt under the signing key.
        return new(RequestId, record.Epoch, alpha, s1.RoundId, salt, parts);
    }

    /// <summary>S3 arrives: whether every signature verifies under P for what was shown.</summary>
    public bool Verify(Signed answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.Signatures.Count == digests.Length &&
            answer.Signatures.Zip(digests).All(pair => pair.First.Verify(record.PublicKey, pair.Second));
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(w1, w => w.Dispose());
}

/// <summary>The server's side between S1 and S3.</summary>
internal sealed class OpenSigning : OpenRound
{
    public required byte[] RoundId { get; init; }

    public required byte[] Commitment { get; init; }

    public required byte[][] Digests { get; init; }

    public required ServerNonce[] Nonces { get; init; }

    public required SigningOpened Answer { get; init; }

    public bool IsFor(SigningOpen request, byte[][] digests) =>
        Epoch == request.Epoch && Commitment.AsSpan().SequenceEqual(request.Commitment) &&
        Digests.Length == digests.Length && Digests.Zip(digests).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    public override void Dispose() => Array.ForEach(Nonces, nonce => nonce.Dispose());
}

public sealed partial class KeyShareServer
{
    private Decision Handle(KeyShareState state, OpenRounds rounds, SigningOpen request, RoundWork? work, DateTimeOffset now)
    {
        if (work is not RoundWork.Signing { Documents: var documents })
        {
            return new(state, new Failed(ProtocolFailure.UnknownRequest));
        }

        if (documents.Count != request.Count)
        {
            return new(state, new SigningCount(documents.Count));
        }

        if (Refuse(state, request.Epoch, now) is { } refusal)
        {
            return new(state, refusal);
        }

        // S1.1 The digests are fixed before a nonce is drawn.
        var publicKey = PublicKeyOf(state);
        var digests = documents.Select(document => SigningForm.TryDecode(document, out var form) && form.IsFor(publicKey)
            ? form.Digest(publicKey)
            : throw new ArgumentException("A request with a document that does not decode was let in.", nameof(work))).ToArray();

        // S1.2 A W2 belongs to one (c1, digests, epoch): the same gets the same answer, another destroys it first.
        if (rounds.Find<OpenSigning>(request.RequestId) is { } open && open.IsFor(request, digests))
        {
            return new(state, open.Answer);
        }

        rounds.CloseRequest(request.RequestId);
        using var d2 = UnsealShare(state, request.Epoch);
        var roundId = random.Bytes(Signing.RoundIdLength);
        var drawn = TakeNonces(d2, publicKey, documents.Count);
        var w2 = drawn.Select(nonce => nonce.Point).ToArray();
        var context = Signing.ProofContext(keyId, deviceId, request.Epoch, request.RequestId, roundId, request.Commitment, digests);
        var proof = Prove(drawn, w2, context);
        var answer = new SigningOpened(roundId, documents, w2, proof);
        rounds.Add(new OpenSigning
        {
            RequestId = request.RequestId,
            Epoch = request.Epoch,
            Expires = now + OpenRounds.Lifetime,
            RoundId = roundId,
            Commitment = request.Commitment,
            Digests = digests,
            Nonces = drawn,
            Answer = answer,
        });
        return new(state, answer);
    }

    private async ValueTask<Decision> HandleAsync(KeyShareState state, OpenRounds rounds, SigningFinish request, DateTimeOffset now)
    {
        // S3.1 A repeat, the lock and the epoch come before anything is computed.
        if (Precheck(state, rounds, request, now) is { } early)
        {
            return early;
        }

        // S3.2 Nonces of a dead round are gone for good, so the attempt is declared dead for good.
        var round = rounds.Find<OpenSigning>(request.RequestId);
        if (round is null || round.Epoch != request.Epoch || !round.RoundId.AsSpan().SequenceEqual(request.RoundId))
        {
            return DeclareVoid(state, rounds, request.RequestId, request.Attempt);
        }

        // S3.3 A broken message is no PIN try, and it costs the round.
        if (request.Parts.Count != round.Nonces.Length)
        {
            rounds.Close(round);
            return new(state, new Failed(ProtocolFailure.CountMismatch));
        }

        var opened = Signing.Commitment(keyId, deviceId, request.Epoch, request.RequestId, request.Parts.Select(p => p.Q1), request.Salt);
        if (!CryptographicOperations.FixedTimeEquals(opened, round.Commitment))
        {
            rounds.Close(round);
            return new(state, new Failed(ProtocolFailure.CommitmentBroken));
        }

        // S3.4 Whatever comes of it, these nonces are used up now.
        using var d2 = UnsealShare(state, request.Epoch);
        var signatures = await CompleteAsync(PublicKeyOf(state), d2, round.Nonces, round.Digests, request.Parts);
        var documents = round.Answer.Documents;
        rounds.Close(round);

        // S3.5 One PIN try, all or nothing, and never which one: else a batch of 1000 is 1000 guesses for one count.
        return signatures is null
            ? CountWrongPin(state, rounds, request, now)
            : Succeed(
                state, rounds, request, d2,
                grant => new Signed(grant, signatures),
                new RoundEffect.SignaturesReleased(request.RequestId, documents, signatures));
    }

    /// <summary>
    /// Nonces with V2 = w2·d2·(P + G), kept secret: told, it is a PIN oracle and lets a server shift the message. The scalar is w2·d2, random
    /// each time: the static share alone never meets the phone's point.
    /// </summary>
    private ServerNonce[] TakeNonces(SecretScalar d2, Point publicKey, int count)
    {
        var pairs = new NoncePair[count];
        var scalars = new Scalar[count];
        for (var i = 0; i < count; i++)
        {
            pairs[i] = nonces.Take();
            scalars[i] = pairs[i].Secret.Value * d2.Value;
        }

        // Not before S3 does anybody need them: until then they may be made beside those of other keys.
        var v2 = stage.MultiplyLater(scalars, publicKey + Sm2Group.G);
        scalars.AsSpan().Clear();
        return [.. pairs.Zip(v2, (pair, point) => new ServerNonce(pair, point))];
    }

    private AggregateProof Prove(ServerNonce[] taken, Point[] w2, byte[] context)
    {
        using var t = nonces.Take();
        return AggregateProof.Prove([.. taken.Select(nonce => nonce.W2)], w2, context, t);
    }

    /// <summary>s = d2(s1 + w2) − r for every part; null unless every one verifies under P.</summary>
    private async ValueTask<Sm2Signature[]?> CompleteAsync(
        Point publicKey, SecretScalar d2, IReadOnlyList<ServerNonce> nonces, IReadOnlyList<byte[]> digests, IReadOnlyList<SigningPart> parts)
    {
        var signatures = new Sm2Signature[parts.Count];
        var points = new Point[parts.Count];
        for (var i = 0; i < parts.Count; i++)
        {
            points[i] = parts[i].Q1 + nonces[i].V2;
            var r = Scalar.Reduce(digests[i]) + (points[i].IsInfinity ? default : points[i].X);
            var s = d2.Value * (parts[i].S1 + nonces[i].W2.Value) - r;
            if (points[i].IsInfinity || r.IsZero || s.IsZero || (r + s).IsZero)
            {
                return null;
            }

            signatures[i] = new(r, s);
        }

        return await VerifyAllAsync(publicKey, signatures, points) ? signatures : null;
    }

    /// <summary>
    /// sG + (r + s)P = R for all at once: the sum with weights of 128 bits, drawn after every part arrived, so that
    /// errors do not cancel but with probability 2⁻¹²⁸.
    /// </summary>
    private ValueTask<bool> VerifyAllAsync(Point publicKey, Sm2Signature[] signatures, Point[] points)
    {
        var weights = new Scalar[signatures.Length];
        Scalar onGenerator = default;
        Scalar onKey = default;
        Span<byte> weight = stackalloc byte[Scalar.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            weight.Clear();
            random.Fill(weight[16..]);
            weights[i] = weights.Length == 1 ? Scalar.One : Scalar.Reduce(weight);
            onGenerator += weights[i] * signatures[i].S;
            onKey += weights[i] * (signatures[i].R + signatures[i].S);
        }

        return IsSumAsync();

        async ValueTask<bool> IsSumAsync() => await stage.MultiplyAddAsync(onGenerator, onKey, publicKey) == Sm2Group.SumVartime(weights, points);
    }
}
