using Bzt.Protocol.Arithmetic;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;

namespace Bzt.LoadTests.Sm2;

/// <summary>The same operations by BouncyCastle's custom curve, its fastest.</summary>
internal static class BouncyCastle
{
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("sm2p256v1");
    private static readonly FixedPointCombMultiplier Comb = new();

    public static ECPoint MultiplyBase(BigInteger k) => Comb.Multiply(Curve.G, k).Normalize();

    public static ECPoint Multiply(BigInteger k, ECPoint p) => p.Multiply(k).Normalize();

    public static ECPoint MultiplyAdd(BigInteger s, BigInteger t, ECPoint p) =>
        ECAlgorithms.SumOfTwoMultiplies(Curve.G, s, p, t).Normalize();

    public static ECPoint Add(ECPoint a, ECPoint b) => a.Add(b).Normalize();

    public static BigInteger Convert(Scalar k) => new(1, k.Encode());

    public static ECPoint Convert(Point p) => p.IsInfinity ? Curve.Curve.Infinity : Curve.Curve.DecodePoint(p.Encode());

    public static bool AreEqual(Point ours, ECPoint theirs) =>
        ours.IsInfinity ? theirs.IsInfinity : !theirs.IsInfinity && ours.Encode().AsSpan().SequenceEqual(theirs.GetEncoded(false));
}
