namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// A point of the SM2 curve (GB/T 32918.5), affine, or the point at infinity, which <c>default</c> is.
/// The group's order is prime: a point on the curve other than infinity generates the whole group.
/// </summary>
public readonly struct Point : IEquatable<Point>
{
    /// <summary>Length of an encoded point: 04 ‖ X ‖ Y.</summary>
    public const int Length = 65;

    // Canonical. Infinity is (0, 0), which is not on the curve.
    private readonly AffinePoint<FieldElement> value;

    internal Point(in AffinePoint<FieldElement> value) => this.value = value;

    /// <summary>Whether this is the point at infinity, O.</summary>
    public bool IsInfinity => InfinityMask != 0;

    /// <summary>The x coordinate reduced modulo n.</summary>
    /// <exception cref="InvalidOperationException">This is the point at infinity.</exception>
    public Scalar X
    {
        get
        {
            Span<byte> encoded = stackalloc byte[Length];
            Encode(encoded);
            return Scalar.Reduce(encoded.Slice(1, 32));
        }
    }

    /// <summary>Coordinates; (0, 0) for infinity.</summary>
    internal AffinePoint<FieldElement> Value => value;

    /// <summary>Decodes exactly 65 bytes 04 ‖ X ‖ Y; false for any other form, and for points off the curve.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Point point)
    {
        point = default;
        if (bytes.Length != Length || bytes[0] != 4)
        {
            return false;
        }

        AffinePoint<FieldElement> candidate;
        if (!FieldElement.TryDecode(bytes.Slice(1, 32), out candidate.X)
            || !FieldElement.TryDecode(bytes.Slice(33, 32), out candidate.Y)
            || !candidate.IsOnCurve())
        {
            return false;
        }

        point = new(in candidate);
        return true;
    }

    /// <summary>Writes exactly 65 bytes 04 ‖ X ‖ Y.</summary>
    /// <exception cref="InvalidOperationException">This is the point at infinity.</exception>
    public void Encode(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, Length);
        if (IsInfinity)
        {
            throw new InvalidOperationException("The point at infinity has no encoding.");
        }

        destination[0] = 4;
        value.X.Encode(destination.Slice(1, 32));
        value.Y.Encode(destination.Slice(33, 32));
    }

    /// <summary>The 65-byte encoding in a new array.</summary>
    /// <exception cref="InvalidOperationException">This is the point at infinity.</exception>
    public byte[] Encode()
    {
        var bytes = new byte[Length];
        Encode(bytes);
        return bytes;
    }

    /// <summary>Sum of any two points, equal, opposite and infinity included, in constant time.</summary>
    public static Point operator +(Point a, Point b)
    {
        var left = ProjectivePoint<FieldElement>.From(in a.value);
        left.MoveInfinityIf(a.InfinityMask);
        var right = ProjectivePoint<FieldElement>.From(in b.value);
        right.MoveInfinityIf(b.InfinityMask);
        ProjectivePoint<FieldElement>.Add(out var sum, in left, in right);
        sum.ToAffine(out var affine);
        return new(in affine);
    }

    /// <summary>Difference of any two points, in constant time.</summary>
    public static Point operator -(Point a, Point b) => a + -b;

    /// <summary>The opposite point.</summary>
    public static Point operator -(Point a)
    {
        var r = a.value;
        FieldElement.Negate(out r.Y, in r.Y);
        r.Y.MakeCanonical();
        return new(in r);
    }

    /// <summary>Equality in constant time.</summary>
    public static bool operator ==(Point a, Point b) => a.Equals(b);

    /// <summary>Inequality in constant time.</summary>
    public static bool operator !=(Point a, Point b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(Point other) =>
        ((value.X.L0 ^ other.value.X.L0) | (value.X.L1 ^ other.value.X.L1) | (value.X.L2 ^ other.value.X.L2)
        | (value.X.L3 ^ other.value.X.L3) | (value.X.L4 ^ other.value.X.L4)
        | (value.Y.L0 ^ other.value.Y.L0) | (value.Y.L1 ^ other.value.Y.L1) | (value.Y.L2 ^ other.value.Y.L2)
        | (value.Y.L3 ^ other.value.Y.L3) | (value.Y.L4 ^ other.value.Y.L4)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Point other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(value.X.L0, value.X.L1, value.Y.L0);

    /// <summary>Prints the type only: V2 and D1 are points and secret.</summary>
    public override string ToString() => nameof(Point);

    /// <summary>All ones for infinity, else zero.</summary>
    internal ulong InfinityMask => ConstantTime.IsZeroMask(
        value.X.L0 | value.X.L1 | value.X.L2 | value.X.L3 | value.X.L4
        | value.Y.L0 | value.Y.L1 | value.Y.L2 | value.Y.L3 | value.Y.L4);
}
