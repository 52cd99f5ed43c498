using System.Security.Cryptography;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// A point of the SM2 curve (GB/T 32918.5), affine, or the point at infinity, which <c>default</c> is.
/// The group's order is prime: a point on the curve other than infinity generates the whole group.
/// </summary>
public readonly struct Point : IEquatable<Point>
{
    /// <summary>Length of an encoded point: 04 ‖ X ‖ Y.</summary>
    public const int Length = 65;

    private readonly ECPoint? value;

    internal Point(ECPoint value) => this.value = value.IsInfinity ? null : value.Normalize();

    /// <summary>Whether this is the point at infinity, O.</summary>
    public bool IsInfinity => value is null;

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

    internal ECPoint Value => value ?? Sm2Group.Curve.Infinity;

    /// <summary>Decodes exactly 65 bytes 04 ‖ X ‖ Y; false for any other form, and for points off the curve.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Point point)
    {
        point = default;
        if (bytes.Length != Length || bytes[0] != 4)
        {
            return false;
        }

        try
        {
            point = new Point(Sm2Group.Curve.DecodePoint(bytes));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Writes exactly 65 bytes 04 ‖ X ‖ Y.</summary>
    /// <exception cref="InvalidOperationException">This is the point at infinity.</exception>
    public void Encode(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, Length);
        if (value is null)
        {
            throw new InvalidOperationException("The point at infinity has no encoding.");
        }

        value.EncodeTo(false, destination);
    }

    /// <summary>The 65-byte encoding in a new array.</summary>
    /// <exception cref="InvalidOperationException">This is the point at infinity.</exception>
    public byte[] Encode()
    {
        var bytes = new byte[Length];
        Encode(bytes);
        return bytes;
    }

    /// <summary>Sum of any two points, equal, opposite and infinity included.</summary>
    public static Point operator +(Point a, Point b) => new(a.Value.Add(b.Value));

    /// <summary>Difference of any two points.</summary>
    public static Point operator -(Point a, Point b) => new(a.Value.Subtract(b.Value));

    /// <summary>The opposite point.</summary>
    public static Point operator -(Point a) => new(a.Value.Negate());

    /// <summary>Equality in constant time.</summary>
    public static bool operator ==(Point a, Point b) => a.Equals(b);

    /// <summary>Inequality in constant time.</summary>
    public static bool operator !=(Point a, Point b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(Point other)
    {
        if (IsInfinity || other.IsInfinity)
        {
            return IsInfinity == other.IsInfinity;
        }

        Span<byte> a = stackalloc byte[Length];
        Span<byte> b = stackalloc byte[Length];
        Encode(a);
        other.Encode(b);
        return CryptographicOperations.FixedTimeEquals(a, b);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Point other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Prints the type only: V2 and D1 are points and secret.</summary>
    public override string ToString() => nameof(Point);
}
