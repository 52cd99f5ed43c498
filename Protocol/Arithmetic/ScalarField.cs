using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// Arithmetic modulo n, the order of the group (GB/T 32918.5), on four words of 64 bits, least significant first, all
/// in [0, n). It serves a handful of products per signature, so it is written for clarity: products by Montgomery's
/// method word by word (CIOS: Koç, Acar, Kaliski, "Analyzing and comparing Montgomery multiplication algorithms",
/// IEEE Micro 1996), nothing that branches on a value.
/// </summary>
internal static class ScalarField
{
    /// <summary>n.</summary>
    public static ReadOnlySpan<ulong> Order =>
        [0x53BBF40939D54123, 0x7203DF6B21C6052B, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFEFFFFFFFF];

    /// <summary>2⁵¹² mod n.</summary>
    private static ReadOnlySpan<ulong> RSquared =>
        [0x901192AF7C114F20, 0x3464504ADE6FA2FA, 0x620FC84C3AFFE0D4, 0x1EB5E412A22B3D3B];

    /// <summary>−n⁻¹ mod 2⁶⁴.</summary>
    private const ulong OrderFactor = 0x327F9E8872350975;

    /// <summary>r = x + y.</summary>
    public static void Add(Span<ulong> r, ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y)
    {
        var carry = 0UL;
        for (var i = 0; i < 4; i++)
        {
            r[i] = AddWithCarry(x[i], y[i], ref carry);
        }

        SubtractOrder(r, carry);
    }

    /// <summary>r = x − y.</summary>
    public static void Subtract(Span<ulong> r, ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y)
    {
        var borrow = 0UL;
        for (var i = 0; i < 4; i++)
        {
            r[i] = SubtractWithBorrow(x[i], y[i], ref borrow);
        }

        var mask = 0 - borrow;
        var carry = 0UL;
        for (var i = 0; i < 4; i++)
        {
            r[i] = AddWithCarry(r[i], Order[i] & mask, ref carry);
        }
    }

    /// <summary>r = xy.</summary>
    public static void Multiply(Span<ulong> r, ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y)
    {
        MontgomeryMultiply(r, x, y);
        MontgomeryMultiply(r, r, RSquared);
    }

    /// <summary>r = low + 2²⁵⁶·high for any 256-bit low and high.</summary>
    public static void ReduceWide(Span<ulong> r, ReadOnlySpan<ulong> low, ReadOnlySpan<ulong> high)
    {
        Span<ulong> t = stackalloc ulong[4];
        low.CopyTo(t);
        SubtractOrder(t, 0);
        MontgomeryMultiply(r, high, RSquared);
        Add(r, r, t);
        t.Clear();
    }

    /// <summary>All ones when x ≥ n, else zero, for any 256-bit x.</summary>
    public static ulong IsAtLeastOrderMask(ReadOnlySpan<ulong> x)
    {
        var borrow = 0UL;
        for (var i = 0; i < 4; i++)
        {
            SubtractWithBorrow(x[i], Order[i], ref borrow);
        }

        return borrow - 1;
    }

    /// <summary>Subtracts n once from r + 2²⁵⁶·carry, a value below 2n, where it is n or more.</summary>
    public static void SubtractOrder(Span<ulong> r, ulong carry)
    {
        Span<ulong> t = stackalloc ulong[4];
        var borrow = 0UL;
        for (var i = 0; i < 4; i++)
        {
            t[i] = SubtractWithBorrow(r[i], Order[i], ref borrow);
        }

        // Keep r only when the subtraction borrowed and there was no carry to pay it.
        var keep = 0 - (borrow & ~carry);
        for (var i = 0; i < 4; i++)
        {
            r[i] = t[i] ^ ((t[i] ^ r[i]) & keep);
        }

        t.Clear();
    }

    /// <summary>r = xy/2²⁵⁶ for xy below 2²⁵⁶·n. r may be x.</summary>
    private static void MontgomeryMultiply(Span<ulong> r, ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y)
    {
        Span<ulong> t = stackalloc ulong[6];
        t.Clear();
        for (var i = 0; i < 4; i++)
        {
            var carry = 0UL;
            for (var j = 0; j < 4; j++)
            {
                t[j] = MultiplyAdd(x[i], y[j], t[j], ref carry);
            }

            var top = 0UL;
            t[4] = AddWithCarry(t[4], carry, ref top);
            t[5] = top;

            var q = t[0] * OrderFactor;
            carry = 0;
            MultiplyAdd(q, Order[0], t[0], ref carry);
            for (var j = 1; j < 4; j++)
            {
                t[j - 1] = MultiplyAdd(q, Order[j], t[j], ref carry);
            }

            top = 0;
            t[3] = AddWithCarry(t[4], carry, ref top);
            t[4] = t[5] + top;
        }

        t[..4].CopyTo(r);
        SubtractOrder(r, t[4]);
        t.Clear();
    }

    /// <summary>ab + c + carry: the low word; the high word becomes the carry. It cannot overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyAdd(ulong a, ulong b, ulong c, ref ulong carry)
    {
        var high = Math.BigMul(a, b, out var low);
        ulong c0 = 0, c1 = 0;
        low = AddWithCarry(low, c, ref c0);
        low = AddWithCarry(low, carry, ref c1);
        carry = high + c0 + c1;
        return low;
    }

    // Carries are taken from the highest bits and not from a comparison, which an interpreter may make a branch of.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddWithCarry(ulong a, ulong b, ref ulong carry)
    {
        var sum = a + b + carry;
        carry = ((a & b) | ((a | b) & ~sum)) >> 63;
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SubtractWithBorrow(ulong a, ulong b, ref ulong borrow)
    {
        var difference = a - b - borrow;
        borrow = ((~a & b) | ((~a | b) & difference)) >> 63;
        return difference;
    }
}
