using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// A point (X/Z, Y/Z), or infinity, (0 : 1 : 0). Its sum is complete: right for any two points, equal, opposite or
/// infinity, without a branch.
/// </summary>
internal struct ProjectivePoint<T>
    where T : struct, IFieldElement<T>
{
    /// <summary>The coordinates.</summary>
    public T X, Y, Z;

    /// <summary>Infinity.</summary>
    public static ProjectivePoint<T> Infinity => new() { Y = T.One };

    /// <summary>The same point with Z = 1.</summary>
    public static ProjectivePoint<T> From(in AffinePoint<T> p) => new() { X = p.X, Y = p.Y, Z = T.One };

    /// <summary>A Jacobian point, which must not be infinity: (XZ : Y : Z³).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void From(out ProjectivePoint<T> r, in JacobianPoint<T> p)
    {
        T.Multiply(out r.X, in p.X, in p.Z);
        r.Y = p.Y;
        T.Square(out var t, in p.Z);
        T.Multiply(out r.Z, in t, in p.Z);
    }

    /// <summary>
    /// r = a + b: algorithm 4 (a = −3) of Renes, Costello, Batina, "Complete addition formulas for prime order
    /// elliptic curves" (EUROCRYPT 2016); the numbers are its steps.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Add(out ProjectivePoint<T> r, in ProjectivePoint<T> a, in ProjectivePoint<T> b)
    {
        var curveB = T.CurveB;
        T.Multiply(out var t0, in a.X, in b.X);                // 1
        T.Multiply(out var t1, in a.Y, in b.Y);
        T.Multiply(out var t2, in a.Z, in b.Z);
        T.Add(out var t3, in a.X, in a.Y);
        T.AddLoose(out var t4, in b.X, in b.Y);                // 5
        T.Multiply(out t3, in t3, in t4);
        T.Add(out t4, in t0, in t1);
        T.Subtract(out t3, in t3, in t4);
        T.Add(out t4, in a.Y, in a.Z);
        T.AddLoose(out var x, in b.Y, in b.Z);                 // 10
        T.Multiply(out t4, in t4, in x);
        T.Add(out x, in t1, in t2);
        T.Subtract(out t4, in t4, in x);
        T.Add(out x, in a.X, in a.Z);
        T.AddLoose(out var y, in b.X, in b.Z);                 // 15
        T.Multiply(out x, in x, in y);
        T.Add(out y, in t0, in t2);
        T.Subtract(out y, in x, in y);
        T.Multiply(out var z, in curveB, in t2);
        T.Subtract(out x, in y, in z);                         // 20
        T.Triple(out x, in x);                                 // 21, 22
        T.Subtract(out z, in t1, in x);
        T.Add(out x, in t1, in x);
        T.Multiply(out y, in curveB, in y);                    // 25
        T.Triple(out t2, in t2);                               // 26, 27
        T.Subtract(out y, in y, in t2);
        T.Subtract(out y, in y, in t0);
        T.Triple(out y, in y);                                 // 30, 31
        T.Triple(out t0, in t0);                               // 32, 33
        T.Subtract(out t0, in t0, in t2);
        T.Multiply(out t1, in t4, in y);                       // 35
        T.Multiply(out t2, in t0, in y);
        T.Multiply(out y, in x, in z);
        T.Add(out r.Y, in y, in t2);
        T.Multiply(out x, in x, in t3);
        T.Subtract(out r.X, in x, in t1);                      // 40
        T.Multiply(out z, in z, in t4);
        T.Multiply(out t1, in t3, in t0);
        T.Add(out r.Z, in z, in t1);
    }
}
