using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// As many multiplications side by side as <typeparamref name="T"/> has lanes: <see cref="FixedBaseComb"/> and
/// <see cref="SignedWindow"/> over lanes, with the same recodings and for the same reasons free of exceptional cases.
/// A lane's result is what the operation gives alone; no lane's time depends on another's values or its own.
/// </summary>
internal static class BatchMultiplication<T>
    where T : unmanaged, ILanes<T>
{
    private const int CombWidth = 7;
    private const int CombCount = (256 / CombWidth) + 1;
    private const int CombEntries = 1 << (CombWidth - 1);
    private const int Coordinates = 10;
    private const int WindowEntries = 1 << (SignedWindow.Width - 1);

    // For every window, coordinate limb and entry a number: columns as ILanes.Lookup reads them.
    private static readonly long[] CombTable = TransposeComb();

    /// <summary>r = kG for one scalar a lane.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MultiplyBase(Span<Point> r, ReadOnlySpan<Scalar> k)
    {
        Comb(out var sum, k);
        BatchPoints<T>.ToAffine(r, in sum);
    }

    /// <summary>r = kP for one scalar and one point a lane.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply(Span<Point> r, ReadOnlySpan<Scalar> k, ReadOnlySpan<Point> p)
    {
        Window(out var sum, k, p);
        BatchPoints<T>.ToAffine(r, in sum);
    }

    /// <summary>r = sG + tP for two scalars and one point a lane.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MultiplyAdd(
        Span<Point> r, ReadOnlySpan<Scalar> s, ReadOnlySpan<Scalar> t, ReadOnlySpan<Point> p)
    {
        Comb(out var first, s);
        Window(out var second, t, p);
        ProjectivePoint<FieldLanes<T>>.Add(out var sum, in first, in second);
        BatchPoints<T>.ToAffine(r, in sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Comb(out ProjectivePoint<FieldLanes<T>> r, ReadOnlySpan<Scalar> k)
    {
        JacobianPoint<FieldLanes<T>> sum = default;
        var infinity = T.Create(-1);
        ReadOnlySpan<long> table = CombTable;
        for (var i = 0; i < CombCount; i++)
        {
            Digits(out var index, out var negative, out var zero, k, i, CombWidth);
            var window = table.Slice(i * Coordinates * CombEntries, Coordinates * CombEntries);
            Lookup(out var x, window, index);
            Lookup(out var y, window[(5 * CombEntries)..], index);
            BatchPoints<T>.Accumulate(ref sum, ref infinity, ref x, ref y, negative, zero);
        }

        ProjectivePoint<FieldLanes<T>>.From(out r, in sum);
        BatchPoints<T>.MoveInfinityIf(ref r, infinity);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Window(out ProjectivePoint<FieldLanes<T>> r, ReadOnlySpan<Scalar> k, ReadOnlySpan<Point> p)
    {
        BatchPoints<T>.Load(out var point, out var isInfinity, p);
        Span<FieldLanes<T>> xs = stackalloc FieldLanes<T>[WindowEntries];
        Span<FieldLanes<T>> ys = stackalloc FieldLanes<T>[WindowEntries];
        FillTable(xs, ys, in point);

        JacobianPoint<FieldLanes<T>> sum = default;
        var infinity = T.Create(-1);
        FieldLanes<T> x, y;
        T negative, zero;
        for (var i = SignedWindow.Count - 1; i > 0; i--)
        {
            Digits(out var index, out negative, out zero, k, i, SignedWindow.Width);
            Scan(out x, xs, index);
            Scan(out y, ys, index);
            BatchPoints<T>.Accumulate(ref sum, ref infinity, ref x, ref y, negative, zero);
            for (var j = 0; j < SignedWindow.Width; j++)
            {
                JacobianPoint<FieldLanes<T>>.Double(out sum, in sum);
            }
        }

        Digits(out var last, out negative, out zero, k, 0, SignedWindow.Width);
        ProjectivePoint<FieldLanes<T>> term;
        Scan(out term.X, xs, last);
        Scan(out term.Y, ys, last);
        term.Y.NegateIf(negative);
        term.Z = FieldLanes<T>.One;
        BatchPoints<T>.MoveInfinityIf(ref term, zero);
        ProjectivePoint<FieldLanes<T>>.From(out var all, in sum);
        BatchPoints<T>.MoveInfinityIf(ref all, infinity);
        ProjectivePoint<FieldLanes<T>>.Add(out r, in all, in term);
        BatchPoints<T>.MoveInfinityIf(ref r, isInfinity);
        xs.Clear();
        ys.Clear();
    }

    /// <summary>Digit i of every lane's scalar: its magnitude less one, its sign and whether it is zero.</summary>
    private static void Digits(out T index, out T negative, out T zero, ReadOnlySpan<Scalar> k, int i, int width)
    {
        Span<long> digits = stackalloc long[T.Count];
        Span<long> signs = stackalloc long[T.Count];
        for (var lane = 0; lane < T.Count; lane++)
        {
            digits[lane] = (long)SignedWindow.Digit(k[lane].Words, i, width, out var sign) - 1;
            signs[lane] = (long)sign;
        }

        index = T.Load(digits);
        negative = T.Load(signs);
        zero = T.AreEqual(index, T.Create(-1));
        digits.Clear();
        signs.Clear();
    }

    /// <summary>A coordinate of the comb's entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Lookup(out FieldLanes<T> r, ReadOnlySpan<long> columns, T index)
    {
        r.L0 = T.Lookup(columns, index);
        r.L1 = T.Lookup(columns[CombEntries..], index);
        r.L2 = T.Lookup(columns[(2 * CombEntries)..], index);
        r.L3 = T.Lookup(columns[(3 * CombEntries)..], index);
        r.L4 = T.Lookup(columns[(4 * CombEntries)..], index);
    }

    /// <summary>A coordinate of the entries of each lane's own table, reading all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scan(out FieldLanes<T> r, ReadOnlySpan<FieldLanes<T>> column, T index)
    {
        T l0 = T.Create(0), l1 = l0, l2 = l0, l3 = l0, l4 = l0, number = l0;
        for (var j = 0; j < column.Length; j++)
        {
            ref readonly var entry = ref column[j];
            var mask = T.AreEqual(number, index);
            l0 = T.Select(mask, entry.L0, l0);
            l1 = T.Select(mask, entry.L1, l1);
            l2 = T.Select(mask, entry.L2, l2);
            l3 = T.Select(mask, entry.L3, l3);
            l4 = T.Select(mask, entry.L4, l4);
            number += T.Create(1);
        }

        r.L0 = l0;
        r.L1 = l1;
        r.L2 = l2;
        r.L3 = l3;
        r.L4 = l4;
    }

    /// <summary>P … 16P in affine coordinates, with one inversion for all lanes and entries.</summary>
    private static void FillTable(Span<FieldLanes<T>> xs, Span<FieldLanes<T>> ys, in AffinePoint<FieldLanes<T>> p)
    {
        Span<JacobianPoint<FieldLanes<T>>> multiples = stackalloc JacobianPoint<FieldLanes<T>>[WindowEntries];
        Span<FieldLanes<T>> prefixes = stackalloc FieldLanes<T>[WindowEntries];
        multiples[0] = JacobianPoint<FieldLanes<T>>.From(in p);
        var product = FieldLanes<T>.One;
        for (var j = 2; j <= WindowEntries; j++)
        {
            ref var multiple = ref multiples[j - 1];
            if (j % 2 == 0)
            {
                JacobianPoint<FieldLanes<T>>.Double(out multiple, in multiples[(j / 2) - 1]);
            }
            else
            {
                JacobianPoint<FieldLanes<T>>.Add(out multiple, in multiples[j - 2], in p, out _, out _);
            }

            prefixes[j - 1] = product;
            FieldLanes<T>.Multiply(out product, in product, in multiple.Z);
        }

        BatchPoints<T>.Invert(out var inverse, in product);
        xs[0] = p.X;
        ys[0] = p.Y;
        for (var j = WindowEntries - 1; j > 0; j--)
        {
            FieldLanes<T>.Multiply(out var z, in inverse, in prefixes[j]);
            FieldLanes<T>.Multiply(out inverse, in inverse, in multiples[j].Z);
            FieldLanes<T>.Square(out var zz, in z);
            FieldLanes<T>.Multiply(out xs[j], in multiples[j].X, in zz);
            FieldLanes<T>.Multiply(out zz, in zz, in z);
            FieldLanes<T>.Multiply(out ys[j], in multiples[j].Y, in zz);
        }
    }

    private static long[] TransposeComb()
    {
        var packed = FixedBaseComb.BuildTable(CombWidth);
        var table = new long[CombCount * Coordinates * CombEntries];
        Span<long> limbs = stackalloc long[Coordinates];
        for (var i = 0; i < CombCount; i++)
        {
            for (var j = 0; j < CombEntries; j++)
            {
                PointTable.Load(out var p, packed.AsSpan(((i * CombEntries) + j) * PointTable.Words));
                p.X.ToSigned(limbs);
                p.Y.ToSigned(limbs[5..]);
                for (var l = 0; l < Coordinates; l++)
                {
                    table[(((i * Coordinates) + l) * CombEntries) + j] = limbs[l];
                }
            }
        }

        return table;
    }
}
