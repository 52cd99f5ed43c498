using System.Numerics;
using Bzt.Protocol.Arithmetic;
using Xunit;

namespace Bzt.Tests.Protocol.Arithmetic;

/// <summary>Integers modulo n against System.Numerics.</summary>
public class ScalarTests
{
    private static readonly BigInteger N = Oracle.N;

    [Fact]
    public void Arithmetic_agrees_for_special_and_random_scalars()
    {
        var random = new Random(7);
        var values = Oracle.SpecialScalars().Concat(Enumerable.Range(0, 300).Select(_ => Next(random))).ToArray();
        foreach (var x in values)
        {
            var a = Oracle.ToScalar(x);
            Assert.Equal(x, Oracle.ToInteger(a));
            Assert.Equal((N - x) % N, Oracle.ToInteger(-a));
            if (x != 0)
            {
                Assert.Equal(BigInteger.ModPow(x, N - 2, N), Oracle.ToInteger(a.Invert()));
            }

            for (var i = 0; i < 20; i++)
            {
                var y = values[random.Next(values.Length)];
                var b = Oracle.ToScalar(y);
                Assert.Equal((x + y) % N, Oracle.ToInteger(a + b));
                Assert.Equal((x - y + N) % N, Oracle.ToInteger(a - b));
                Assert.Equal(x * y % N, Oracle.ToInteger(a * b));
                Assert.Equal(x == y, a == b);
            }
        }
    }

    [Fact]
    public void Wide_integers_reduce_rightly_at_the_edges()
    {
        BigInteger top = BigInteger.One << 512;
        foreach (var x in new[] { 0, 1, N - 1, N, N + 1, 2 * N, N * N, (N * N) - 1, (N << 256) - 1, top - 1, top - N, (BigInteger.One << 256) - 1, BigInteger.One << 256 })
        {
            var bytes = new byte[64];
            var magnitude = x.ToByteArray(isUnsigned: true, isBigEndian: true);
            magnitude.CopyTo(bytes, 64 - magnitude.Length);
            Assert.Equal(x % N, Oracle.ToInteger(Scalar.FromWide(bytes)));
        }
    }

    [Fact]
    public void A_256_bit_integer_reduces_once()
    {
        foreach (var x in new[] { BigInteger.Zero, N - 1, N, N + 1, (BigInteger.One << 256) - 1 })
        {
            Assert.Equal(x % N, Oracle.ToInteger(Scalar.Reduce(Oracle.ToBytes(x))));
        }
    }

    [Fact]
    public void Zero_has_no_inverse() => Assert.Throws<InvalidOperationException>(() => default(Scalar).Invert());

    private static BigInteger Next(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return new BigInteger(bytes, isUnsigned: true) % N;
    }
}
