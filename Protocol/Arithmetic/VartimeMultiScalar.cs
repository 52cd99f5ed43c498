using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// sG + Σ tᵢPᵢ for public values: width-w non-adjacent forms interleaved over one chain of doublings (Möller,
/// "Algorithms for multi-exponentiation", SAC 2001). Time depends on the scalars.
/// </summary>
internal static class VartimeMultiScalar
{
    private const int Width = 5;
    private const int Entries = 1 << (Width - 2);

    // Odd multiples of G; in the browser they are interpreted into being, so few pay.
    private static readonly int BaseWidth = OperatingSystem.IsBrowser() ? 6 : 10;
    private static readonly ulong[] BaseTable = BuildBaseTable();

    /// <summary>r = sG + tP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out ProjectivePoint<FieldElement> r, ReadOnlySpan<ulong> s, ReadOnlySpan<ulong> t, in AffinePoint<FieldElement> p)
    {
        Span<short> digitsG = stackalloc short[NonAdjacentForm.Length];
        Span<short> digitsP = stackalloc short[NonAdjacentForm.Length];
        NonAdjacentForm.Write(digitsG, s, BaseWidth);
        NonAdjacentForm.Write(digitsP, t, Width);
        Span<ulong> table = stackalloc ulong[Entries * PointTable.Words];
        Span<JacobianPoint<FieldElement>> multiples = stackalloc JacobianPoint<FieldElement>[Entries];
        FillOddMultiples(multiples, in p);
        PointTable.Store(table, multiples);

        JacobianPoint<FieldElement> sum = default;
        var isInfinity = true;
        for (var i = NonAdjacentForm.Length - 1; i >= 0; i--)
        {
            if (!isInfinity)
            {
                JacobianPoint<FieldElement>.Double(out sum, in sum);
            }

            AddDigit(ref sum, ref isInfinity, digitsP[i], table);
            AddDigit(ref sum, ref isInfinity, digitsG[i], BaseTable);
        }

        ProjectivePoint<FieldElement>.From(out r, in sum);
        r.MoveInfinityIf(isInfinity ? ~0UL : 0);
    }

    /// <summary>r = Σ kᵢPᵢ; scalars are four words each.</summary>
    public static void Sum(out ProjectivePoint<FieldElement> r, ReadOnlySpan<ulong> k, ReadOnlySpan<AffinePoint<FieldElement>> p)
    {
        var digits = new short[p.Length * NonAdjacentForm.Length];
        var multiples = new JacobianPoint<FieldElement>[p.Length * Entries];
        var table = new ulong[multiples.Length * PointTable.Words];
        for (var j = 0; j < p.Length; j++)
        {
            NonAdjacentForm.Write(digits.AsSpan(j * NonAdjacentForm.Length, NonAdjacentForm.Length), k.Slice(4 * j, 4), Width);
            FillOddMultiples(multiples.AsSpan(j * Entries, Entries), in p[j]);
        }

        PointTable.Store(table, multiples);
        JacobianPoint<FieldElement> sum = default;
        var isInfinity = true;
        for (var i = NonAdjacentForm.Length - 1; i >= 0; i--)
        {
            if (!isInfinity)
            {
                JacobianPoint<FieldElement>.Double(out sum, in sum);
            }

            for (var j = 0; j < p.Length; j++)
            {
                var row = table.AsSpan(j * Entries * PointTable.Words, Entries * PointTable.Words);
                AddDigit(ref sum, ref isInfinity, digits[(j * NonAdjacentForm.Length) + i], row);
            }
        }

        ProjectivePoint<FieldElement>.From(out r, in sum);
        r.MoveInfinityIf(isInfinity ? ~0UL : 0);
    }

    private static void AddDigit(ref JacobianPoint<FieldElement> sum, ref bool isInfinity, short digit, ReadOnlySpan<ulong> table)
    {
        if (digit == 0)
        {
            return;
        }

        PointTable.Load(out var term, table[(Math.Abs((int)digit) >> 1 << 3)..]);
        if (digit < 0)
        {
            FieldElement.Negate(out term.Y, in term.Y);
        }

        sum.AccumulateVartime(ref isInfinity, in term);
    }

    /// <summary>P, 3P, 5P …</summary>
    private static void FillOddMultiples(Span<JacobianPoint<FieldElement>> multiples, in AffinePoint<FieldElement> p)
    {
        multiples[0] = JacobianPoint<FieldElement>.From(in p);
        JacobianPoint<FieldElement>.Double(out var twice, in multiples[0]);
        Span<ulong> words = stackalloc ulong[PointTable.Words];
        PointTable.Store(words, new ReadOnlySpan<JacobianPoint<FieldElement>>(in twice));
        PointTable.Load(out var step, words);
        for (var j = 1; j < multiples.Length; j++)
        {
            JacobianPoint<FieldElement>.Add(out multiples[j], in multiples[j - 1], in step, out _, out _);
        }
    }

    private static ulong[] BuildBaseTable()
    {
        var multiples = new JacobianPoint<FieldElement>[1 << (BaseWidth - 2)];
        FillOddMultiples(multiples, PointExtensions.Generator);
        var table = new ulong[multiples.Length * PointTable.Words];
        PointTable.Store(table, multiples);
        return table;
    }
}

/// <summary>
/// The width-w non-adjacent form: odd digits below 2ʷ⁻¹ in magnitude, at least w − 1 zeros between two (Hankerson,
/// Menezes, Vanstone, "Guide to Elliptic Curve Cryptography", algorithm 3.35).
/// </summary>
internal static class NonAdjacentForm
{
    /// <summary>Digits of a 256-bit number.</summary>
    public const int Length = 257;

    /// <summary>Writes all digits, lowest first.</summary>
    public static void Write(Span<short> digits, ReadOnlySpan<ulong> k, int width)
    {
        digits.Clear();
        var carry = 0;
        for (var i = 0; i < Length;)
        {
            int word = i >> 6, shift = i & 63;
            var bits = word < 4 ? k[word] >> shift : 0;
            if (shift + width > 64 && word < 3)
            {
                bits |= k[word + 1] << (64 - shift);
            }

            var window = (int)(bits & ((1UL << width) - 1)) + carry;
            if ((window & 1) == 0)
            {
                // carry + bit is 0 or 2: the carry moves on.
                i++;
                continue;
            }

            carry = window >> (width - 1);
            digits[i] = (short)(window - (carry << width));
            i += width;
        }
    }
}
