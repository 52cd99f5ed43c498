using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// The SM2 group of GB/T 32918.5. Methods that end in <c>Vartime</c> leak their inputs through time and are for
/// public values only; all others take the same time for all scalars.
/// </summary>
public static class Sm2Group
{
    /// <summary>The generator.</summary>
    public static Point G
    {
        get
        {
            var g = PointExtensions.Generator;
            return new(in g);
        }
    }

    /// <summary>kG.</summary>
    public static Point MultiplyBase(Scalar k)
    {
        Base(out var r, in k);
        SecretStack.Wipe();
        return new(in r);
    }

    /// <summary>kP.</summary>
    public static Point Multiply(Scalar k, Point p)
    {
        if (p.IsInfinity)
        {
            return default;
        }

        Variable(out var r, in k, p.Value);
        SecretStack.Wipe();
        return new(in r);
    }

    /// <summary>
    /// kP for a static secret k and a point somebody else chose: k is split anew each time, so that chosen points
    /// average nothing out of the time or the power it takes. Splitting rather than adding a multiple of n to k: n begins
    /// with long runs of ones and zeros, through which a multiple of 64 bits shows bits of k unchanged.
    /// </summary>
    public static Point MultiplyBlinded(Scalar k, Point p, IRandomSource random)
    {
        var blind = Scalar.Random(random);
        return Multiply(k - blind, p) + Multiply(blind, p);
    }

    /// <summary>sG + tP for public values, as when verifying.</summary>
    public static Point MultiplyAddVartime(Scalar s, Scalar t, Point p)
    {
        if (p.IsInfinity)
        {
            return MultiplyBase(s);
        }

        VartimeMultiScalar.Multiply(out var r, s.Words, t.Words, p.Value);
        r.ToAffine(out var affine);
        return new(in affine);
    }

    /// <summary>Σ kᵢPᵢ for public values, as when verifying a batch.</summary>
    public static Point SumVartime(ReadOnlySpan<Scalar> k, ReadOnlySpan<Point> p)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(k.Length, p.Length);
        var scalars = new ulong[4 * k.Length];
        var points = new AffinePoint<FieldElement>[k.Length];
        var count = 0;
        for (var i = 0; i < k.Length; i++)
        {
            if (!p[i].IsInfinity)
            {
                k[i].Words.CopyTo(scalars.AsSpan(4 * count));
                points[count++] = p[i].Value;
            }
        }

        VartimeMultiScalar.Sum(out var r, scalars, points.AsSpan(0, count));
        r.ToAffine(out var affine);
        return new(in affine);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Base(out AffinePoint<FieldElement> r, in Scalar k)
    {
        FixedBaseComb.Multiply(out var point, k.Words);
        point.ToAffine(out r);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Variable(out AffinePoint<FieldElement> r, in Scalar k, in AffinePoint<FieldElement> p)
    {
        SignedWindow.Multiply(out var point, k.Words, in p);
        point.ToAffine(out r);
    }
}
