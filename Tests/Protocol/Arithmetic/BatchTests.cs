using System.Numerics;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Xunit;

namespace Bzt.Tests.Protocol.Arithmetic;

/// <summary>The batch forms lane by lane against the form for one, itself tested against others.</summary>
public class BatchTests
{
    [Fact]
    public void Fields_of_eight_lanes_agree_with_one() => FieldsAgree<Lanes8>(Lanes8.IsSupported);

    [Fact]
    public void Fields_of_four_lanes_agree_with_one() => FieldsAgree<Lanes4>(Lanes4.IsSupported);

    [Fact]
    public void Groups_of_eight_lanes_agree_with_one() => GroupsAgree<Lanes8>(Lanes8.IsSupported);

    [Fact]
    public void Groups_of_four_lanes_agree_with_one() => GroupsAgree<Lanes4>(Lanes4.IsSupported);

    /// <summary>Whole groups, padded rests, single operations.</summary>
    [Fact]
    public void Batches_of_any_length_agree_with_one()
    {
        for (var length = 0; length <= 19; length++)
        {
            var s = Scalars(length, 1);
            var t = Scalars(length, 2);
            var p = Array.ConvertAll(Scalars(length, 3), Sm2Group.MultiplyBase);
            var r = new Point[length];
            Sm2Batch.MultiplyBase(s, r);
            Assert.All(Enumerable.Range(0, length), i => Assert.True(r[i] == Sm2Group.MultiplyBase(s[i])));
            Sm2Batch.Multiply(s, p, r);
            Assert.All(Enumerable.Range(0, length), i => Assert.True(r[i] == Sm2Group.Multiply(s[i], p[i])));
            Sm2Batch.MultiplyAdd(s, t, p, r);
            Assert.All(Enumerable.Range(0, length), i => Assert.True(r[i] == Sm2Group.MultiplyAddVartime(s[i], t[i], p[i])));
            Sm2Batch.MultiplyBlinded(s, p, SystemRandom.Instance, r);
            Assert.All(Enumerable.Range(0, length), i => Assert.True(r[i] == Sm2Group.Multiply(s[i], p[i])));
        }
    }

    private static void FieldsAgree<T>(bool isSupported)
        where T : unmanaged, ILanes<T>
    {
        Assert.SkipUnless(isSupported, "This machine has no such lanes.");

        // Tight elements at the limits of limbs, the same pair in different lanes at different times.
        var p = Oracle.P;
        var mask = (BigInteger.One << 52) - 1;
        BigInteger half = BigInteger.One << 51, ones = half * ((BigInteger.One << 156) - 1) / mask;
        BigInteger[] values =
        [
            0, 1, 2, p - 1, p, p + 1, (2 * p) - (BigInteger.One << 224), half, half - 1, ones, ones - 1, ones + half,
            (BigInteger.One << 256) - 1, BigInteger.One << 256, (mask << 52) + 1, (mask << 104) | mask,
            .. Enumerable.Range(0, 8).Select(i => BigInteger.ModPow(3, 1000 + i, p)),
        ];
        var elements = Array.ConvertAll(values, Element);
        for (var shift = 0; shift < values.Length; shift++)
        {
            for (var start = 0; start < values.Length; start += T.Count)
            {
                FieldElement At(int lane) => elements[(start + lane) % values.Length];
                FieldElement Other(int lane) => elements[(start + lane + shift) % values.Length];
                FieldLanes<T> x = Pack<T>(At), y = Pack<T>(Other);
                FieldLanes<T>.Multiply(out var product, in x, in y);
                FieldLanes<T>.Square(out var square, in x);
                FieldLanes<T>.SubtractLoose(out var loose, in x, in y);
                FieldLanes<T>.Multiply(out var looseProduct, in loose, in y);
                FieldLanes<T>.AddLoose(out loose, in x, in x);
                FieldLanes<T>.Multiply(out var doubleProduct, in loose, in y);
                FieldLanes<T>.Add(out var sum, in x, in y);
                FieldLanes<T>.Subtract(out var difference, in x, in y);
                FieldLanes<T>.SubtractTwice(out var twice, in x, in y);
                FieldLanes<T>.SubtractBoth(out var both, in x, in y, in y);
                FieldLanes<T>.TripleDifference(out var triple, in x, in y);
                FieldLanes<T>.Triple(out var threefold, in x);
                for (var lane = 0; lane < T.Count; lane++)
                {
                    FieldElement a = At(lane), b = Other(lane);
                    FieldElement.Multiply(out var r, in a, in b);
                    AssertSame(r, product, lane);
                    FieldElement.Square(out r, in a);
                    AssertSame(r, square, lane);
                    FieldElement.Subtract(out r, in a, in b);
                    AssertSame(r, difference, lane);
                    FieldElement.Multiply(out r, in r, in b);
                    AssertSame(r, looseProduct, lane);
                    FieldElement.Add(out r, in a, in a);
                    FieldElement.Multiply(out r, in r, in b);
                    AssertSame(r, doubleProduct, lane);
                    FieldElement.Add(out r, in a, in b);
                    AssertSame(r, sum, lane);
                    FieldElement.SubtractTwice(out r, in a, in b);
                    AssertSame(r, twice, lane);
                    FieldElement.SubtractBoth(out r, in a, in b, in b);
                    AssertSame(r, both, lane);
                    FieldElement.TripleDifference(out r, in a, in b);
                    AssertSame(r, triple, lane);
                    FieldElement.Triple(out r, in a);
                    AssertSame(r, threefold, lane);
                }
            }
        }
    }

