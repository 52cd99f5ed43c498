using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// kG in constant time without doublings: a table holds 2ʷⁱ·G … 2ʷ⁻¹·2ʷⁱ·G for every window i, and the signed digits
/// of k choose one each (Brickell, Gordon, McCurley, Wilson, "Fast exponentiation with precomputation", EUROCRYPT 1992,
/// with Booth's digits). Built at first use.
/// </summary>
internal static class FixedBaseComb
{
    // In the browser the table is interpreted into being, so a small one pays.
    private static readonly int Width = OperatingSystem.IsBrowser() ? 4 : 6;
    private static readonly int Count = (256 / Width) + 1;
    private static readonly int Entries = 1 << (Width - 1);
    private static readonly ulong[] Table = BuildTable(Width);

    /// <summary>
    /// r = kG for k in [0, n).
    /// </summary>
    /// <remarks>
    /// Why the incomplete sum is never given equal or opposite terms: the sum before window i is sG with
    /// |s| ≤ 2ʷⁱ⁻¹, the term is ±d·2ʷⁱG with 1 ≤ d, so s ∓ d·2ʷⁱ ≠ 0, and below the highest windows it is too small to
    /// be another multiple of n. In the highest, d·2ʷⁱ ≤ 2²⁵⁶ and s ± d·2ʷⁱ is k or k − 2d·2ʷⁱ; the first is 0 modulo n
    /// only for k = 0, which has no digits; the second only if k = 2d·2ʷⁱ − n &gt; 0, but then |s| = |n − d·2ʷⁱ| ≤ 2ʷⁱ⁻¹
    /// asks for d·2ʷⁱ within 2ʷⁱ⁻¹ of n, hence d·2ʷⁱ = 2²⁵⁶ and k = 2²⁵⁷ − n &gt; n.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out ProjectivePoint<FieldElement> r, ReadOnlySpan<ulong> k)
    {
        Span<ulong> entry = stackalloc ulong[PointTable.Words];
        JacobianPoint<FieldElement> sum = default;
        var infinity = ~0UL;
        ReadOnlySpan<ulong> table = Table;
        var row = Entries * PointTable.Words;
        for (var i = 0; i < Count; i++)
        {
            var digit = SignedWindow.Digit(k, i, Width, out var negative);
            ConstantTime.Select(table.Slice(i * row, row), digit, entry);
            PointTable.Load(out var term, entry);
            FieldElement.Negate(out var y, in term.Y);
            term.Y.MoveIf(negative, in y);
            sum.Accumulate(ref infinity, in term, ConstantTime.IsZeroMask(digit));
        }

        ProjectivePoint<FieldElement>.From(out r, in sum);
        r.MoveInfinityIf(infinity);
        entry.Clear();
    }

    /// <summary>For every window of a width the multiples 1 … 2ʷ⁻¹ of 2ʷⁱ·G, in the form of <see cref="PointTable"/>.</summary>
    internal static ulong[] BuildTable(int width)
    {
        var entries = 1 << (width - 1);
        var points = new JacobianPoint<FieldElement>[((256 / width) + 1) * entries];
        var table = new ulong[points.Length * PointTable.Words];
        Span<ulong> words = stackalloc ulong[PointTable.Words];
        var power = PointExtensions.Generator;
        for (var first = 0; first < points.Length; first += entries)
        {
            var row = points.AsSpan(first, entries);
            row[0] = JacobianPoint<FieldElement>.From(in power);
            JacobianPoint<FieldElement>.Double(out row[1], in row[0]);
            for (var j = 2; j < entries; j++)
            {
                JacobianPoint<FieldElement>.Add(out row[j], in row[j - 1], in power, out _, out _);
            }

            // 2ʷ·(2ʷⁱG) is twice the row's last entry; the next row starts from its affine form.
            JacobianPoint<FieldElement>.Double(out var next, in row[^1]);
            PointTable.Store(words, new ReadOnlySpan<JacobianPoint<FieldElement>>(in next));
            PointTable.Load(out power, words);
        }

        PointTable.Store(table, points);
        return table;
    }
}
