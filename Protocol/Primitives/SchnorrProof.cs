using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;

namespace Bzt.Protocol.Primitives;

/// <summary>
/// A proof that its maker knows <c>a</c> in <c>A = aG</c>: <c>T = tG</c>, <c>z = t + ca</c> with
/// <c>c = Hs(label, G, A, T, context)</c>. Whoever holds <c>A</c>'s candidates can test them with it, so a proof about
/// a PIN-blinded share travels inside the channel only and never rests on a phone.
/// </summary>
public sealed record SchnorrProof(Point T, Scalar Z)
{
    /// <summary>Proves knowledge of <paramref name="secret"/>, bound to label and context.</summary>
    public static SchnorrProof Prove(string label, Scalar secret, Point statement, byte[] context, IRandomSource random)
    {
        using var t = SecretScalar.Random(random);
        var commitment = Sm2Group.MultiplyBase(t.Value);
        return new(commitment, t.Value + Challenge(label, statement, commitment, context) * secret);
    }

    /// <summary>Whether the proof holds for <paramref name="statement"/>, label and context.</summary>
    public bool Verify(string label, Point statement, byte[] context) =>
        !statement.IsInfinity &&
        Sm2Group.MultiplyAddVartime(Z, -Challenge(label, statement, T, context), statement) == T;

    internal byte[] Encode() => [.. T.Encode(), .. Z.Encode()];

    private static Scalar Challenge(string label, Point statement, Point commitment, byte[] context) =>
        TaggedHash.ToScalar(label, Sm2Group.G.Encode(), statement.Encode(), commitment.Encode(), context);
}

/// <summary>
/// One proof for many points <c>Wᵢ = wᵢG</c>: <c>z = t + Σ aᵢwᵢ</c>. Every weight <c>aᵢ</c> hashes T, all W and the
/// context: a proof of the plain sum would let a prover slip in points whose logarithm it does not know, and weights
/// that leave out T could be satisfied by choosing z first.
/// </summary>
public sealed record AggregateProof(Point T, Scalar Z)
{
    private const string Label = "sign/pok";

    /// <summary>Proves knowledge of all <paramref name="secrets"/>.</summary>
    public static AggregateProof Prove(
        IReadOnlyList<SecretScalar> secrets, IReadOnlyList<Point> statements, byte[] context, IRandomSource random)
    {
        using var t = NoncePair.Draw(random);
        return Prove(secrets, statements, context, t);
    }

    /// <summary>The same with a nonce taken from elsewhere; it is used up.</summary>
    public static AggregateProof Prove(IReadOnlyList<SecretScalar> secrets, IReadOnlyList<Point> statements, byte[] context, NoncePair t)
    {
        ArgumentNullException.ThrowIfNull(t);
        var weights = Weights(statements, t.Point, context);
        var z = t.Secret.Value;
        for (var i = 0; i < weights.Length; i++)
        {
            z += weights[i] * secrets[i].Value;
        }

        return new(t.Point, z);
    }

    /// <summary>Whether the proof holds for these points in this order.</summary>
    public bool Verify(IReadOnlyList<Point> statements, byte[] context) =>
        Sm2Group.MultiplyBase(Z) - T == Sm2Group.SumVartime(Weights(statements, T, context), [.. statements]);

    private static Scalar[] Weights(IReadOnlyList<Point> statements, Point commitment, byte[] context)
    {
        var all = TaggedHash.Hash(Label, commitment.Encode(), TaggedHash.Part(statements.Select(s => s.Encode())), context);
        var weights = new Scalar[statements.Count];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = TaggedHash.ToScalar(Label + "/weight", TaggedHash.Part(i), all);
        }

        return weights;
    }
}
