using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>Decryption, steps D0 to D4: many wrapped keys, one confirmation; only the PC ever holds what was wrapped.</summary>
public static class Decryption
{
    private const string ProofLabel = "dec/pok";

    /// <summary>D4, on the PC: the shared points kP = T + S in the items' order; null when a box is not for this task or damaged.</summary>
    /// <param name="pcKey">The secret of pkX.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="task">The task as the PC made it.</param>
    /// <param name="phoneParts">The phone's box.</param>
    /// <param name="siloParts">The silo's box.</param>
    /// <param name="random">For blinding.</param>
    public static IReadOnlyList<Point>? Combine(
        SecretScalar pcKey, string requestId, DecryptionTask task, ReadOnlySpan<byte> phoneParts, ReadOnlySpan<byte> siloParts, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(task);
        var t = Open(pcKey, "phone", requestId, task, phoneParts, random);
        var s = Open(pcKey, "silo", requestId, task, siloParts, random);
        return t is null || s is null ? null : [.. t.Zip(s, static (a, b) => a + b)];
    }

    /// <summary>Both boxes by one who holds the whole key, as a mock phone of a sandbox does: kP is their sum all the same.</summary>
    /// <param name="key">dE.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="task">The task as the PC made it.</param>
    /// <param name="random">For masks and boxes.</param>
    public static (byte[] PhoneParts, byte[] SiloParts) ReleaseWhole(SecretScalar key, string requestId, DecryptionTask task, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(task);
        Point[] masks = [.. task.Items.Select(_ => Sm2Group.MultiplyBase(Scalar.Random(random)))];
        return (
            Seal("phone", requestId, task, task.Items.Select((item, i) => Sm2Group.MultiplyBlinded(key.Value, item.C1, random) + masks[i]), random),
            Seal("silo", requestId, task, masks.Select(mask => -mask), random));
    }

    internal static byte[] Seal(string role, string requestId, DecryptionTask task, IEnumerable<Point> parts, IRandomSource random) =>
        OneTimeBox.Seal(task.PcKey, BoxContext(role, requestId, task), parts.SelectMany(part => part.Encode()).ToArray(), random);

    /// <summary>μ of one item: without it a PC that chose C1 = cG would read A1 from T.</summary>
    internal static Scalar Mask(byte[] seed, int index, Point c1) =>
        TaggedHash.ToScalar("dec/mask", seed, TaggedHash.Part(index), c1.Encode());

    internal static SchnorrProof Prove(Scalar a1, byte[] context, IRandomSource random) =>
        SchnorrProof.Prove(ProofLabel, a1, Sm2Group.MultiplyBase(a1), context, random);

    internal static bool Verify(SchnorrProof proof, Point statement, byte[] context) => proof.Verify(ProofLabel, statement, context);

    internal static byte[] ProofContext(
        string keyId, string deviceId, DecryptionTask task, string encryptionKeyId, DecryptionFinish message) =>
        PinProof.Context(
            ProofPurpose.Decryption, keyId, deviceId, message.Epoch, message.RequestId, message.Alpha, message.Nonce,
            TaggedHash.Part(encryptionKeyId), task.ListHash, task.PcKey.Encode(), message.MaskSeed, message.SealedParts);

    private static byte[] BoxContext(string role, string requestId, DecryptionTask task) =>
        TaggedHash.Hash("dec/box", TaggedHash.Part(role), TaggedHash.Part(requestId), task.Binding);

    private static Point[]? Open(SecretScalar key, string role, string requestId, DecryptionTask task, ReadOnlySpan<byte> box, IRandomSource random)
    {
        if (!OneTimeBox.TryOpen(key, BoxContext(role, requestId, task), box, random, out var content) ||
            content.Length != task.Items.Count * Point.Length)
        {
            return null;
        }

        var points = new Point[task.Items.Count];
        for (var i = 0; i < points.Length; i++)
        {
            if (!Point.TryDecode(content.AsSpan(i * Point.Length, Point.Length), out points[i]))
            {
                return null;
            }
        }

        return points;
    }
}

