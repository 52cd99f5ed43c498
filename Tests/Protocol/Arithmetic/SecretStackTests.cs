using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bzt.Protocol.Arithmetic;
using Xunit;

namespace Bzt.Tests.Protocol.Arithmetic;

/// <summary>Looks for secrets in the stack an operation has left behind.</summary>
public class SecretStackTests
{
    // Within what the test clears before it begins.
    private const int Depth = 48 * 1024;

    // Copies of a scalar that its owner passes by value lie in the owner's frame: so the operation and the look are
    // called from one frame.
    [Fact]
    public void A_multiplication_leaves_nothing_of_its_scalar_on_the_stack()
    {
        var k = Secret();

        // At a first call the runtime saves registers on its way through the compiler; that is not ours to clear.
        Find(Scalar.One);
        Sm2Group.Multiply(Scalar.One, Sm2Group.MultiplyBase(Scalar.One));
        SecretStack.WipeDeep();
        var p = Sm2Group.MultiplyBase(k);
        Assert.False(Find(in k));
        Sm2Group.Multiply(k, p);
        Assert.False(Find(in k));
    }

    [Fact]
    public void A_batch_leaves_nothing_of_its_scalars_on_the_stack()
    {
        var k = Secret();
        Find(Scalar.One);
        var scalars = Enumerable.Repeat(k, 8).ToArray();
        var points = Enumerable.Repeat(Sm2Group.G, 8).ToArray();
        var results = new Point[8];
        SecretStack.WipeDeep();
        Sm2Batch.MultiplyBase(scalars, results);
        Assert.False(Find(in k));
        Sm2Batch.Multiply(scalars, points, results);
        Assert.False(Find(in k));
    }

    /// <summary>The look itself finds what is left when nothing wipes.</summary>
    [Fact]
    public void The_look_would_find_a_scalar_left_behind()
    {
        var k = Secret();
        Leave(k);
        Assert.True(Find(k));
    }

    private static Scalar Secret() => Scalar.Reduce(Convert.FromHexString("7D3F0C96A1B5E84425C9D1F08E63B7A2914F5D2C80E7B36A1F94C80D5E2B7763"));

    [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
    private static void Leave(Scalar k)
    {
        Span<byte> deep = stackalloc byte[4096];
        k.Encode(deep[..32]);
        k.Words.CopyTo(MemoryMarshal.Cast<byte, ulong>(deep[64..]));
        GC.KeepAlive(deep[0]);
    }

    /// <summary>Whether a word of the scalar is in the stack below: its frame takes the place of the operation's.</summary>
    [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
    private static bool Find(in Scalar k)
    {
        Span<byte> below = stackalloc byte[Depth];
        foreach (var word in k.Words)
        {
            if (below.IndexOf(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in word))) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
