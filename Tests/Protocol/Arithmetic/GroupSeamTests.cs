using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Xunit;

namespace Bzt.Tests.Protocol.Arithmetic;

public class GroupSeamTests
{
    private static readonly SystemRandom Random = SystemRandom.Instance;

    [Fact]
    public void Scalars_form_the_field_and_points_the_group()
    {
        var a = Scalar.Random(Random);
        var b = Scalar.Random(Random);
        Assert.True(a * a.Invert() == Scalar.One);
        Assert.True((a + b) - b == a);
        Assert.True((a + -a).IsZero);

        var p = Sm2Group.MultiplyBase(a);
        Assert.True(Sm2Group.Multiply(b, p) == Sm2Group.MultiplyBase(a * b));
        Assert.True(Sm2Group.MultiplyBlinded(b, p, Random) == Sm2Group.MultiplyBase(a * b));
        Assert.True(Sm2Group.MultiplyAddVartime(a, b, p) == Sm2Group.MultiplyBase(a + a * b));
        Assert.True(Sm2Group.SumVartime([a, b], [p, Sm2Group.G]) == Sm2Group.MultiplyBase(a * a + b));
        Assert.True((p - p).IsInfinity);
        Assert.True(p + p == Sm2Group.MultiplyBase(a + a));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", true)]
    [InlineData("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122", true)]
    [InlineData("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123", false)]
    [InlineData("01", false)]
    public void A_scalar_decodes_only_from_32_bytes_in_range(string hex, bool valid)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(valid, Scalar.TryDecode(bytes, out var scalar));
        if (valid)
        {
            Assert.Equal(bytes, scalar.Encode());
        }
    }

    [Fact]
    public void A_point_decodes_only_from_the_uncompressed_form_and_on_the_curve()
    {
        var good = Sm2Group.G.Encode();
        Assert.True(Point.TryDecode(good, out var g) && g == Sm2Group.G);
        var off = (byte[])good.Clone();
        off[64] ^= 1;
        Assert.False(Point.TryDecode(off, out _));
        Assert.False(Point.TryDecode(new byte[1], out _));
        Assert.False(Point.TryDecode(new byte[65], out _));
        Assert.False(Point.TryDecode(good.AsSpan(0, 64), out _));
        var compressed = good.AsSpan(0, 33).ToArray();
        compressed[0] = 2;
        Assert.False(Point.TryDecode(compressed, out _));
    }
}