    private static void GroupsAgree<T>(bool isSupported)
        where T : unmanaged, ILanes<T>
    {
        Assert.SkipUnless(isSupported, "This machine has no such lanes.");
        var special = Oracle.SpecialScalars().Select(Oracle.ToScalar).ToArray();
        var random = Scalars(special.Length, 4);

        // Special beside random lanes, special scalars on points that make terms meet, and infinity among the points.
        for (var start = 0; start < special.Length; start += T.Count / 2)
        {
            var k = new Scalar[T.Count];
            var t = new Scalar[T.Count];
            var p = new Point[T.Count];
            for (var lane = 0; lane < T.Count; lane++)
            {
                var at = (start + lane) % special.Length;
                k[lane] = lane % 2 == 0 ? special[at] : random[at];
                t[lane] = lane % 3 == 0 ? random[at] : special[(at * 7) % special.Length];
                p[lane] = lane % 4 == 3 ? default : lane % 4 == 2 ? Sm2Group.G : Sm2Group.MultiplyBase(random[at]);
            }

            var r = new Point[T.Count];
            BatchMultiplication<T>.MultiplyBase(r, k);
            Assert.All(Enumerable.Range(0, T.Count), i => Assert.True(r[i] == Sm2Group.MultiplyBase(k[i])));
            BatchMultiplication<T>.Multiply(r, k, p);
            Assert.All(Enumerable.Range(0, T.Count), i => Assert.True(r[i] == Sm2Group.Multiply(k[i], p[i])));
            BatchMultiplication<T>.MultiplyAdd(r, k, t, p);
            Assert.All(Enumerable.Range(0, T.Count), i => Assert.True(r[i] == Sm2Group.MultiplyAddVartime(k[i], t[i], p[i])));
        }
    }

    private static Scalar[] Scalars(int count, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[64];
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                random.NextBytes(bytes);
                return Scalar.FromWide(bytes);
            }),
        ];
    }

    private static FieldElement Element(BigInteger x) => new(
        (ulong)(x & FieldElement.Mask),
        (ulong)((x >> 52) & FieldElement.Mask),
        (ulong)((x >> 104) & FieldElement.Mask),
        (ulong)((x >> 156) & FieldElement.Mask),
        (ulong)(x >> 208));

    private static FieldLanes<T> Pack<T>(Func<int, FieldElement> element)
        where T : unmanaged, ILanes<T>
    {
        var buffer = new long[5 * T.Count];
        for (var lane = 0; lane < T.Count; lane++)
        {
            element(lane).ToLane(buffer.AsSpan(lane), T.Count);
        }

        FieldLanes<T>.Load(out var r, buffer);
        return r;
    }

    private static void AssertSame<T>(FieldElement expected, FieldLanes<T> lanes, int lane)
        where T : unmanaged, ILanes<T>
    {
        var buffer = new long[5 * T.Count];
        lanes.Store(buffer);
        Assert.InRange(buffer[lane], -(1L << 51), (1L << 51) - 1);
        Assert.InRange(buffer[(3 * T.Count) + lane], -(1L << 51), (1L << 51) - 1);
        FieldElement.FromLane(out var actual, buffer.AsSpan(lane), T.Count);
        actual.MakeCanonical();
        expected.MakeCanonical();
        Assert.Equal(expected, actual);
    }
}
