using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// The SM2 group of GB/T 32918.5. Methods that end in <c>Vartime</c> leak their inputs through time and are for
/// public values only.
/// </summary>
public static class Sm2Group
{
    private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByName("sm2p256v1");

    /// <summary>The generator.</summary>
    public static Point G { get; } = new(Parameters.G);

    internal static ECCurve Curve => Parameters.Curve;

    internal static BigInteger Order { get; } = Parameters.N;

    /// <summary>kG.</summary>
    public static Point MultiplyBase(Scalar k) => new(Parameters.G.Multiply(k.Value));

    /// <summary>kP.</summary>
    public static Point Multiply(Scalar k, Point p) => new(p.Value.Multiply(k.Value));

    /// <summary>
    /// kP for a static secret k and a point somebody else chose: k is split anew each time, so that chosen points
    /// average nothing out of the time or the power it takes.
    /// </summary>
    public static Point MultiplyBlinded(Scalar k, Point p, IRandomSource random)
    {
        var blind = Scalar.Random(random);
        return Multiply(k - blind, p) + Multiply(blind, p);
    }

    /// <summary>sG + tP for public values, as when verifying.</summary>
    public static Point MultiplyAddVartime(Scalar s, Scalar t, Point p) =>
        new(ECAlgorithms.SumOfTwoMultiplies(Parameters.G, s.Value, p.Value, t.Value));

    /// <summary>Σ kᵢPᵢ for public values, as when verifying a batch.</summary>
    public static Point SumVartime(ReadOnlySpan<Scalar> k, ReadOnlySpan<Point> p)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(k.Length, p.Length);
        if (k.IsEmpty)
        {
            return default;
        }

        var scalars = new BigInteger[k.Length];
        var points = new ECPoint[k.Length];
        for (var i = 0; i < k.Length; i++)
        {
            scalars[i] = k[i].Value;
            points[i] = p[i].Value;
        }

        return new(ECAlgorithms.SumOfMultiplies(points, scalars));
    }
}
