using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// PIN proofs that are not signatures: knowledge of d1⁻¹ in D1, which the server computes from its own share and the
/// phone never sends. Bound to one purpose, request, epoch and server nonce.
/// </summary>
internal static class PinProof
{
    private const string Label = "pin/proof";

    public static SchnorrProof Prove(StretchedPin pin, PhoneKeyRecord record, byte[] context, IRandomSource random)
    {
        using var share = pin.Unblind(record.BlindedShare);
        var inverse = share.Value.Invert();
        return SchnorrProof.Prove(Label, inverse, Sm2Group.MultiplyBase(inverse), context, random);
    }

    public static bool Verify(SchnorrProof proof, SecretScalar d2, Point publicKey, byte[] context) =>
        proof.Verify(Label, Sm2Group.Multiply(d2.Value, publicKey + Sm2Group.G), context);

    public static byte[] Context(
        ProofPurpose purpose, string keyId, string deviceId, int epoch, string requestId, byte[] alpha, byte[] nonce, params byte[][] about) =>
        TaggedHash.Hash(
            "pin/context", TaggedHash.Part((int)purpose), TaggedHash.Part(keyId), TaggedHash.Part(deviceId), TaggedHash.Part(epoch),
            TaggedHash.Part(requestId), alpha, nonce, TaggedHash.Part(about));
}

/// <summary>The server's side between the nonce and the proof.</summary>
internal sealed class OpenProof : OpenRound
{
    public required ProofPurpose Purpose { get; init; }

    public required byte[] Nonce { get; init; }

    public required RoundWork? Work { get; init; }

    public override void Dispose()
    {
    }
}

public sealed partial class KeyShareServer
{
    private Decision Handle(KeyShareState state, OpenRounds rounds, ProofOpen request, RoundWork? work, DateTimeOffset now)
    {
        if (Refuse(state, request.Epoch, now) is { } refusal)
        {
            return new(state, refusal);
        }

        byte[] task = [];
        switch (request.Purpose, work)
        {
            case (ProofPurpose.PinChange, _):
                work = null;
                break;
            case (ProofPurpose.Decryption, RoundWork.Decryption decryption)
                when decryption.Task.Items.All(item => state.EncryptionKeys.Any(key => key.Id == item.EncryptionKeyId)):
                task = decryption.Task.Encode();
                break;
            case (ProofPurpose.Envelope, RoundWork.Envelope envelope):
                if (EnvelopeUses(state, envelope.Task) >= MaxEnvelopeUses)
                {
                    return new(state, new Failed(ProtocolFailure.EnvelopeExhausted));
                }

                task = envelope.Task.Encode();
                break;
            default:
                return new(state, new Failed(ProtocolFailure.UnknownRequest));
        }

        rounds.CloseRequest(request.RequestId);
        var nonce = random.Bytes(32);
        rounds.Add(new OpenProof
        {
            RequestId = request.RequestId,
            Epoch = request.Epoch,
            Expires = now + OpenRounds.Lifetime,
            Purpose = request.Purpose,
            Nonce = nonce,
            Work = work,
        });
        return new(state, new ProofOpened(nonce, task));
    }

    /// <summary>Takes the round a proof belongs to out of the open ones: its nonce serves one try. Null: it is gone.</summary>
    private static OpenProof? Take(OpenRounds rounds, PinProvedRequest request, byte[] nonce, ProofPurpose purpose)
    {
        var round = rounds.Find<OpenProof>(request.RequestId);
        if (round is null || round.Purpose != purpose || round.Epoch != request.Epoch || !round.Nonce.AsSpan().SequenceEqual(nonce))
        {
            return null;
        }

        rounds.Close(round);
        return round;
    }
}
