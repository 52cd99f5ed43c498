using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// kP in constant time by a fixed window of five bits with signed digits (Booth's recoding: digits in [−16, 16], all
/// windows alike) over a table of P … 16P.
/// </summary>
internal static class SignedWindow
{
    /// <summary>Bits of a window.</summary>
    public const int Width = 5;

    /// <summary>Windows of a scalar; the highest begins at bit 255.</summary>
    public const int Count = 52;

    private const int Entries = 1 << (Width - 1);

    /// <summary>
    /// r = kP for k in [0, n).
    /// </summary>
    /// <remarks>
    /// Why the incomplete sum is never given equal or opposite terms: before digit d of window i &gt; 0 is added the sum
    /// is mP with m = 32·⌊(k + 2⁵ⁱ⁺⁴)/2⁵ⁱ⁺⁵⌋, and m + d ≤ (k + 2⁵ⁱ)/2⁵ⁱ &lt; n/32 + 1. So 0 ≤ m &lt; n/2, and m ≡ ±d modulo
    /// n, with |d| ≤ 16, only if m = ±d; m is a multiple of 32, hence only for m = d = 0, which the masks for infinity and
    /// for a zero digit cover. In the last window m may come near n (k = n − 2 meets a doubling), so that sum is complete.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out ProjectivePoint<FieldElement> r, ReadOnlySpan<ulong> k, in AffinePoint<FieldElement> p)
    {
        Span<ulong> table = stackalloc ulong[Entries * PointTable.Words];
        FillTable(table, in p);

        Span<ulong> entry = stackalloc ulong[PointTable.Words];
        JacobianPoint<FieldElement> sum = default;
        var infinity = ~0UL;
        for (var i = Count - 1; i > 0; i--)
        {
            Select(out var term, table, entry, k, i, out var skip);
            sum.Accumulate(ref infinity, in term, skip);
            for (var j = 0; j < Width; j++)
            {
                JacobianPoint<FieldElement>.Double(out sum, in sum);
            }
        }

        Select(out var last, table, entry, k, 0, out var none);
        ProjectivePoint<FieldElement>.From(out var a, in sum);
        a.MoveInfinityIf(infinity);
        var b = ProjectivePoint<FieldElement>.From(in last);
        b.MoveInfinityIf(none);
        ProjectivePoint<FieldElement>.Add(out r, in a, in b);
        table.Clear();
        entry.Clear();
    }

    /// <summary>
    /// Digit <paramref name="i"/> of Booth's recoding of four words: bits [iw − 1, iw + w) make b, and the digit is
    /// ⌈b/2⌉ − 2ʷ⁻¹·(highest bit)·2. Magnitude at most 2ʷ⁻¹, and all ones where it is negative.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Digit(ReadOnlySpan<ulong> k, int i, int width, out ulong negative)
    {
        // Indices and shifts depend on the window alone.
        var at = (i * width) - 1;
        ulong bits;
        if (at < 0)
        {
            bits = k[0] << 1;
        }
        else
        {
            int word = at >> 6, shift = at & 63;
            bits = k[word] >> shift;
            if (word < 3 && shift != 0)
            {
                bits |= k[word + 1] << (64 - shift);
            }
        }

        bits &= (2UL << width) - 1;
        negative = 0 - (bits >> width);
        var magnitude = bits ^ (negative & ((2UL << width) - 1));
        return (magnitude >> 1) + (magnitude & 1);
    }

    /// <summary>The term of window i, and all ones where its digit is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Select(
        out AffinePoint<FieldElement> term, ReadOnlySpan<ulong> table, Span<ulong> entry, ReadOnlySpan<ulong> k, int i, out ulong zero)
    {
        var digit = Digit(k, i, Width, out var negative);
        ConstantTime.Select(table, digit, entry);
        PointTable.Load(out term, entry);
        FieldElement.Negate(out var y, in term.Y);
        term.Y.MoveIf(negative, in y);
        zero = ConstantTime.IsZeroMask(digit);
    }

    private static void FillTable(Span<ulong> table, in AffinePoint<FieldElement> p)
    {
        Span<JacobianPoint<FieldElement>> multiples = stackalloc JacobianPoint<FieldElement>[Entries];
        multiples[0] = JacobianPoint<FieldElement>.From(in p);
        for (var j = 2; j <= Entries; j++)
        {
            if (j % 2 == 0)
            {
                JacobianPoint<FieldElement>.Double(out multiples[j - 1], in multiples[(j / 2) - 1]);
            }
            else
            {
                JacobianPoint<FieldElement>.Add(out multiples[j - 1], in multiples[j - 2], in p, out _, out _);
            }
        }

        PointTable.Store(table, multiples);
    }
}
