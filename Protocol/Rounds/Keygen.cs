using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>Key generation, steps K1 to K4: <c>P = (d1·d2)⁻¹G − G</c>, and nobody ever holds <c>d</c>.</summary>
internal static class Keygen
{
    public const string PhoneLabel = "keygen/phone";
    public const string SiloLabel = "keygen/silo";

    public static byte[] Context(string keyId, string deviceId, string attempt) =>
        TaggedHash.Hash("keygen", TaggedHash.Part(keyId), TaggedHash.Part(deviceId), TaggedHash.Part(attempt));

    public static byte[] Commitment(byte[] context, Point d1, SchnorrProof proof, byte[] salt) =>
        TaggedHash.Hash("keygen/commit", context, d1.Encode(), proof.Encode(), salt);

    public static byte[] SiloContext(byte[] context, byte[] commitment) =>
        TaggedHash.Hash("keygen/silo-context", context, commitment);

    public static byte[] Confirmation(byte[] context, Point p) => TaggedHash.Hash("keygen/ok", context, p.Encode());
}

/// <summary>The phone's side of one attempt of key generation.</summary>
public sealed class KeygenPhone : IDisposable
{
    private readonly string attempt;
    private readonly byte[] context;
    private readonly SecretScalar share;
    private readonly Point d1;
    private readonly SchnorrProof proof;
    private readonly byte[] salt;
    private readonly byte[] commitment;
    private Point publicKey;
    private byte[]? mask;

    /// <summary>K1. Draws the share; a new attempt needs a new instance.</summary>
    public KeygenPhone(string keyId, string deviceId, IRandomSource random)
    {
        attempt = Convert.ToHexString(random.Bytes(16));
        context = Keygen.Context(keyId, deviceId, attempt);
        share = SecretScalar.Random(random);
        var inverse = share.Value.Invert();
        d1 = Sm2Group.MultiplyBase(inverse);
        proof = SchnorrProof.Prove(Keygen.PhoneLabel, inverse, d1, context, random);
        salt = random.Bytes(32);
        commitment = Keygen.Commitment(context, d1, proof, salt);
    }

    /// <summary>K1: commits before the server's half is known.</summary>
    public KeygenCommit Commit() => new(attempt, commitment);

    /// <summary>K3: checks the server's half, opens the commitment, deposits the masked PIN. Null: the answer is not acceptable.</summary>
    public KeygenReveal? Reveal(KeygenShare answer, StretchedPin pin, IRandomSource random)
    {
        // K3.1 The server's proof is bound to our commitment: it knew d2 before it could know D1.
        if (!answer.Proof.Verify(Keygen.SiloLabel, answer.D2, Keygen.SiloContext(context, commitment)))
        {
            return null;
        }

        mask = random.Bytes(32);

        // K3.2 P = d1⁻¹D2 − G; O would be the key d = 0.
        publicKey = Sm2Group.MultiplyBlinded(share.Value.Invert(), answer.D2, random) - Sm2Group.G;
        if (publicKey.IsInfinity)
        {
            return null;
        }

        return new(attempt, d1, proof, salt, pin.Masked(mask));
    }

    /// <summary>K4: what may rest on the phone once the server confirmed the same key. Null: it did not.</summary>
    public PhoneKeyRecord? Complete(KeygenConfirmed answer, StretchedPin pin)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(pin);
        return mask is not null && CryptographicOperations.FixedTimeEquals(answer.Hash, Keygen.Confirmation(context, publicKey))
            ? new PhoneKeyRecord
            {
                Epoch = 0,
                PublicKey = publicKey,
                BlindedShare = pin.Blind(share),
                Stretch = pin.Stretch,
                Mask = mask,
                MaskNumber = 0,
            }
            : null;
    }

    /// <inheritdoc/>
    public void Dispose() => share.Dispose();
}

/// <summary>The server's half between K2 and K4.</summary>
internal sealed class OpenKeygen : IDisposable
{
    public required string Attempt { get; init; }

    public required byte[] Commitment { get; init; }

    public required SecretScalar Share { get; init; }

    public required KeygenShare Answer { get; init; }

    public void Dispose() => Share.Dispose();
}

public sealed partial class KeyShareServer
{
    private Decision Handle(KeyShareState? state, OpenRounds rounds, KeygenCommit request)
    {
        // K2.1 Restartable until a signature has verified; then the share is never replaced in place.
        if (state is { Established: true })
        {
            return new(state, new Failed(ProtocolFailure.Unexpected));
        }

        // K2.2 One d2 per commitment: the same commitment gets the same answer, another one a new d2.
        if (rounds.Keygen is { } open && open.Attempt == request.Attempt && open.Commitment.AsSpan().SequenceEqual(request.Commitment))
        {
            return new(state, open.Answer);
        }

        var share = SecretScalar.Random(random);
        var inverse = share.Value.Invert();
        var d2 = Sm2Group.MultiplyBase(inverse);
        var context = Keygen.SiloContext(Keygen.Context(keyId, deviceId, request.Attempt), request.Commitment);
        var answer = new KeygenShare(d2, SchnorrProof.Prove(Keygen.SiloLabel, inverse, d2, context, random));
        rounds.Begin(new() { Attempt = request.Attempt, Commitment = request.Commitment, Share = share, Answer = answer });
        return new(state, answer);
    }

    private Decision Handle(KeyShareState? state, OpenRounds rounds, KeygenReveal request)
    {
        var context = Keygen.Context(keyId, deviceId, request.Attempt);
        var transcript = Sm3.Hash(request.Encode());

        // K4.1 A repeat, after our answer was lost: the same confirmation.
        if (state is not null && state.KeygenTranscript.AsSpan().SequenceEqual(transcript))
        {
            return new(state, new KeygenConfirmed(Keygen.Confirmation(context, PublicKeyOf(state))));
        }

        if (state is { Established: true } || rounds.Keygen is not { } open || open.Attempt != request.Attempt)
        {
            return new(state, new Failed(ProtocolFailure.Unexpected));
        }

        // K4.2 The commitment, then the proof: the phone knew d1 before it could know D2.
        var opened = Keygen.Commitment(context, request.D1, request.Proof, request.Salt);
        if (!CryptographicOperations.FixedTimeEquals(opened, open.Commitment))
        {
            return new(state, new Failed(ProtocolFailure.CommitmentBroken));
        }

        if (!request.Proof.Verify(Keygen.PhoneLabel, request.D1, context))
        {
            return new(state, new Failed(ProtocolFailure.ProofInvalid));
        }

        // K4.3 P = d2⁻¹D1 − G.
        var publicKey = Sm2Group.MultiplyBlinded(open.Share.Value.Invert(), request.D1, random) - Sm2Group.G;
        if (publicKey.IsInfinity)
        {
            return new(state, new Failed(ProtocolFailure.ProofInvalid));
        }

        var created = new KeyShareState
        {
            KeyId = keyId,
            DeviceId = deviceId,
            PublicKey = publicKey.Encode(),
            SealedShare = sealer.Seal(open.Share.Span, ShareData(0)),
            KeygenTranscript = transcript,
            Deposits = [SealDeposit(0, request.Deposit)],
        };
        return new(created, new KeygenConfirmed(Keygen.Confirmation(context, publicKey)), new RoundEffect.KeyGenerated(created.PublicKey));
    }
}
