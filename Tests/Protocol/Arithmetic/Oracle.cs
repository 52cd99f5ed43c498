using System.Numerics;
using Bzt.Protocol.Arithmetic;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using BcBigInteger = Org.BouncyCastle.Math.BigInteger;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace Bzt.Tests.Protocol.Arithmetic;

/// <summary>The independent witnesses: BouncyCastle for points, System.Numerics for integers.</summary>
internal static class Oracle
{
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("sm2p256v1");

    public static readonly BigInteger P = ToInteger(Curve.Curve.Field.Characteristic);
    public static readonly BigInteger N = ToInteger(Curve.N);

    /// <summary>Scalars at which signed windows, combs and incomplete sums break when they break.</summary>
    public static IEnumerable<BigInteger> SpecialScalars()
    {
        for (var i = 0; i <= 40; i++)
        {
            yield return i;
            yield return N - 1 - i;
        }

        for (var i = 0; i < 256; i++)
        {
            yield return BigInteger.One << i;
            yield return (BigInteger.One << i) - 1;
        }

        for (var w = 4; w <= 7; w++)
        {
            // Every digit at its greatest, at its least, alternating.
            BigInteger half = 0, full = 0;
            for (var i = 0; i + w < 256; i += w)
            {
                half |= BigInteger.One << (i + w - 1);
                full |= ((BigInteger.One << (w - 1)) - 1) << i;
            }

            yield return half;
            yield return full;
            yield return (half << 1) % N;
            yield return N - half;
            yield return N - full;
        }

        yield return N >> 1;
        yield return (N >> 1) + 1;
        yield return P - N;
        yield return (BigInteger.One << 256) - N;
    }

    public static Scalar ToScalar(BigInteger value) => Scalar.Reduce(ToBytes(value));

    public static BigInteger ToInteger(Scalar value) => new(value.Encode(), isUnsigned: true, isBigEndian: true);

    public static byte[] ToBytes(BigInteger value)
    {
        var bytes = new byte[32];
        var magnitude = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        magnitude.CopyTo(bytes, 32 - magnitude.Length);
        return bytes;
    }

    public static Point MultiplyBase(BigInteger k) => ToPoint(Curve.G.Multiply(ToBc(k)));

    public static Point Multiply(BigInteger k, Point p) => ToPoint(ToBc(p).Multiply(ToBc(k)));

    public static Point MultiplyAdd(BigInteger s, BigInteger t, Point p) =>
        ToPoint(Curve.G.Multiply(ToBc(s)).Add(ToBc(p).Multiply(ToBc(t))));

    public static Point Add(Point a, Point b) => ToPoint(ToBc(a).Add(ToBc(b)));

    private static ECPoint ToBc(Point p) => p.IsInfinity ? Curve.Curve.Infinity : Curve.Curve.DecodePoint(p.Encode());

    private static Point ToPoint(ECPoint p)
    {
        if (p.IsInfinity)
        {
            return default;
        }

        return Point.TryDecode(p.GetEncoded(false), out var point)
            ? point
            : throw new InvalidOperationException("A point of BouncyCastle's does not decode.");
    }

    private static BcBigInteger ToBc(BigInteger value) => new(1, ToBytes(value));

    private static BigInteger ToInteger(BcBigInteger value) =>
        new(value.ToByteArrayUnsigned(), isUnsigned: true, isBigEndian: true);
}
