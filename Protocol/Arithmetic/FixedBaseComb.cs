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
    private static readonly ulong[] Table = BuildTable();

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
    public static void Multiply(out ProjectivePoint r, ReadOnlySpan<ulong> k)
    {
        Span<ulong> entry = stackalloc ulong[AffinePoint.Words];
        JacobianPoint sum = default;
        var infinity = ~0UL;
        ReadOnlySpan<ulong> table = Table;
        var row = Entries * AffinePoint.Words;
        for (var i = 0; i < Count; i++)
        {
            var digit = SignedWindow.Digit(k, i, Width, out var negative);
            ConstantTime.Select(table.Slice(i * row, row), digit, entry);
            AffinePoint.Load(out var term, entry);
            FieldElement.Negate(out var y, in term.Y);
            term.Y.MoveIf(negative, in y);
            JacobianPoint.AddTo(ref sum, ref infinity, in term, ConstantTime.IsZeroMask(digit));
        }

        ProjectivePoint.From(out r, in sum, infinity);
        entry.Clear();
    }

    private static ulong[] BuildTable()
    {
        var points = new JacobianPoint[Count * Entries];
        var table = new ulong[points.Length * AffinePoint.Words];
        Span<ulong> generator = stackalloc ulong[AffinePoint.Words];
        var power = AffinePoint.Generator;
        for (var i = 0; i < Count; i++)
        {
            var row = points.AsSpan(i * Entries, Entries);
            row[0] = JacobianPoint.From(in power);
            if (Entries > 1)
            {
                JacobianPoint.Double(out row[1], in row[0]);
            }

            for (var j = 2; j < Entries; j++)
            {
                JacobianPoint.AddMixed(out row[j], in row[j - 1], in power, out _, out _);
            }

            // 2ʷ·(2ʷⁱG) is twice the row's last entry; the next row starts from its affine form.
            JacobianPoint.Double(out var next, in row[^1]);
            AffinePoint.Store(generator, new ReadOnlySpan<JacobianPoint>(in next));
            AffinePoint.Load(out power, generator);
        }

        AffinePoint.Store(table, points);
        return table;
    }
}
