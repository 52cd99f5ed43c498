using System.Numerics;
using Bzt.Protocol.Arithmetic;
using Xunit;

namespace Bzt.Tests.Protocol.Arithmetic;

/// <summary>The field against System.Numerics, at the limits of limbs, of the modulus and of the bounds.</summary>
public class FieldElementTests
{
    private static readonly BigInteger P = Oracle.P;
    private static readonly BigInteger InverseR = BigInteger.ModPow(BigInteger.Pow(2, 260), P - 2, P);

    /// <summary>Around zero, p, 2p, and every limb boundary: the carries.</summary>
    private static readonly BigInteger[] Edges = MakeEdges();

    private delegate void Binary(out FieldElement r, in FieldElement x, in FieldElement y);

    [Fact]
    public void Products_agree_at_every_pair_of_edges()
    {
        foreach (var x in Edges)
        {
            var a = Limbs(x);
            foreach (var y in Edges)
            {
                var b = Limbs(y);
                FieldElement.Multiply(out var product, in a, in b);
                AssertTight(product);
                Assert.Equal(x * y * InverseR % P, Value(product) % P);
                FieldElementPortable.Multiply(out var portable, in a, in b);
                Assert.Equal(Value(product), Value(portable));
            }

            FieldElement.Square(out var square, in a);
            AssertTight(square);
            Assert.Equal(x * x * InverseR % P, Value(square) % P);
        }
    }

    [Fact]
    public void Sums_and_differences_agree_at_every_pair_of_edges()
    {
        var tight = Edges.Where(IsTight).ToArray();
        foreach (var x in tight)
        {
            var a = Limbs(x);
            foreach (var y in tight)
            {
                var b = Limbs(y);
                Check(FieldElement.Add, x + y, a, b);
                Check(FieldElement.Subtract, x - y, a, b);
                Check(FieldElement.SubtractTwice, x - (2 * y), a, b);
                Check(FieldElement.TripleDifference, 3 * (x - y), a, b);
                FieldElement.AddLoose(out var r, in a, in b);
                AssertCongruent(x + y, r);
                FieldElement.SubtractLoose(out r, in a, in b);
                AssertCongruent(x - y, r);
                FieldElement.SubtractBoth(out r, in a, in b, in b);
                AssertTight(r);
                AssertCongruent(x - (3 * y), r);
                FieldElement.SubtractBoth(out r, in b, in a, in b);
                AssertCongruent(-x - y, r);
            }

            FieldElement.Triple(out var triple, in a);
            AssertTight(triple);
            AssertCongruent(3 * x, triple);
            FieldElement.Negate(out var negative, in a);
            AssertTight(negative);
            AssertCongruent(-x, negative);
        }
    }

    [Fact]
    public void Canonical_form_zero_and_inverse_agree_at_every_edge()
    {
        foreach (var x in Edges)
        {
            var canonical = Limbs(x);
            canonical.MakeCanonical();
            Assert.Equal(x % P, Value(canonical));
            var a = Limbs(x);
            Assert.Equal(x % P == 0 ? ulong.MaxValue : 0, FieldElement.IsZeroMask(in a));
            FieldElement.Invert(out var inverse, in a);
            FieldElement.Multiply(out var product, in a, in inverse);
            product.MakeCanonical();
            Assert.Equal(x % P == 0 ? 0 : Value(FieldElement.One), Value(product));
        }
    }

    [Fact]
    public void Chains_of_random_operations_agree_and_stay_tight()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 2000; round++)
        {
            BigInteger x = Below4P(random), y = Below4P(random);
            FieldElement a = Limbs(x), b = Limbs(y);
            FieldElement.Multiply(out var product, in a, in b);
            FieldElement.Square(out var square, in a);
            FieldElement.SubtractLoose(out var difference, in product, in square);
            FieldElement.AddLoose(out var sum, in product, in square);
            FieldElement.Multiply(out var last, in difference, in sum);
            AssertTight(last);
            BigInteger m = x * y * InverseR % P, s = x * x * InverseR % P;
            AssertCongruent((m - s) * (m + s) * InverseR, last);
            FieldElement.Invert(out var inverse, in last);
            FieldElement.Multiply(out var one, in inverse, in last);
            one.MakeCanonical();
            Assert.Equal(Value(FieldElement.One), Value(one));
        }
    }

    [Fact]
    public void Only_numbers_below_p_decode()
    {
        for (var d = -3; d <= 3; d++)
        {
            var bytes = Oracle.ToBytes(P + d);
            Assert.Equal(d < 0, FieldElement.TryDecode(bytes, out var element));
            if (d < 0)
            {
                var encoded = new byte[32];
                element.Encode(encoded);
                Assert.Equal(bytes, encoded);
            }
        }

        Assert.False(FieldElement.TryDecode(Enumerable.Repeat((byte)255, 32).ToArray(), out _));
    }

    private static void Check(Binary operation, BigInteger expected, FieldElement a, FieldElement b)
    {
        operation(out var r, in a, in b);
        AssertTight(r);
        AssertCongruent(expected, r);
    }

    private static BigInteger[] MakeEdges()
    {
        var edges = new SortedSet<BigInteger>();
        BigInteger limit = 4 * P;
        void Around(BigInteger value)
        {
            for (var d = -2; d <= 2; d++)
            {
                if (value + d >= 0 && value + d < limit)
                {
                    edges.Add(value + d);
                }
            }
        }

        foreach (var multiple in new[] { 0, 1, 2, 3, 4 })
        {
            Around(multiple * P);
        }

        foreach (var bit in new[] { 26, 52, 64, 96, 104, 156, 208, 224, 256 })
        {
            Around(BigInteger.One << bit);
            Around(P - (BigInteger.One << bit % 224));
            Around((BigInteger.One << 256) - (BigInteger.One << bit % 224));
        }

        // All limbs full, and every other.
        Around((BigInteger.One << 257) - 1);
        Around(Value(new(FieldElement.Mask, 0, FieldElement.Mask, 0, 1UL << 48)));
        Around(Value(new(0, FieldElement.Mask, 0, FieldElement.Mask, 0)));
        return [.. edges];
    }

    private static BigInteger Below4P(Random random)
    {
        var bytes = new byte[33];
        random.NextBytes(bytes);
        bytes[32] = (byte)random.Next(4);
        return new BigInteger(bytes, isUnsigned: true) % (4 * P);
    }

    private static bool IsTight(BigInteger x) => x <= (2 * P) - (BigInteger.One << 224);

    private static void AssertTight(FieldElement r)
    {
        Assert.True(IsTight(Value(r)));
        Assert.True(Math.Max(Math.Max(r.L0, r.L1), Math.Max(r.L2, r.L3)) <= FieldElement.Mask);
    }

    private static void AssertCongruent(BigInteger expected, FieldElement r) =>
        Assert.Equal(((expected % P) + P) % P, Value(r) % P);

    private static FieldElement Limbs(BigInteger x) => new(
        (ulong)(x & FieldElement.Mask),
        (ulong)((x >> 52) & FieldElement.Mask),
        (ulong)((x >> 104) & FieldElement.Mask),
        (ulong)((x >> 156) & FieldElement.Mask),
        (ulong)(x >> 208));

    private static BigInteger Value(FieldElement r) =>
        r.L0 + ((BigInteger)r.L1 << 52) + ((BigInteger)r.L2 << 104) + ((BigInteger)r.L3 << 156) + ((BigInteger)r.L4 << 208);
}
