using System.Runtime.CompilerServices;
using static Bzt.Protocol.Arithmetic.FieldElement;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// A point (X/Z, Y/Z), or infinity, (0 : 1 : 0); all coordinates tight. Its sum is complete: right for any two points,
/// equal, opposite or infinity, without a branch.
/// </summary>
internal struct ProjectivePoint
{
    /// <summary>The coordinates.</summary>
    public FieldElement X, Y, Z;

    /// <summary>The curve's coefficient b (GB/T 32918.5).</summary>
    public static FieldElement B => new(0x30632BC0DD422, 0xB09B537AB70D2, 0xA51C3C71CF379, 0x2C8527981505E, 0x40FE188DA20E);

    /// <summary>Infinity.</summary>
    public static ProjectivePoint Infinity => new() { Y = One };

    /// <summary>An affine point, or infinity where the mask is all ones.</summary>
    public static void From(out ProjectivePoint r, in AffinePoint p, ulong infinityMask)
    {
        r = new() { X = p.X, Y = p.Y, Z = One };
        r.MoveIf(infinityMask, Infinity);
    }

    /// <summary>A Jacobian point, or infinity where the mask is all ones: (XZ : Y : Z³).</summary>
    public static void From(out ProjectivePoint r, in JacobianPoint p, ulong infinityMask)
    {
        Multiply(out r.X, in p.X, in p.Z);
        r.Y = p.Y;
        Square(out var t, in p.Z);
        Multiply(out r.Z, in t, in p.Z);
        r.MoveIf(infinityMask, Infinity);
    }

    /// <summary>
    /// r = a + b: algorithm 4 (a = −3) of Renes, Costello, Batina, "Complete addition formulas for prime order
    /// elliptic curves" (EUROCRYPT 2016).
    /// </summary>
    public static void Sum(out ProjectivePoint r, in ProjectivePoint a, in ProjectivePoint b)
    {
        Multiply(out var t0, in a.X, in b.X);                  // 1
        Multiply(out var t1, in a.Y, in b.Y);
        Multiply(out var t2, in a.Z, in b.Z);
        AddLoose(out var t3, in a.X, in a.Y);
        AddLoose(out var t4, in b.X, in b.Y);                  // 5
        Multiply(out t3, in t3, in t4);
        Add(out t4, in t0, in t1);
        Subtract(out t3, in t3, in t4);
        AddLoose(out t4, in a.Y, in a.Z);
        AddLoose(out var x, in b.Y, in b.Z);                   // 10
        Multiply(out t4, in t4, in x);
        Add(out x, in t1, in t2);
        Subtract(out t4, in t4, in x);
        AddLoose(out x, in a.X, in a.Z);
        AddLoose(out var y, in b.X, in b.Z);                   // 15
        Multiply(out x, in x, in y);
        Add(out y, in t0, in t2);
        Subtract(out y, in x, in y);
        Multiply(out var z, B, in t2);
        Subtract(out x, in y, in z);                           // 20
        AddLoose(out z, in x, in x);
        Add(out x, in x, in z);
        Subtract(out z, in t1, in x);
        Add(out x, in t1, in x);
        Multiply(out y, B, in y);                              // 25
        Triple(out t2, in t2);
        Subtract(out y, in y, in t2);
        Subtract(out y, in y, in t0);
        Triple(out y, in y);                                   // 30, 31
        Triple(out t0, in t0);
        Subtract(out t0, in t0, in t2);
        Multiply(out t1, in t4, in y);                         // 35
        Multiply(out t2, in t0, in y);
        Multiply(out y, in x, in z);
        Add(out r.Y, in y, in t2);
        Multiply(out x, in x, in t3);
        Subtract(out r.X, in x, in t1);                        // 40
        Multiply(out z, in z, in t4);
        Multiply(out t1, in t3, in t0);
        Add(out r.Z, in z, in t1);
    }

    /// <summary>The affine form, canonical; infinity becomes (0, 0).</summary>
    public readonly void ToAffine(out AffinePoint r)
    {
        Invert(out var z, in Z);
        Multiply(out r.X, in X, in z);
        Multiply(out r.Y, in Y, in z);
        r.X.MakeCanonical();
        r.Y.MakeCanonical();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MoveIf(ulong mask, in ProjectivePoint other)
    {
        X.MoveIf(mask, in other.X);
        Y.MoveIf(mask, in other.Y);
        Z.MoveIf(mask, in other.Z);
    }
}