/// <summary>The phone's side of a decryption.</summary>
internal sealed class DecryptionRound(string keyId, string deviceId, string requestId, byte[] binding, IRandomSource random)
    : PinProvedRound(requestId)
{
    private PhoneKeyRecord? record;
    private byte[] nonce = [];

    public override int Epoch => record!.Epoch;

    public DecryptionTask Task { get; private set; } = null!;

    public override async ValueTask<SiloAnswer?> OpenAsync(PhoneKeyRecord current)
    {
        var answer = await Conversation!.SendAsync(new ProofOpen(RequestId, current.Epoch, ProofPurpose.Decryption));
        if (answer is not ProofOpened opened)
        {
            return answer;
        }

        // D1.1 The QR code vouches for pkX and the list; nothing else the silo or the gateway says does.
        if (!DecryptionTask.TryParse(opened.Task, out var task) || !task!.Binding.AsSpan().SequenceEqual(binding))
        {
            return new Failed(ProtocolFailure.BindingMismatch);
        }

        if (!task.Items.All(item => current.EncryptionKeys.Any(key => key.Id == item.EncryptionKeyId && key.IsActive)))
        {
            return new Failed(ProtocolFailure.UnknownRequest);
        }

        (record, nonce, Task, IsOpen) = (current, opened.Nonce, task, true);
        return null;
    }

    public override PinProvedRequest Finish(StretchedPin pin, byte[] alpha)
    {
        // D2.1 T = a1·C1 + μG, sealed to the PC.
        var seed = random.Bytes(32);
        var used = Task.Items.Select(item => item.EncryptionKeyId).Distinct().ToArray();
        using var shares = new SecretScalars(used.Length);
        for (var i = 0; i < used.Length; i++)
        {
            shares.Span[i] = record!.EncryptionKeys.First(key => key.Id == used[i]).Unblind(pin);
        }

        var parts = Task.Items.Select((item, i) =>
            Sm2Group.MultiplyBlinded(shares.Span[Array.IndexOf(used, item.EncryptionKeyId)], item.C1, random) +
            Sm2Group.MultiplyBase(Decryption.Mask(seed, i, item.C1)));
        var box = Decryption.Seal("phone", RequestId, Task, parts, random);

        // D2.2 One proof per key; its challenge covers everything above, so nothing can be exchanged underneath it.
        var message = new DecryptionFinish(RequestId, Epoch, alpha, nonce, seed, box, []);
        return message with
        {
            Proofs =
            [
                .. used.Select((id, i) => new DecryptionProof(
                    id, Decryption.Prove(shares.Span[i], Decryption.ProofContext(keyId, deviceId, Task, id, message), random))),
            ],
        };
    }

    public override bool Verify(SiloAnswer answer) => answer is not (Signed or EnvelopePartial);
}

public sealed partial class KeyShareServer
{
    private Decision Handle(KeyShareState state, OpenRounds rounds, DecryptionFinish request, DateTimeOffset now)
    {
        if (Precheck(state, rounds, request, now) is { } early)
        {
            return early;
        }

        if (Take(rounds, request, request.Nonce, ProofPurpose.Decryption) is not { Work: RoundWork.Decryption { Task: var task } })
        {
            return DeclareVoid(state, rounds, request.RequestId, request.Attempt);
        }

        // D3.1 Exactly one proof for each key in the list.
        var used = task.Items.Select(item => item.EncryptionKeyId).Distinct().ToArray();
        if (request.Proofs.Count != used.Length || !used.ToHashSet().SetEquals(request.Proofs.Select(proof => proof.EncryptionKeyId)))
        {
            return new(state, new Failed(ProtocolFailure.CountMismatch));
        }

        // D3.2 Against A1 = PE − a2G, which the server alone knows: that is the PIN check.
        using var shares = new SecretScalars(used.Length);
        for (var i = 0; i < used.Length; i++)
        {
            shares.Span[i] = UnsealEncryptionShare(state, state.EncryptionKeys.First(key => key.Id == used[i]), request.Epoch);
        }

        var right = request.Proofs.All(proof => Decryption.Verify(
            proof.Proof,
            EncryptionPublicKey(state, proof.EncryptionKeyId) - Sm2Group.MultiplyBase(shares.Span[Array.IndexOf(used, proof.EncryptionKeyId)]),
            Decryption.ProofContext(keyId, deviceId, task, proof.EncryptionKeyId, request)));
        if (!right)
        {
            return CountWrongPin(state, rounds, request, now);
        }

        // D3.3 S = a2·C1 − μG for the points of the list and no others, sealed to the PC.
        var box = Decryption.Seal("silo", request.RequestId, task, Parts(task, used, shares, request.MaskSeed), random);
        using var d2 = UnsealShare(state, request.Epoch);
        return Succeed(
            state, rounds, request, d2, grant => new Proved(grant),
            new RoundEffect.DecryptionReleased(request.RequestId, request.SealedParts, box));
    }

    /// <summary>A bid has a wrapped key for every section and recipient: all of them side by side.</summary>
    private Point[] Parts(DecryptionTask task, string[] used, SecretScalars shares, byte[] maskSeed)
    {
        using var factors = new SecretScalars(task.Items.Count);
        using var masks = new SecretScalars(task.Items.Count);
        for (var i = 0; i < task.Items.Count; i++)
        {
            factors.Span[i] = shares.Span[Array.IndexOf(used, task.Items[i].EncryptionKeyId)];
            masks.Span[i] = Decryption.Mask(maskSeed, i, task.Items[i].C1);
        }

        var parts = new Point[task.Items.Count];
        var masking = new Point[parts.Length];
        Sm2Batch.MultiplyBlinded(factors.Span, [.. task.Items.Select(item => item.C1)], random, parts);
        Sm2Batch.MultiplyBase(masks.Span, masking);
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] -= masking[i];
        }

        return parts;
    }

    private static Point EncryptionPublicKey(KeyShareState state, string id) =>
        Point.TryDecode(state.EncryptionKeys.First(key => key.Id == id).PublicKey, out var point)
            ? point
            : throw new System.Security.Cryptography.CryptographicException("A stored public key is damaged.");
}
