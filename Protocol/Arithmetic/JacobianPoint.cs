using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// A point (X/Z², Y/Z³) other than infinity, for the long chains of doublings.
/// </summary>
/// <remarks>
/// The sum is incomplete: its terms must be neither equal nor opposite, and infinity is kept beside the point. Whoever
/// adds shows why that cannot happen, or uses <see cref="ProjectivePoint{T}"/>. Doubling is complete: the group's order
/// is odd, so no point has Y = 0.
/// </remarks>
internal struct JacobianPoint<T>
    where T : struct, IFieldElement<T>
{
    /// <summary>The coordinates.</summary>
    public T X, Y, Z;

    /// <summary>The same point with Z = 1.</summary>
    public static JacobianPoint<T> From(in AffinePoint<T> p) => new() { X = p.X, Y = p.Y, Z = T.One };

    /// <summary>
    /// r = 2a for a = −3: dbl-2001-b of the Explicit-Formulas Database (Bernstein), its multiples moved into the
    /// factors, where they cost nothing. 5 products, 3 squares.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Double(out JacobianPoint<T> r, in JacobianPoint<T> a)
    {
        T.Square(out var delta, in a.Z);
        T.AddLoose(out var twoY, in a.Y, in a.Y);
        T.Multiply(out var g, in twoY, in a.Y);                // 2Y²
        T.AddLoose(out var t, in a.X, in a.X);
        T.Multiply(out var s, in t, in g);                     // 4XY²
        T.TripleDifference(out t, in a.X, in delta);
        T.AddLoose(out var m, in a.X, in delta);
        T.Multiply(out m, in m, in t);                         // 3(X − Z²)(X + Z²)
        T.Multiply(out r.Z, in twoY, in a.Z);
        T.Square(out t, in m);
        T.SubtractTwice(out t, in t, in s);
        r.X = t;
        T.SubtractLoose(out s, in s, in t);
        T.Multiply(out s, in s, in m);
        T.Square(out g, in g);                                 // 4Y⁴
        T.SubtractTwice(out r.Y, in s, in g);
    }

    /// <summary>
    /// r = a + b for a ≠ ±b: madd of the Explicit-Formulas Database (Cohen, Miyaji, Ono 1998). 8 products, 3 squares.
    /// Returns h, which is zero when a = ±b, and s, which is then zero when a = b.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Add(out JacobianPoint<T> r, in JacobianPoint<T> a, in AffinePoint<T> b, out T h, out T s)
    {
        T.Square(out var t, in a.Z);
        T.Multiply(out var u, in b.X, in t);
        T.Multiply(out t, in t, in a.Z);
        T.Multiply(out t, in t, in b.Y);
        T.Subtract(out h, in u, in a.X);
        T.Subtract(out s, in t, in a.Y);
        T.Square(out t, in h);
        T.Multiply(out var v, in a.X, in t);
        T.Multiply(out t, in t, in h);                         // h³
        T.Multiply(out var z, in a.Z, in h);
        T.Square(out u, in s);
        T.SubtractBoth(out var x, in u, in t, in v);
        T.Multiply(out t, in t, in a.Y);
        T.SubtractLoose(out v, in v, in x);
        T.Multiply(out u, in v, in s);
        T.Subtract(out r.Y, in u, in t);
        r.X = x;
        r.Z = z;
    }
}
