using System.Runtime.CompilerServices;

namespace Bzt.Protocol.Arithmetic;

/// <summary>What points of single elements can do that points of lanes cannot.</summary>
internal static class PointExtensions
{
    /// <summary>The generator (GB/T 32918.5).</summary>
    public static AffinePoint<FieldElement> Generator => new()
    {
        X = new(0x8990F418029E9, 0xE6CA6C04FD132, 0x24C3C33E7981E, 0xB05D6A1ED99AC, 0x1167A5F71C13),
        Y = new(0x4E593C2D0DDD6, 0x8ED3295FA6135, 0x2A48F8C1F5E57, 0x5BD8D4CFB066E, 0x3CD65D4E1D73),
    };

    /// <summary>Whether y² = x³ − 3x + b.</summary>
    public static bool IsOnCurve(this in AffinePoint<FieldElement> p)
    {
        FieldElement.Square(out var left, in p.Y);
        FieldElement.Square(out var right, in p.X);
        FieldElement.Multiply(out right, in right, in p.X);
        FieldElement.Triple(out var threefold, in p.X);
        FieldElement.Subtract(out right, in right, in threefold);
        FieldElement.Add(out right, in right, FieldElement.CurveB);
        FieldElement.Subtract(out left, in left, in right);
        return FieldElement.IsZeroMask(in left) != 0;
    }

    /// <summary>
    /// a += b, or nothing where <paramref name="skip"/> is all ones, for a sum that may still be infinity, in constant
    /// time. For a ≠ ±b unless skipped or infinity.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Accumulate(
        ref this JacobianPoint<FieldElement> a, ref ulong infinity, in AffinePoint<FieldElement> b, ulong skip)
    {
        JacobianPoint<FieldElement>.Add(out var sum, in a, in b, out _, out _);
        var one = FieldElement.One;
        sum.X.MoveIf(infinity, in b.X);
        sum.Y.MoveIf(infinity, in b.Y);
        sum.Z.MoveIf(infinity, in one);
        a.X.MoveIf(~skip, in sum.X);
        a.Y.MoveIf(~skip, in sum.Y);
        a.Z.MoveIf(~skip, in sum.Z);
        infinity &= skip;
    }

    /// <summary>a += b whatever they are, branching on it: for public points.</summary>
    public static void AccumulateVartime(
        ref this JacobianPoint<FieldElement> a, ref bool isInfinity, in AffinePoint<FieldElement> b)
    {
        if (isInfinity)
        {
            a = JacobianPoint<FieldElement>.From(in b);
            isInfinity = false;
            return;
        }

        JacobianPoint<FieldElement>.Add(out var sum, in a, in b, out var h, out var s);
        if (FieldElement.IsZeroMask(in h) == 0)
        {
            a = sum;
        }
        else if (FieldElement.IsZeroMask(in s) != 0)
        {
            JacobianPoint<FieldElement>.Double(out a, JacobianPoint<FieldElement>.From(in b));
        }
        else
        {
            isInfinity = true;
        }
    }

    /// <summary>Replaces the point by infinity where the mask is all ones.</summary>
    public static void MoveInfinityIf(ref this ProjectivePoint<FieldElement> p, ulong mask)
    {
        var infinity = ProjectivePoint<FieldElement>.Infinity;
        p.X.MoveIf(mask, in infinity.X);
        p.Y.MoveIf(mask, in infinity.Y);
        p.Z.MoveIf(mask, in infinity.Z);
    }

    /// <summary>The affine form, canonical; infinity becomes (0, 0).</summary>
    public static void ToAffine(this in ProjectivePoint<FieldElement> p, out AffinePoint<FieldElement> r)
    {
        FieldElement.Invert(out var z, in p.Z);
        FieldElement.Multiply(out r.X, in p.X, in z);
        FieldElement.Multiply(out r.Y, in p.Y, in z);
        r.X.MakeCanonical();
        r.Y.MakeCanonical();
    }
}
