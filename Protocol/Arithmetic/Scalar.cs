using System.Security.Cryptography;
using Org.BouncyCastle.Math;

namespace Bzt.Protocol.Arithmetic;

/// <summary>
/// An integer modulo n, the order of the SM2 group (GB/T 32918.5). <c>default</c> is zero.
/// Encoded it is 32 bytes, big endian.
/// </summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    /// <summary>Length of an encoded scalar in bytes.</summary>
    public const int Length = 32;

    private readonly BigInteger? value;

    private Scalar(BigInteger value) => this.value = value;

    /// <summary>The number one.</summary>
    public static Scalar One { get; } = new(BigInteger.One);

    /// <summary>Whether this is zero.</summary>
    public bool IsZero => Value.SignValue == 0;

    internal BigInteger Value => value ?? BigInteger.Zero;

    /// <summary>Decodes exactly 32 bytes; false for any other length and for values outside [1, n−1].</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Scalar scalar)
    {
        scalar = default;
        if (bytes.Length != Length)
        {
            return false;
        }

        var v = new BigInteger(1, bytes);
        if (v.SignValue == 0 || v.CompareTo(Sm2Group.Order) >= 0)
        {
            return false;
        }

        scalar = new Scalar(v);
        return true;
    }

    /// <summary>A 256-bit integer reduced modulo n: for digests <c>e</c> and coordinates, which are not secret.</summary>
    public static Scalar Reduce(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        return new Scalar(new BigInteger(1, bytes).Mod(Sm2Group.Order));
    }

    /// <summary>A 512-bit integer reduced modulo n; from uniform bytes the result is uniform to 2⁻²⁵⁶. May be zero.</summary>
    public static Scalar FromWide(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, 2 * Length);
        return new Scalar(new BigInteger(1, bytes).Mod(Sm2Group.Order));
    }

    /// <summary>A uniform scalar in [1, n−1].</summary>
    public static Scalar Random(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> wide = stackalloc byte[2 * Length];
        try
        {
            Scalar scalar;
            do
            {
                random.Fill(wide);
                scalar = FromWide(wide);
            }
            while (scalar.IsZero);
            return scalar;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wide);
        }
    }

    /// <summary>Writes exactly 32 bytes.</summary>
    public void Encode(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, Length);
        var bytes = Value.ToByteArrayUnsigned();
        destination.Clear();
        bytes.CopyTo(destination[(Length - bytes.Length)..]);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>The 32-byte encoding in a new array.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Length];
        Encode(bytes);
        return bytes;
    }

    /// <summary>The inverse modulo n.</summary>
    /// <exception cref="InvalidOperationException">This is zero.</exception>
    public Scalar Invert() => IsZero
        ? throw new InvalidOperationException("Zero has no inverse.")
        : new Scalar(Value.ModInverse(Sm2Group.Order));

    /// <summary>Sum modulo n.</summary>
    public static Scalar operator +(Scalar a, Scalar b) => new(a.Value.Add(b.Value).Mod(Sm2Group.Order));

    /// <summary>Difference modulo n.</summary>
    public static Scalar operator -(Scalar a, Scalar b) => new(a.Value.Subtract(b.Value).Mod(Sm2Group.Order));

    /// <summary>Negative modulo n.</summary>
    public static Scalar operator -(Scalar a) => new(a.Value.Negate().Mod(Sm2Group.Order));

    /// <summary>Product modulo n.</summary>
    public static Scalar operator *(Scalar a, Scalar b) => new(a.Value.Multiply(b.Value).Mod(Sm2Group.Order));

    /// <summary>Equality in constant time.</summary>
    public static bool operator ==(Scalar a, Scalar b) => a.Equals(b);

    /// <summary>Inequality in constant time.</summary>
    public static bool operator !=(Scalar a, Scalar b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(Scalar other)
    {
        Span<byte> a = stackalloc byte[Length];
        Span<byte> b = stackalloc byte[Length];
        Encode(a);
        other.Encode(b);
        return CryptographicOperations.FixedTimeEquals(a, b);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Prints the type only: a scalar may be a secret.</summary>
    public override string ToString() => nameof(Scalar);
}
