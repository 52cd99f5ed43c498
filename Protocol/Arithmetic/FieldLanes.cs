using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// Field elements side by side, in the form of <see cref="FieldElement"/> (five limbs of 52 bits, R = 2²⁶⁰) with signed
/// limbs, multiplied as doubles.
/// </summary>
/// <remarks>
/// Tight: all limbs but the highest in [−2⁵¹, 2⁵¹), the value between −2p and 2p. Loose: limbs within ±2⁵², the value
/// within ±4p. So a loose limb times a tight one is at most 2¹⁰³, the limit of <see cref="ILanes{T}.High"/>, and a
/// product of values is within (16p² + 2²⁶⁰p)/2²⁶⁰ &lt; 2p. Columns sum at most eleven parts below 2⁵², far from 2⁶³.
/// </remarks>
internal struct FieldLanes<T> : IFieldElement<FieldLanes<T>>
    where T : unmanaged, ILanes<T>
{
    private const int Radix = FieldElement.Radix;
    private const long Half = 1L << (Radix - 1);

    /// <summary>Limbs, least significant first.</summary>
    public T L0, L1, L2, L3, L4;

    /// <inheritdoc/>
    public static FieldLanes<T> One => Create(FieldElement.One);

    /// <inheritdoc/>
    public static FieldLanes<T> CurveB => Create(FieldElement.CurveB);

    private static T Mask
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => T.Create((long)FieldElement.Mask);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Multiply(out FieldLanes<T> r, in FieldLanes<T> x, in FieldLanes<T> y)
    {
        // Product by columns, a step of the reduction following three columns behind. Columns start at minus the
        // offsets their parts will bring: so many low ones, so many high ones; the upper also at half a limb, so
        // that the last carries round to nearest and limbs come out signed.
        T a0 = T.ToDouble(x.L0), a1 = T.ToDouble(x.L1), a2 = T.ToDouble(x.L2), a3 = T.ToDouble(x.L3), a4 = T.ToDouble(x.L4);
        T b0 = T.ToDouble(y.L0), b1 = T.ToDouble(y.L1), b2 = T.ToDouble(y.L2), b3 = T.ToDouble(y.L3), b4 = T.ToDouble(y.L4);
        T t0 = Start(1, 0, 0), t1 = Start(2, 1, 0), t2 = Start(3, 2, 0), t3 = Start(4, 3, 0), t4 = Start(6, 4, 0);
        T t5 = Start(5, 6, Half), t6 = Start(4, 5, Half), t7 = Start(3, 4, Half), t8 = Start(2, 3, Half), t9 = Start(0, 2, 0);
        var c = T.ToDouble(T.Create((long)FieldElement.B));
        T h, q;

        h = T.High(a0, b0);
        t0 += T.Low(a0, b0, h);
        t1 += h;

        h = T.High(a0, b1);
        t1 += T.Low(a0, b1, h);
        t2 += h;
        h = T.High(a1, b0);
        t1 += T.Low(a1, b0, h);
        t2 += h;

        h = T.High(a0, b2);
        t2 += T.Low(a0, b2, h);
        t3 += h;
        h = T.High(a1, b1);
        t2 += T.Low(a1, b1, h);
        t3 += h;
        h = T.High(a2, b0);
        t2 += T.Low(a2, b0, h);
        t3 += h;

        h = T.High(a0, b3);
        t3 += T.Low(a0, b3, h);
        t4 += h;
        h = T.High(a1, b2);
        t3 += T.Low(a1, b2, h);
        t4 += h;
        h = T.High(a2, b1);
        t3 += T.Low(a2, b1, h);
        t4 += h;
        h = T.High(a3, b0);
        t3 += T.Low(a3, b0, h);
        t4 += h;
        q = t0 & Mask;
        t1 += (t0 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t2 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, c);
        t4 += T.Low(q, c, h);
        t5 += h;

        h = T.High(a0, b4);
        t4 += T.Low(a0, b4, h);
        t5 += h;
        h = T.High(a1, b3);
        t4 += T.Low(a1, b3, h);
        t5 += h;
        h = T.High(a2, b2);
        t4 += T.Low(a2, b2, h);
        t5 += h;
        h = T.High(a3, b1);
        t4 += T.Low(a3, b1, h);
        t5 += h;
        h = T.High(a4, b0);
        t4 += T.Low(a4, b0, h);
        t5 += h;
        q = t1 & Mask;
        t2 += (t1 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t3 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, c);
        t5 += T.Low(q, c, h);
        t6 += h;

        h = T.High(a1, b4);
        t5 += T.Low(a1, b4, h);
        t6 += h;
        h = T.High(a2, b3);
        t5 += T.Low(a2, b3, h);
        t6 += h;
        h = T.High(a3, b2);
        t5 += T.Low(a3, b2, h);
        t6 += h;
        h = T.High(a4, b1);
        t5 += T.Low(a4, b1, h);
        t6 += h;
        q = t2 & Mask;
        t3 += (t2 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t4 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, c);
        t6 += T.Low(q, c, h);
        t7 += h;

        h = T.High(a2, b4);
        t6 += T.Low(a2, b4, h);
        t7 += h;
        h = T.High(a3, b3);
        t6 += T.Low(a3, b3, h);
        t7 += h;
        h = T.High(a4, b2);
        t6 += T.Low(a4, b2, h);
        t7 += h;
        q = t3 & Mask;
        t4 += (t3 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t5 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, c);
        t7 += T.Low(q, c, h);
        t8 += h;

        h = T.High(a3, b4);
        t7 += T.Low(a3, b4, h);
        t8 += h;
        h = T.High(a4, b3);
        t7 += T.Low(a4, b3, h);
        t8 += h;
        q = t4 & Mask;
        t5 += (t4 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t6 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, c);
        t8 += T.Low(q, c, h);
        t9 += h;

        h = T.High(a4, b4);
        t8 += T.Low(a4, b4, h);
        t9 += h;

        Carry(out r, t5, t6, t7, t8, t9);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Square(out FieldLanes<T> r, in FieldLanes<T> x)
    {
        T a0 = T.ToDouble(x.L0), a1 = T.ToDouble(x.L1), a2 = T.ToDouble(x.L2), a3 = T.ToDouble(x.L3), a4 = T.ToDouble(x.L4);
        T d0 = T.Twice(a0), d1 = T.Twice(a1), d2 = T.Twice(a2), d3 = T.Twice(a3);
        T t0 = Start(1, 0, 0), t1 = Start(1, 1, 0), t2 = Start(2, 1, 0), t3 = Start(2, 2, 0), t4 = Start(4, 2, 0);
        T t5 = Start(3, 4, Half), t6 = Start(3, 3, Half), t7 = Start(2, 3, Half), t8 = Start(2, 2, Half), t9 = Start(0, 2, 0);
        var b = T.ToDouble(T.Create((long)FieldElement.B));
        T h, q;

        h = T.High(a0, a0);
        t0 += T.Low(a0, a0, h);
        t1 += h;

        h = T.High(d0, a1);
        t1 += T.Low(d0, a1, h);
        t2 += h;

        h = T.High(d0, a2);
        t2 += T.Low(d0, a2, h);
        t3 += h;
        h = T.High(a1, a1);
        t2 += T.Low(a1, a1, h);
        t3 += h;

        h = T.High(d0, a3);
        t3 += T.Low(d0, a3, h);
        t4 += h;
        h = T.High(d1, a2);
        t3 += T.Low(d1, a2, h);
        t4 += h;
        q = t0 & Mask;
        t1 += (t0 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t2 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, b);
        t4 += T.Low(q, b, h);
        t5 += h;

        h = T.High(d0, a4);
        t4 += T.Low(d0, a4, h);
        t5 += h;
        h = T.High(d1, a3);
        t4 += T.Low(d1, a3, h);
        t5 += h;
        h = T.High(a2, a2);
        t4 += T.Low(a2, a2, h);
        t5 += h;
        q = t1 & Mask;
        t2 += (t1 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t3 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, b);
        t5 += T.Low(q, b, h);
        t6 += h;

        h = T.High(d1, a4);
        t5 += T.Low(d1, a4, h);
        t6 += h;
        h = T.High(d2, a3);
        t5 += T.Low(d2, a3, h);
        t6 += h;
        q = t2 & Mask;
        t3 += (t2 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t4 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, b);
        t6 += T.Low(q, b, h);
        t7 += h;

        h = T.High(d2, a4);
        t6 += T.Low(d2, a4, h);
        t7 += h;
        h = T.High(a3, a3);
        t6 += T.Low(a3, a3, h);
        t7 += h;
        q = t3 & Mask;
        t4 += (t3 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t5 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, b);
        t7 += T.Low(q, b, h);
        t8 += h;

        h = T.High(d3, a4);
        t7 += T.Low(d3, a4, h);
        t8 += h;
        q = t4 & Mask;
        t5 += (t4 >> Radix) + ((q << 12) & Mask) - ((q << 44) & Mask);
        t6 += (q >>> 40) - (q >>> 8);
        q = T.ToDouble(q);
        h = T.High(q, b);
        t8 += T.Low(q, b, h);
        t9 += h;

        h = T.High(a4, a4);
        t8 += T.Low(a4, a4, h);
        t9 += h;

        Carry(out r, t5, t6, t7, t8, t9);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddLoose(out FieldLanes<T> r, in FieldLanes<T> x, in FieldLanes<T> y)
    {
        r.L0 = x.L0 + y.L0;
        r.L1 = x.L1 + y.L1;
        r.L2 = x.L2 + y.L2;
        r.L3 = x.L3 + y.L3;
        r.L4 = x.L4 + y.L4;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractLoose(out FieldLanes<T> r, in FieldLanes<T> x, in FieldLanes<T> y)
    {
        r.L0 = x.L0 - y.L0;
        r.L1 = x.L1 - y.L1;
        r.L2 = x.L2 - y.L2;
        r.L3 = x.L3 - y.L3;
        r.L4 = x.L4 - y.L4;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(out FieldLanes<T> r, in FieldLanes<T> x, in FieldLanes<T> y) =>
        Reduce(out r, x.L0 + y.L0, x.L1 + y.L1, x.L2 + y.L2, x.L3 + y.L3, x.L4 + y.L4);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(out FieldLanes<T> r, in FieldLanes<T> x, in FieldLanes<T> y) =>
        Reduce(out r, x.L0 - y.L0, x.L1 - y.L1, x.L2 - y.L2, x.L3 - y.L3, x.L4 - y.L4);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractTwice(out FieldLanes<T> r, in FieldLanes<T> x, in FieldLanes<T> y) =>
        Reduce(
            out r,
            x.L0 - (y.L0 << 1),
            x.L1 - (y.L1 << 1),
            x.L2 - (y.L2 << 1),
            x.L3 - (y.L3 << 1),
            x.L4 - (y.L4 << 1));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractBoth(out FieldLanes<T> r, in FieldLanes<T> x, in FieldLanes<T> y, in FieldLanes<T> z) =>
        Reduce(
            out r,
            x.L0 - y.L0 - (z.L0 << 1),
            x.L1 - y.L1 - (z.L1 << 1),
            x.L2 - y.L2 - (z.L2 << 1),
            x.L3 - y.L3 - (z.L3 << 1),
            x.L4 - y.L4 - (z.L4 << 1));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Triple(out FieldLanes<T> r, in FieldLanes<T> x) =>
        Reduce(
            out r,
            (x.L0 << 1) + x.L0,
            (x.L1 << 1) + x.L1,
            (x.L2 << 1) + x.L2,
            (x.L3 << 1) + x.L3,
            (x.L4 << 1) + x.L4);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TripleDifference(out FieldLanes<T> r, in FieldLanes<T> x, in FieldLanes<T> y)
    {
        SubtractLoose(out var t, in x, in y);
        Triple(out r, in t);
    }

    /// <summary>a where the mask is all ones, b where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Select(out FieldLanes<T> r, T mask, in FieldLanes<T> a, in FieldLanes<T> b)
    {
        r.L0 = T.Select(mask, a.L0, b.L0);
        r.L1 = T.Select(mask, a.L1, b.L1);
        r.L2 = T.Select(mask, a.L2, b.L2);
        r.L3 = T.Select(mask, a.L3, b.L3);
        r.L4 = T.Select(mask, a.L4, b.L4);
    }

    /// <summary>The opposite where the mask is all ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NegateIf(T mask)
    {
        // −2⁵¹ has no opposite among tight limbs, but 2⁵¹ keeps the product's bound of 2¹⁰³ and Reduce's.
        L0 = (L0 ^ mask) - mask;
        L1 = (L1 ^ mask) - mask;
        L2 = (L2 ^ mask) - mask;
        L3 = (L3 ^ mask) - mask;
        L4 = (L4 ^ mask) - mask;
    }

    /// <summary>Exchanges lanes whose numbers differ in one bit.</summary>
    public readonly void Exchange(out FieldLanes<T> r, int distance)
    {
        r.L0 = T.Exchange(L0, distance);
        r.L1 = T.Exchange(L1, distance);
        r.L2 = T.Exchange(L2, distance);
        r.L3 = T.Exchange(L3, distance);
        r.L4 = T.Exchange(L4, distance);
    }

    /// <summary>The same tight element in every lane.</summary>
    public static FieldLanes<T> Create(in FieldElement x)
    {
        Reduce(
            out var r,
            T.Create((long)x.L0),
            T.Create((long)x.L1),
            T.Create((long)x.L2),
            T.Create((long)x.L3),
            T.Create((long)x.L4));
        return r;
    }

    /// <summary>Takes up tight elements, a lane each: limb i of lane j from buffer[i·lanes + j].</summary>
    public static void Load(out FieldLanes<T> r, ReadOnlySpan<long> buffer) =>
        Reduce(
            out r,
            T.Load(buffer),
            T.Load(buffer[T.Count..]),
            T.Load(buffer[(2 * T.Count)..]),
            T.Load(buffer[(3 * T.Count)..]),
            T.Load(buffer[(4 * T.Count)..]));

    /// <summary>Lays down limbs, a lane each: limb i of lane j at buffer[i·lanes + j].</summary>
    public readonly void Store(Span<long> buffer)
    {
        T.Store(buffer, L0);
        T.Store(buffer[T.Count..], L1);
        T.Store(buffer[(2 * T.Count)..], L2);
        T.Store(buffer[(3 * T.Count)..], L3);
        T.Store(buffer[(4 * T.Count)..], L4);
    }

    /// <summary>A column's start: minus the offsets of its low and high parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Start(int low, int high, long plus) =>
        T.Create(unchecked(plus - (low * T.LowBits) - (high * LanesOfDoubles.HighBits)));

    /// <summary>Carries columns, all but the highest already lifted by half a limb, into signed limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(out FieldLanes<T> r, T t0, T t1, T t2, T t3, T t4)
    {
        var half = T.Create(Half);
        t1 += t0 >> Radix;
        t2 += t1 >> Radix;
        t3 += t2 >> Radix;
        t4 += t3 >> Radix;
        r.L0 = (t0 & Mask) - half;
        r.L1 = (t1 & Mask) - half;
        r.L2 = (t2 & Mask) - half;
        r.L3 = (t3 & Mask) - half;
        r.L4 = t4;
    }

    /// <summary>Makes limbs and value tight, as <c>FieldElement.Reduce</c> does, for values within ±30p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(out FieldLanes<T> r, T l0, T l1, T l2, T l3, T l4)
    {
        var half = T.Create(Half);
        var high = l4 >> 48;
        Carry(
            out r,
            l0 + high + half,
            l1 + (high << 44) - (high << 12) + half,
            l2 + half,
            l3 + half,
            l4 - (high << 48) + (high << 16));
    }
}
