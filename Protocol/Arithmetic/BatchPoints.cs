using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>Points side by side: sums with infinity beside them, and the ways in and out of lanes.</summary>
internal static class BatchPoints<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>
    /// Adds ±(x, y) to a sum that may still be infinity, or nothing where <paramref name="skip"/> is all ones. For terms
    /// that are not ± the sum unless skipped or infinity.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Accumulate(
        ref JacobianPoint<FieldLanes<T>> sum,
        ref T infinity,
        ref FieldLanes<T> x,
        ref FieldLanes<T> y,
        T negative,
        T skip)
    {
        AffinePoint<FieldLanes<T>> term;
        y.NegateIf(negative);
        term.X = x;
        term.Y = y;
        JacobianPoint<FieldLanes<T>>.Add(out var next, in sum, in term, out _, out _);
        var one = FieldLanes<T>.One;
        FieldLanes<T>.Select(out next.X, infinity, in term.X, in next.X);
        FieldLanes<T>.Select(out next.Y, infinity, in term.Y, in next.Y);
        FieldLanes<T>.Select(out next.Z, infinity, in one, in next.Z);
        FieldLanes<T>.Select(out sum.X, skip, in sum.X, in next.X);
        FieldLanes<T>.Select(out sum.Y, skip, in sum.Y, in next.Y);
        FieldLanes<T>.Select(out sum.Z, skip, in sum.Z, in next.Z);
        infinity &= skip;
    }

    /// <summary>Replaces points by infinity where the mask is all ones.</summary>
    public static void MoveInfinityIf(ref ProjectivePoint<FieldLanes<T>> p, T mask)
    {
        var infinity = ProjectivePoint<FieldLanes<T>>.Infinity;
        FieldLanes<T>.Select(out p.X, mask, in infinity.X, in p.X);
        FieldLanes<T>.Select(out p.Y, mask, in infinity.Y, in p.Y);
        FieldLanes<T>.Select(out p.Z, mask, in infinity.Z, in p.Z);
    }

    /// <summary>Takes up a point a lane; in the place of infinity G, with the mask all ones.</summary>
    public static void Load(out AffinePoint<FieldLanes<T>> r, out T isInfinity, ReadOnlySpan<Point> p)
    {
        Span<long> x = stackalloc long[5 * T.Count];
        Span<long> y = stackalloc long[5 * T.Count];
        Span<long> masks = stackalloc long[T.Count];
        for (var lane = 0; lane < T.Count; lane++)
        {
            var generator = PointExtensions.Generator;
            var point = p[lane].Value;
            var mask = p[lane].InfinityMask;
            point.X.MoveIf(mask, in generator.X);
            point.Y.MoveIf(mask, in generator.Y);
            point.X.ToLane(x[lane..], T.Count);
            point.Y.ToLane(y[lane..], T.Count);
            masks[lane] = (long)mask;
        }

        FieldLanes<T>.Load(out r.X, x);
        FieldLanes<T>.Load(out r.Y, y);
        isInfinity = T.Load(masks);
    }

    /// <summary>r = 1/x in every lane with one inversion; no lane may be zero, r not x.</summary>
    public static void Invert(out FieldLanes<T> r, in FieldLanes<T> x)
    {
        // Each step doubles how many lanes the product spans, and the product of the others with it.
        x.Exchange(out r, 1);
        FieldLanes<T>.Multiply(out var product, in x, in r);
        for (var distance = 2; distance < T.Count; distance <<= 1)
        {
            product.Exchange(out var other, distance);
            FieldLanes<T>.Multiply(out r, in r, in other);
            FieldLanes<T>.Multiply(out product, in product, in other);
        }

        Span<long> buffer = stackalloc long[5 * T.Count];
        product.Store(buffer);
        FieldElement.FromLane(out var one, buffer, T.Count);
        FieldElement.Invert(out one, in one);
        var inverse = FieldLanes<T>.Create(in one);
        FieldLanes<T>.Multiply(out r, in r, in inverse);
        buffer.Clear();
    }

    /// <summary>The affine points, canonical; infinity becomes (0, 0).</summary>
    public static void ToAffine(Span<Point> r, in ProjectivePoint<FieldLanes<T>> p)
    {
        // Zeros must not enter the common product: put one in their place, and zero into the result.
        Span<long> x = stackalloc long[5 * T.Count];
        Span<long> y = stackalloc long[5 * T.Count];
        Span<ulong> infinite = stackalloc ulong[T.Count];
        p.Z.Store(x);
        for (var lane = 0; lane < T.Count; lane++)
        {
            FieldElement.FromLane(out var element, x[lane..], T.Count);
            element.MakeCanonical();
            infinite[lane] = ConstantTime.IsZeroMask(element.L0 | element.L1 | element.L2 | element.L3 | element.L4);
            element.MoveIf(infinite[lane], FieldElement.One);
            element.ToLane(x[lane..], T.Count);
        }

        FieldLanes<T>.Load(out var denominator, x);
        Invert(out var z, in denominator);
        FieldLanes<T>.Multiply(out var affine, in p.X, in z);
        affine.Store(x);
        FieldLanes<T>.Multiply(out affine, in p.Y, in z);
        affine.Store(y);
        for (var lane = 0; lane < T.Count; lane++)
        {
            AffinePoint<FieldElement> point;
            FieldElement.FromLane(out point.X, x[lane..], T.Count);
            FieldElement.FromLane(out point.Y, y[lane..], T.Count);
            point.X.MakeCanonical();
            point.Y.MakeCanonical();
            point.X.MoveIf(infinite[lane], default);
            point.Y.MoveIf(infinite[lane], default);
            r[lane] = new(in point);
        }

        x.Clear();
        y.Clear();
    }
}
