using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>Arrival of an encryption key, steps E0 to E5: it is whole in the phone's memory this once, then shared.</summary>
internal static class EncryptionKeyArrival
{
    private const string ProofLabel = "enc/pok";

    public static SchnorrProof Prove(Scalar a1, byte[] context, IRandomSource random) =>
        SchnorrProof.Prove(ProofLabel, a1, Sm2Group.MultiplyBase(a1), context, random);

    public static bool Verify(SchnorrProof proof, Point a1, byte[] context) => proof.Verify(ProofLabel, a1, context);

    public static byte[] Context(string keyId, string deviceId, string requestId, int epoch, string encryptionKeyId, Point publicKey) =>
        TaggedHash.Hash(
            "enc/context", TaggedHash.Part(keyId), TaggedHash.Part(deviceId), TaggedHash.Part(requestId), TaggedHash.Part(epoch),
            TaggedHash.Part(encryptionKeyId), publicKey.Encode());
}

/// <summary>The two shares of an arrived key for one id: the phone's blinded, the server's on its way. Shares of the same key for two ids have nothing in common.</summary>
internal sealed record ArrivedShares(PhoneEncryptionKey Key, SecretScalar A2, SchnorrProof Proof) : IDisposable
{
    /// <summary>E4.2 a2 is drawn here, anew for each id: with one a1 for two ids the difference of their uE would be an offline PIN test.</summary>
    public static ArrivedShares Split(SecretScalar whole, Point publicKey, string id, StretchedPin pin, byte[] context, IRandomSource random)
    {
        var a2 = SecretScalar.Random(random);
        var a1 = whole.Value - a2.Value;
        return new(new(id, publicKey, a1 - pin.EncryptionMask(id), IsActive: false), a2, EncryptionKeyArrival.Prove(a1, context, random));
    }

    public void Dispose() => A2.Dispose();
}

/// <summary>The phone's side of an arrival up to the server's partial decryption.</summary>
internal sealed class EnvelopeRound(
    string keyId, string deviceId, string requestId, Func<EnvelopeTask, Point?> checkCertificate, IRandomSource random)
    : PinProvedRound(requestId)
{
    private PhoneKeyRecord? record;
    private byte[] nonce = [];
    private Sm2EnvelopedKey? envelope;

    public override int Epoch => record!.Epoch;

    public EnvelopeTask Task { get; private set; } = null!;

    public override async ValueTask<SiloAnswer?> OpenAsync(PhoneKeyRecord current)
    {
        var answer = await Conversation!.SendAsync(new ProofOpen(RequestId, current.Epoch, ProofPurpose.Envelope));
        if (answer is not ProofOpened opened)
        {
            return answer;
        }

        // E1.1 The certificate leads to a pinned root, and the envelope holds that certificate's key.
        if (!EnvelopeTask.TryParse(opened.Task, out var task) || !Sm2EnvelopedKey.TryParse(task!.Envelope, out envelope) ||
            checkCertificate(task) is not { } certified || certified != envelope!.PublicKey)
        {
            return new Failed(ProtocolFailure.BindingMismatch);
        }

        (record, nonce, Task, IsOpen) = (current, opened.Nonce, task, true);
        return null;
    }

    public override PinProvedRequest Finish(StretchedPin pin, byte[] alpha)
    {
        var context = PinProof.Context(
            ProofPurpose.Envelope, keyId, deviceId, Epoch, RequestId, alpha, nonce, Sm3.Hash(Task.Envelope));
        return new EnvelopeProof(RequestId, Epoch, alpha, nonce, PinProof.Prove(pin, record!, context, random));
    }

    public override bool Verify(SiloAnswer answer) => answer is not (Signed or Proved);

    /// <summary>E4.1 kP = d1⁻¹T2 − C1, then the SM4 key, then dE; null when the silo's part is not what it owes.</summary>
    public SecretScalar? Open(StretchedPin pin, Point t2)
    {
        using var share = pin.Unblind(record!.BlindedShare);
        var shared = Sm2Group.MultiplyBlinded(share.Value.Invert(), t2, random) - envelope!.SymmetricKey.C1;
        return envelope.SymmetricKey.TryOpen(shared, out var sm4Key) ? envelope.Unwrap(sm4Key) : null;
    }
}

