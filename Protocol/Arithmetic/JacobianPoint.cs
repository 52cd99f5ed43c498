using System.Runtime.CompilerServices;
using static Bzt.Protocol.Arithmetic.FieldElement;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// A point (X/Z², Y/Z³) other than infinity, for the long chains of doublings. X and Y are tight, Z is bounded by 4.
/// </summary>
/// <remarks>
/// The sum is incomplete: its terms must be neither equal nor opposite, and infinity is kept beside the point. Whoever
/// adds shows why that cannot happen, or uses <see cref="ProjectivePoint"/>. Doubling is complete: the group's order is
/// odd, so no point has Y = 0.
/// </remarks>
internal struct JacobianPoint
{
    /// <summary>The coordinates.</summary>
    public FieldElement X, Y, Z;

    /// <summary>The same point with Z = 1.</summary>
    public static JacobianPoint From(in AffinePoint p) => new() { X = p.X, Y = p.Y, Z = One };

    /// <summary>
    /// r = 2a: dbl-2001-b of the Explicit-Formulas Database for a = −3 (Bernstein), with 2YZ in place of
    /// (Y + Z)² − Y² − Z². 4 products, 4 squares.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Double(out JacobianPoint r, in JacobianPoint a)
    {
        Square(out var delta, in a.Z);
        Square(out var gamma, in a.Y);
        Multiply(out var beta, in a.X, in gamma);
        SubtractLoose(out var t, in a.X, in delta);            // (4)
        AddLoose(out var u, in a.X, in delta);                 // (4)
        Multiply(out t, in t, in u);
        Triple(out var alpha, in t);
        Multiply(out t, in a.Y, in a.Z);
        AddLoose(out r.Z, in t, in t);                         // (4)
        Square(out t, in alpha);
        SubtractEightfold(out r.X, in t, in beta);
        AddLoose(out beta, in beta, in beta);                  // (4)
        AddLoose(out beta, in beta, in beta);                  // (8)
        SubtractLoose(out beta, in beta, in r.X);              // (10)
        Multiply(out t, in alpha, in beta);                    // 2·10/16 + 1: (2.25), with limbs below 2⁵²
        Square(out gamma, in gamma);
        SubtractEightfold(out r.Y, in t, in gamma);
    }

    /// <summary>
    /// r = a + b for a ≠ ±b: madd of the Explicit-Formulas Database (Cohen, Miyaji, Ono 1998). 8 products, 3 squares.
    /// Returns h, which is zero when a = ±b, and s, which is then zero when a = b.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void AddMixed(
        out JacobianPoint r, in JacobianPoint a, in AffinePoint b, out FieldElement h, out FieldElement s)
    {
        Square(out var t, in a.Z);
        Multiply(out var u, in b.X, in t);
        Multiply(out t, in t, in a.Z);
        Multiply(out t, in t, in b.Y);
        SubtractLoose(out h, in u, in a.X);                    // (4)
        SubtractLoose(out s, in t, in a.Y);                    // (4)
        Square(out t, in h);
        Multiply(out var v, in a.X, in t);
        Multiply(out t, in t, in h);                           // h³
        Multiply(out var z, in a.Z, in h);
        Square(out u, in s);
        SubtractWithDouble(out var x, in u, in t, in v);
        Multiply(out t, in t, in a.Y);
        SubtractLoose(out v, in v, in x);                      // (4)
        Multiply(out u, in v, in s);
        Subtract(out r.Y, in u, in t);
        r.X = x;
        r.Z = z;
    }

    /// <summary>
    /// Adds b to a sum that may still be infinity, or nothing where <paramref name="skip"/> is all ones, in constant
    /// time. For a ≠ ±b unless skipped or infinity.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void AddTo(ref JacobianPoint a, ref ulong infinityMask, in AffinePoint b, ulong skip)
    {
        AddMixed(out var sum, in a, in b, out _, out _);
        var one = One;
        sum.X.MoveIf(infinityMask, in b.X);
        sum.Y.MoveIf(infinityMask, in b.Y);
        sum.Z.MoveIf(infinityMask, in one);
        a.X.MoveIf(~skip, in sum.X);
        a.Y.MoveIf(~skip, in sum.Y);
        a.Z.MoveIf(~skip, in sum.Z);
        infinityMask &= skip;
    }

    /// <summary>a += b whatever they are, branching on it: for public points.</summary>
    public static void AddToVartime(ref JacobianPoint a, ref bool isInfinity, in AffinePoint b)
    {
        if (isInfinity)
        {
            a = From(in b);
            isInfinity = false;
            return;
        }

        AddMixed(out var sum, in a, in b, out var h, out var s);
        if (IsZeroMask(in h) == 0)
        {
            a = sum;
        }
        else if (IsZeroMask(in s) != 0)
        {
            Double(out a, From(in b));
        }
        else
        {
            isInfinity = true;
        }
    }
}
