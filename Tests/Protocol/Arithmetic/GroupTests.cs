using System.Numerics;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using CsCheck;
using Xunit;

namespace Bzt.Tests.Protocol.Arithmetic;

/// <summary>The group against BouncyCastle, and its laws. The long form is <c>loadtests verify sm2</c>.</summary>
public class GroupTests
{
    private static readonly BigInteger[] Special = [.. Oracle.SpecialScalars()];

    private static readonly Gen<Scalar> AnyScalar =
        Gen.OneOf(
            Gen.Byte.Array[64].Select(bytes => Scalar.FromWide(bytes)),
            Gen.Int[0, Special.Length - 1].Select(i => Oracle.ToScalar(Special[i])));

    [Fact]
    public void Base_and_variable_multiples_agree_for_special_scalars()
    {
        var p = Oracle.MultiplyBase(0x1234567);
        foreach (var k in Oracle.SpecialScalars())
        {
            var scalar = Oracle.ToScalar(k);
            Assert.True(Oracle.MultiplyBase(k) == Sm2Group.MultiplyBase(scalar), $"{k:x}·G");
            Assert.True(Oracle.MultiplyBase(k) == Sm2Group.Multiply(scalar, Sm2Group.G), $"{k:x}·G, variable");
            Assert.True(Oracle.Multiply(k, p) == Sm2Group.Multiply(scalar, p), $"{k:x}·P");
        }
    }

    [Fact]
    public void Sums_of_two_multiples_agree_where_their_terms_meet()
    {
        // P = mG with small m makes the two terms equal, opposite, and one of them infinity, along the whole chain.
        foreach (var m in new BigInteger[] { 1, 2, 3, 5, 31, Oracle.N - 1, Oracle.N - 3 })
        {
            var p = Oracle.MultiplyBase(m);
            foreach (var s in new BigInteger[] { 0, 1, 2, 3, 5, 15, 16, 31, 32, 511, Oracle.N - 1, Oracle.N - 2, Oracle.N - 16 })
            {
                foreach (var t in new BigInteger[] { 0, 1, 2, 3, 5, 15, 16, 31, 32, 511, Oracle.N - 1, Oracle.N - 2, Oracle.N - 16 })
                {
                    var ours = Sm2Group.MultiplyAddVartime(Oracle.ToScalar(s), Oracle.ToScalar(t), p);
                    Assert.True(Oracle.MultiplyBase((s + (t * m)) % Oracle.N) == ours, $"{s}·G + {t}·{m}G");
                }
            }
        }
    }

    [Fact]
    public void Random_multiples_agree()
    {
        Gen.Select(AnyScalar, AnyScalar, AnyScalar).Sample(
            (k, s, t) =>
            {
                var p = Sm2Group.MultiplyBase(k);
                Assert.True(Oracle.MultiplyBase(Oracle.ToInteger(k)) == p);
                Assert.True(Oracle.Multiply(Oracle.ToInteger(s), p) == Sm2Group.Multiply(s, p));
                Assert.True(
                    Oracle.MultiplyAdd(Oracle.ToInteger(s), Oracle.ToInteger(t), p) == Sm2Group.MultiplyAddVartime(s, t, p));
            },
            iter: 300,
            threads: 1);
    }

    [Fact]
    public void The_laws_of_a_group_hold()
    {
        Gen.Select(AnyScalar, AnyScalar, AnyScalar).Sample(
            (a, b, c) =>
            {
                Point p = Sm2Group.MultiplyBase(a), q = Sm2Group.MultiplyBase(b), r = Sm2Group.MultiplyBase(c);
                Assert.True(p + q == q + p);
                Assert.True((p + q) + r == p + (q + r));
                Assert.True(p + default(Point) == p);
                Assert.True(default(Point) + p == p);
                Assert.True((p - p).IsInfinity);
                Assert.True(p + p == Sm2Group.Multiply(Scalar.One + Scalar.One, p));
                Assert.True(p + q == Oracle.Add(p, q));
                Assert.True(p + q == Sm2Group.MultiplyBase(a + b));
                Assert.True(Sm2Group.Multiply(b, p) == Sm2Group.Multiply(a, q));
                Assert.True(Sm2Group.MultiplyBlinded(b, p, SystemRandom.Instance) == Sm2Group.Multiply(b, p));
                Assert.True(Sm2Group.SumVartime([a, b, c], [q, r, p]) == Sm2Group.MultiplyBase((a * b) + (b * c) + (c * a)));
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void Infinity_and_empty_sums_are_infinity()
    {
        Assert.True(Sm2Group.MultiplyBase(default).IsInfinity);
        Assert.True(Sm2Group.Multiply(default, Sm2Group.G).IsInfinity);
        Assert.True(Sm2Group.Multiply(Scalar.One, default).IsInfinity);
        Assert.True(Sm2Group.MultiplyAddVartime(default, default, Sm2Group.G).IsInfinity);
        Assert.True(Sm2Group.MultiplyAddVartime(Scalar.One, Scalar.One, default) == Sm2Group.G);
        Assert.True(Sm2Group.SumVartime([], []).IsInfinity);
        Assert.True(Sm2Group.SumVartime([Scalar.One, Scalar.One], [Sm2Group.G, -Sm2Group.G]).IsInfinity);
        Assert.True(Sm2Group.SumVartime([Scalar.One, Scalar.One], [Sm2Group.G, default]) == Sm2Group.G);
    }

    [Fact]
    public void Points_off_the_curve_and_coordinates_from_p_do_not_decode()
    {
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var bytes = Sm2Group.MultiplyBase(Oracle.ToScalar(i + 1)).Encode();
            bytes[1 + random.Next(64)] ^= (byte)(1 << random.Next(8));
            Assert.False(Point.TryDecode(bytes, out _));
        }

        // x + p stands for the same x where it still fits 32 bytes: the smallest abscissa of the curve.
        for (var x = 0; x < 8; x++)
        {
            var bytes = new byte[65];
            bytes[0] = 4;
            Oracle.ToBytes(Oracle.P + x).CopyTo(bytes, 1);
            var square = ((BigInteger.ModPow(x, 3, Oracle.P) - (3 * x) + B) % Oracle.P + Oracle.P) % Oracle.P;
            var y = BigInteger.ModPow(square, (Oracle.P + 1) / 4, Oracle.P);
            Oracle.ToBytes(y).CopyTo(bytes, 33);
            Assert.False(Point.TryDecode(bytes, out _));
            Oracle.ToBytes(x).CopyTo(bytes, 1);
            Assert.Equal(y * y % Oracle.P == square, Point.TryDecode(bytes, out _));
        }
    }

    /// <summary>The key pair of GB/T 32918.5, annex A.2.</summary>
    [Fact]
    public void The_key_pair_of_the_standard_comes_out()
    {
        Assert.True(Scalar.TryDecode(
            Convert.FromHexString("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"), out var d));
        Assert.Equal(
            "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
            + "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
            Convert.ToHexString(Sm2Group.MultiplyBase(d).Encode()));
    }

    private static BigInteger B => BigInteger.Parse(
        "028E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93", System.Globalization.NumberStyles.HexNumber);
}