public sealed partial class KeyShareServer
{
    /// <summary>Enough for lost answers, too few to be of use to anybody else.</summary>
    private const int MaxEnvelopeUses = 10;

    private static int EnvelopeUses(KeyShareState state, EnvelopeTask task)
    {
        var hash = Sm3.Hash(task.Envelope);
        return state.Envelopes.FirstOrDefault(use => use.EnvelopeHash.AsSpan().SequenceEqual(hash))?.Count ?? 0;
    }

    private Decision Handle(KeyShareState state, OpenRounds rounds, EnvelopeProof request, DateTimeOffset now)
    {
        if (Precheck(state, rounds, request, now) is { } early)
        {
            return early;
        }

        if (Take(rounds, request, request.Nonce, ProofPurpose.Envelope) is not { Work: RoundWork.Envelope { Task: var task, Further: var further } } ||
            !Sm2EnvelopedKey.TryParse(task.Envelope, out var envelope))
        {
            return DeclareVoid(state, rounds, request.RequestId, request.Attempt);
        }

        using var d2 = UnsealShare(state, request.Epoch);
        var hash = Sm3.Hash(task.Envelope);
        var context = PinProof.Context(
            ProofPurpose.Envelope, keyId, deviceId, request.Epoch, request.RequestId, request.Alpha, request.Nonce, hash);
        if (!PinProof.Verify(request.Proof, d2, PublicKeyOf(state), context))
        {
            return CountWrongPin(state, rounds, request, now);
        }

        // E3.1 T2 = d2⁻¹C1, for the C1 of the CA's answer that this server stored and no other: T2 for a chosen point
        // is an offline PIN test. The use is counted in the same write.
        var t2 = Sm2Group.MultiplyBlinded(d2.Value.Invert(), envelope!.SymmetricKey.C1, random);
        var counted = state with
        {
            Envelopes = [.. state.Envelopes.Where(use => !use.EnvelopeHash.AsSpan().SequenceEqual(hash)), new(hash, EnvelopeUses(state, task) + 1)],
            Arrival = new(request.RequestId, task.EncryptionKeyId, envelope.PublicKey.Encode(), further),
        };
        return Succeed(
            counted, rounds, request, d2, grant => new EnvelopePartial(grant, t2),
            new RoundEffect.EnvelopeOpened(request.RequestId, task.EncryptionKeyId));
    }

    private Decision Handle(KeyShareState state, EncryptionKeyStore request)
    {
        // E5.1 Only what a PIN proof let in, under each of its ids, and only by a phone that took the step to the pending epoch.
        if (state.Arrival is not { } arrival || arrival.RequestId != request.RequestId ||
            !arrival.Covers(request.EncryptionKeyId) || state.Pending?.Epoch != request.Epoch ||
            !Point.TryDecode(arrival.PublicKey, out var publicKey))
        {
            return new(state, new Failed(ProtocolFailure.Unexpected));
        }

        // E5.2 The phone knows a1 = dE − a2: the two shares make the certified key.
        var a1 = publicKey - Sm2Group.MultiplyBase(request.A2);
        var context = EncryptionKeyArrival.Context(keyId, deviceId, request.RequestId, request.Epoch, request.EncryptionKeyId, publicKey);
        if (!EncryptionKeyArrival.Verify(request.Proof, a1, context))
        {
            return new(state, new Failed(ProtocolFailure.ProofInvalid));
        }

        // E5.3 The same message again, after its answer was lost, writes the same share: harmless.
        var key = new EncryptionKeyShare(
            request.EncryptionKeyId, arrival.PublicKey, null, SealEncryptionShare(request.EncryptionKeyId, request.Epoch, request.A2));
        return new(
            state with { EncryptionKeys = [.. state.EncryptionKeys.Where(k => k.Id != key.Id), key] },
            new Acknowledged(),
            new RoundEffect.EncryptionKeyStored(key.Id));
    }
}
